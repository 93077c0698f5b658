"""Closures: whom they concern, in all thirteen relations of two stretches of time, and where one goes instead."""

from datetime import timedelta

import pytest

from shared.domain.rules import Closure, Closures
from shared.domain.rules.closures import is_not_shut, nothing_is_shut
from shared.domain.slots import Slot
from tests.domain.rules.asking import (
    NOW,
    OFFICE_HOURS,
    TOMORROW,
    ask,
    between,
    code,
    fixed,
    proposed,
    refusal,
    room,
)

ROOM, ANNE = room(), room(7, None, "Anne", kind="trainer")
WORKS = Closure(None, between("2027-11-09 10:00", "14:00"), "travaux")

# Allen's relations of a booking to a closure from 10:00 to 14:00 (Allen 1983).
ALLEN = {
    "before": ("08:00", "09:00", False),
    "meets": ("08:00", "10:00", False),
    "overlaps": ("08:00", "12:00", True),
    "is finished by": ("08:00", "14:00", True),
    "contains": ("08:00", "16:00", True),
    "starts": ("10:00", "12:00", True),
    "equals": ("10:00", "14:00", True),
    "is started by": ("10:00", "16:00", True),
    "during": ("11:00", "13:00", True),
    "finishes": ("12:00", "14:00", True),
    "is overlapped by": ("12:00", "16:00", True),
    "is met by": ("14:00", "16:00", False),
    "after": ("15:00", "16:00", False),
}


@pytest.mark.parametrize("relation", ALLEN)
@pytest.mark.parametrize("resource_id", [None, 1])
def test_a_booking_shares_no_time_with_a_closure(relation: str, resource_id: int | None) -> None:
    start, end, shares_time = ALLEN[relation]
    closure = Closure(resource_id, WORKS.slot, "")
    request = ask(between(f"2027-11-09 {start}", end), ROOM, closures=[closure])
    expected = "site_closed" if resource_id is None else "unavailable"
    assert code(nothing_is_shut(request)) == (expected if shares_time else None)
    assert is_not_shut(request) != shares_time


def test_a_trainer_who_is_away_stops_only_who_needs_them() -> None:
    holiday = Closure(7, between("2027-11-09 00:00", "2027-11-12 00:00"), "congés")
    assert nothing_is_shut(ask(TOMORROW, ROOM, closures=[holiday])) is None
    found = refusal(nothing_is_shut(ask(TOMORROW, ROOM, ANNE, closures=[holiday])))
    assert found.facts["name"] == "Anne"
    assert found.sentence("en") == (
        "“Anne” is not available: Tuesday 9 November 2027, 0:00 to Thursday 11 November 2027, midnight (congés)."
    )


def test_who_meets_elsewhere_does_not_mind_that_the_site_is_closed() -> None:
    assert nothing_is_shut(ask(TOMORROW, closures=[WORKS])) is None


@pytest.mark.parametrize(
    ("room_stance", "trainer_stance", "weight"),
    [
        ("allow", "allow", None),
        ("warn", "allow", "warn"),
        ("allow", "forbid", "forbid"),
        ("warn", "forbid", "forbid"),
    ],
)
def test_the_strictest_policy_decides_what_a_closure_of_the_site_means(
    room_stance: str, trainer_stance: str, weight: str | None
) -> None:
    resources = room(on_closures=room_stance), room(7, None, "Anne", kind="trainer", on_closures=trainer_stance)
    found = nothing_is_shut(ask(TOMORROW, *resources, closures=[WORKS]))
    assert (found.weight if found else None) == weight


def test_a_closure_that_forbids_speaks_before_one_that_warns() -> None:
    warned = room(on_closures="warn")
    closures = [Closure(1, WORKS.slot, "peinture"), Closure(7, WORKS.slot, "congés")]
    found = nothing_is_shut(ask(TOMORROW, warned, ANNE, closures=closures))
    assert found is not None
    assert (found.weight, found.refusal.facts["reason"]) == ("forbid", "congés")


@pytest.mark.parametrize(
    ("start", "end", "nearest"),
    [
        ("2027-11-09 09:00", "11:00", ("2027-11-09 08:00", "10:00")),
        ("2027-11-09 13:00", "15:00", ("2027-11-09 14:00", "16:00")),
        ("2027-11-09 10:00", "14:00", ("2027-11-09 14:00", "18:00")),
    ],
)
def test_the_nearest_free_time_is_proposed(start: str, end: str, nearest: tuple[str, str]) -> None:
    request = ask(between(start, end), ROOM, closures=[WORKS])
    found = nothing_is_shut(request)
    assert proposed(found) == between(*nearest)
    assert is_not_shut(fixed(request, refusal(found).fix))


def test_what_is_proposed_is_open_and_free_of_the_other_closures() -> None:
    closures = [WORKS, Closure(1, between("2027-11-09 14:00", "2027-11-10 18:00"), "")]
    closures.append(Closure(1, between("2027-11-08 08:00", "18:00"), ""))
    request = ask(between("2027-11-09 10:00", "12:00"), room(opening=OFFICE_HOURS), closures=closures)
    assert proposed(nothing_is_shut(request)) == between("2027-11-11 10:00", "12:00")


def test_the_rules_get_the_closures_around_a_request() -> None:
    def closure(first: int, last: int) -> Closure:
        return Closure(None, Slot(NOW + timedelta(days=first), NOW + timedelta(days=last)), f"{first} to {last}")

    rows = [closure(40, 41), closure(-200, 100), closure(3, 4), closure(-30, -29), closure(-14, -13), closure(20, 300)]
    slot = Slot(NOW, NOW + timedelta(days=1))
    assert [c.reason for c in Closures(rows).near(slot)] == ["-200 to 100", "-14 to -13", "3 to 4"]
    assert Closures([]).near(slot) == ()
    a_day = Closures(rows).near(slot, timedelta())
    assert set(a_day) == {row for row in rows if row.slot.overlaps(slot)}
