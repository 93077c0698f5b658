"""The booking window and the lead time: to the day and to the second."""

from datetime import timedelta

import pytest

from shared.domain.rules.window import is_asked_in_time, is_within_window
from tests.domain.rules.asking import NOW, ask, between, code, fixed, moment, proposed, refusal, room


@pytest.mark.parametrize(
    ("days", "start", "expected"),
    [
        (0, "2027-11-08 23:00", None),  # today is 0
        (0, "2027-11-09 00:00", "too_far_ahead"),
        (1, "2027-11-09 23:59", None),
        (1, "2027-11-10 00:00", "too_far_ahead"),
        (113, "2028-02-29 09:00", None),  # until the leap day
        (113, "2028-03-01 09:00", "too_far_ahead"),
        (None, "2099-01-01 09:00", None),
    ],
)
def test_a_booking_starts_within_the_window(days: int | None, start: str, expected: str | None) -> None:
    request = ask(between(start, "23:59:59"), room(window_days=days))
    assert code(is_within_window(request)) == expected


def test_the_day_of_the_site_counts() -> None:
    """Half past eleven in London is half past midnight in Paris."""
    late = moment("2027-11-09 00:30")
    assert is_within_window(ask(between("2027-11-10 09:00", "10:00"), room(window_days=1), now=late)) is None


def test_the_narrowest_window_counts_and_its_last_day_is_proposed() -> None:
    rooms = room(1, window_days=30), room(2, name="EscapeLAB", window_days=10), room(3)
    request = ask(between("2027-11-25 09:00", "12:00"), *rooms)
    found = is_within_window(request)
    assert refusal(found).facts == {"name": "EscapeLAB", "window_days": 10, "last": "2027-11-18"}
    assert proposed(found) == between("2027-11-18 09:00", "12:00")
    assert refusal(found).sentence("fr") == (
        "« EscapeLAB » se réserve au plus 10 jours à l'avance, donc jusqu'au jeudi 18 novembre 2027."
    )


def test_today_at_an_hour_that_is_over_is_not_proposed() -> None:
    assert refusal(is_within_window(ask(between("2027-11-09 09:00", "10:00"), room(window_days=0)))).fix == {}


def test_a_booking_is_asked_for_in_time() -> None:
    strict = room(lead_minutes=120)
    for seconds, expected in ((7199, "too_late_to_book"), (7200, None), (0, "too_late_to_book")):
        start = NOW + timedelta(seconds=seconds)
        request = ask(between("2027-11-08 12:00", "13:00").starting(start), strict)
        assert code(is_asked_in_time(request)) == expected


def test_the_first_quarter_of_an_hour_in_time_is_proposed() -> None:
    request = ask(between("2027-11-08 10:20", "11:00"), room(lead_minutes=50), now=NOW + timedelta(minutes=1))
    found = is_asked_in_time(request)
    assert proposed(found) == between("2027-11-08 11:00", "11:40")
    assert is_asked_in_time(fixed(request, refusal(found).fix)) is None


def test_what_has_begun_already_is_no_question_of_lead() -> None:
    """It is refused as past, or entered afterwards by a coordinator."""
    assert (
        is_asked_in_time(ask(between("2027-11-08 09:00", "11:00"), room(lead_minutes=50), by_coordinator=True)) is None
    )


def test_by_default_and_without_rooms_there_is_neither_window_nor_lead() -> None:
    for resources in ((room(),), ()):
        request = ask(between("2099-11-08 12:00", "13:00"), *resources, site={"window_days": 1, "lead_minutes": 9999})
        assert is_within_window(request) is None
        assert is_asked_in_time(request) is None
