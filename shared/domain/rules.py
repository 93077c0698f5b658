"""The rules of the house: each a question asked of one request before the calendar is looked at; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.refusals import Refusal
from shared.domain.slots import Slot


@dataclass(frozen=True, slots=True)
class Wanted:
    """One resource that a request asks for."""

    id: int
    name: str
    kind: str
    seats: int | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Request:
    """What the rules look at: the slot, how many people, the resources, who asks and when."""

    slot: Slot
    people: int
    resources: Sequence[Wanted]
    by_coordinator: bool
    now: datetime


def resources_are_bookable(request: Request) -> Refusal | None:
    closed = next((r for r in request.resources if not r.is_open), None)
    return Refusal("resource_closed", {"name": closed.name}) if closed else None


def slot_lies_ahead(request: Request) -> Refusal | None:
    if request.by_coordinator or request.slot.start >= request.now:
        return None
    return Refusal("in_the_past")


def people_have_seats(request: Request) -> Refusal | None:
    """The seats of the rooms together; a room whose seats are not known does not limit."""
    rooms = [r for r in request.resources if r.kind == "room"]
    if not rooms or any(room.seats is None for room in rooms):
        return None
    seats = sum(room.seats or 0 for room in rooms)
    return Refusal("too_many_people", {"people": request.people, "seats": seats}) if request.people > seats else None


RULES: tuple[Callable[[Request], Refusal | None], ...] = (resources_are_bookable, slot_lies_ahead, people_have_seats)


def first_refusal(request: Request) -> Refusal | None:
    """The answer of the first rule that refuses, or None when all agree."""
    return next((refusal for rule in RULES if (refusal := rule(request)) is not None), None)
