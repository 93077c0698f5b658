"""The rules of the house: what each refuses, what it lets pass, and which one speaks first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.refusals import Conflict, Refusal
from shared.domain.rules import Request, Wanted, first_refusal
from shared.domain.slots import Slot

NOW = datetime(2027, 11, 8, 9, tzinfo=UTC)
SMALL = Wanted(1, "Flexi 16", "room", 16, True)
LARGE = Wanted(2, "Flexi 36", "room", 36, True)
UNKNOWN = Wanted(3, "Espace ouvert", "room", None, True)
CLOSED = Wanted(4, "EscapeLAB", "room", 8, False)
TRAINER = Wanted(5, "Anne", "trainer", None, True)
PROJECTOR = Wanted(6, "Vidéoprojecteur", "equipment", 1, True)


def refusal(*resources: Wanted, people: int = 0, starts_in: timedelta = timedelta(), **more: Any) -> Refusal | None:
    slot = Slot(NOW + starts_in, NOW + starts_in + timedelta(hours=2))
    return first_refusal(Request(slot, people, resources, more.pop("by_coordinator", False), NOW))


def code(*resources: Wanted, **more: Any) -> str | None:
    found = refusal(*resources, **more)
    return found.code if found else None


@pytest.mark.parametrize(
    ("resources", "seats"),
    [
        ((SMALL,), 16),
        ((SMALL, LARGE), 52),  # together
        ((SMALL, TRAINER), 16),  # who trains needs no seat
        ((LARGE, PROJECTOR), 36),  # and nobody sits on a projector
    ],
)
def test_people_have_seats_or_are_refused(resources: tuple[Wanted, ...], seats: int) -> None:
    assert code(*resources, people=seats) is None
    found = refusal(*resources, people=seats + 1)
    assert found == Refusal("too_many_people", {"people": seats + 1, "seats": seats})


@pytest.mark.parametrize("resources", [(UNKNOWN,), (SMALL, UNKNOWN), (TRAINER,), (PROJECTOR,), ()])
def test_seats_that_are_not_known_or_not_needed_limit_nobody(resources: tuple[Wanted, ...]) -> None:
    assert code(*resources, people=100_000) is None


def test_a_slot_that_has_begun_is_refused_unless_a_coordinator_asks() -> None:
    a_moment = timedelta(microseconds=1)
    assert code(SMALL, starts_in=-a_moment) == "in_the_past"
    assert code(SMALL, starts_in=-a_moment, by_coordinator=True) is None
    assert code(SMALL, starts_in=timedelta()) is None


@pytest.mark.parametrize("by_coordinator", [False, True])
def test_what_is_closed_is_refused_to_everybody(by_coordinator: bool) -> None:
    assert refusal(SMALL, CLOSED, by_coordinator=by_coordinator) == Refusal("resource_closed", {"name": "EscapeLAB"})


def test_the_first_rule_that_refuses_speaks() -> None:
    assert code(CLOSED, people=99, starts_in=-timedelta(days=1)) == "resource_closed"
    assert code(SMALL, people=99, starts_in=-timedelta(days=1)) == "in_the_past"


def test_a_refusal_comes_back_from_the_book_as_it_went_in() -> None:
    fix: dict[str, Any] = {"quantities": {"projecteur": 2}}
    no = Refusal("room_taken", {"people": 3}, (Conflict(1, 2), Conflict(3, 4)), fix, "coordinator")
    back = Refusal.from_json(no.as_json())
    assert back == no
    assert (back.fix, back.override) == (fix, "coordinator")


def test_a_refusal_of_an_older_version_still_loads() -> None:
    row: dict[str, object] = {"code": "too_many_people", "facts": {"people": 3, "seats": 2}, "conflicts": [[1, 2]]}
    no = Refusal.from_json(row)
    assert no == Refusal("too_many_people", {"people": 3, "seats": 2}, (Conflict(1, 2),))
    assert (no.fix, no.override, no.advice("fr")) == ({}, "nobody", "")
