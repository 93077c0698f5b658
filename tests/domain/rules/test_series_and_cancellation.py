"""What a series may be, how many of its dates may be lost, and until when a booking can be cancelled."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain.policy import merge
from shared.domain.rules import conflicts_allowed, series_refusal, too_late_to_cancel, too_many_conflicts
from tests.domain.rules.asking import PARIS, TOMORROW

TODAY = date(2027, 11, 8)


@pytest.mark.parametrize(
    ("knobs", "occurrences", "last", "expected", "fix"),
    [
        ({}, 366, TODAY + timedelta(days=730), None, {}),
        ({}, 367, TODAY, "series_too_long", {"count": 366}),
        ({}, 2, TODAY + timedelta(days=731), "series_beyond_horizon", {"until": "2029-11-07"}),
        ({"allowed": False}, 2, TODAY, "series_not_allowed", {}),
        ({"most_occurrences": 40}, 41, TODAY, "series_too_long", {"count": 40}),
        ({"horizon_days": 113}, 2, date(2028, 2, 29), None, {}),
        ({"horizon_days": 113}, 2, date(2028, 3, 1), "series_beyond_horizon", {"until": "2028-02-29"}),
    ],
)
def test_a_series_is_as_long_as_the_policy_allows(
    knobs: dict[str, Any], occurrences: int, last: date, expected: str | None, fix: dict[str, Any]
) -> None:
    no = series_refusal([merge({}), merge({"series": knobs})], occurrences=occurrences, last=last, today=TODAY)
    assert (no.code if no else None) == expected
    assert (no.fix if no else {}) == fix


@pytest.mark.parametrize(
    ("knobs", "occurrences", "allowed"),
    [
        ({}, 40, 40),
        ({"conflicts_count": 3}, 40, 3),
        ({"conflicts_count": 50}, 40, 40),
        ({"conflicts_percent": 10}, 40, 4),
        ({"conflicts_percent": 10}, 39, 3),  # a part of a date is none
        ({"conflicts_percent": 0}, 40, 0),
        ({"conflicts_count": 3, "conflicts_percent": 10}, 40, 3),  # the stricter
        ({"conflicts_count": 3, "conflicts_percent": 10}, 10, 1),
    ],
)
def test_so_many_dates_may_be_lost(knobs: dict[str, int], occurrences: int, allowed: int) -> None:
    policy = merge({"series": knobs})
    assert conflicts_allowed(policy, occurrences) == allowed
    assert too_many_conflicts([policy], occurrences=occurrences, conflicts=allowed) is None
    no = too_many_conflicts([merge({}), policy], occurrences=occurrences, conflicts=allowed + 1)
    assert no is not None
    assert no.facts == {"conflicts": allowed + 1, "occurrences": occurrences, "allowed": allowed}


def test_a_booking_can_be_cancelled_until_its_deadline() -> None:
    policies = [merge({"cancellation_minutes": 60}), merge({"cancellation_minutes": 1440}), merge({})]
    deadline = TOMORROW.start - timedelta(days=1)
    for late, expected in ((timedelta(), None), (timedelta(seconds=1), "too_late_to_cancel")):
        no = too_late_to_cancel(policies, TOMORROW, by_coordinator=False, now=deadline + late, zone=PARIS)
        assert (no.code if no else None) == expected
    assert no is not None
    assert no.sentence("en") == (
        "This booking could be cancelled until Monday 8 November 2027 at 9:00, that is 1 day before."
    )
    assert too_late_to_cancel(policies, TOMORROW, by_coordinator=True, now=TOMORROW.start, zone=PARIS) is None


def test_without_a_deadline_a_booking_can_be_cancelled_at_any_time() -> None:
    assert too_late_to_cancel([], TOMORROW, by_coordinator=False, now=TOMORROW.end, zone=PARIS) is None
    assert too_late_to_cancel([merge({})], TOMORROW, by_coordinator=False, now=TOMORROW.end, zone=PARIS) is None
