"""Vacancies: whether a place is free with its buffers and allowed by the house, asked thousands of times per answer."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter

from shared.domain.places import Place
from shared.domain.slots import Slot

IsAllowed = Callable[[int, Slot], bool]
"""whether the rules of the house let this room be used at that time"""


def everything_is_allowed(room_id: int, slot: Slot) -> bool:  # noqa: ARG001
    return True


@dataclass(frozen=True, slots=True)
class Stock:
    """How many there are of a piece of equipment, and how many of them are taken when."""

    quantity: int
    taken: Sequence[tuple[Slot, int]] = ()

    def shortages(self, wanted: int) -> list[Slot]:
        """When fewer than `wanted` are left, though there are so many: as busy as if it were one thing."""
        changes: dict[datetime, int] = {}
        for slot, units in self.taken:
            changes[slot.start] = changes.get(slot.start, 0) + units
            changes[slot.end] = changes.get(slot.end, 0) - units
        short, used = [], 0
        for moment, following in pairwise(sorted(changes)):
            used += changes[moment]
            if used > self.quantity - wanted:
                short.append(Slot(moment, following))
        return short


class Vacancies:
    """Answers by bisection of what is taken, and remembers what the rules said; the rules are asked last."""

    def __init__(self, busy: Mapping[int, Sequence[Slot]], is_allowed: IsAllowed) -> None:
        self._busy = busy
        self._is_allowed = is_allowed
        self._taken: dict[int, tuple[list[datetime], list[datetime]]] = {}
        self._said: dict[tuple[int, datetime, datetime], bool] = {}

    @property
    def asked(self) -> int:
        """How often the rules were asked: they cost far more than all else here."""
        return len(self._said)

    def has(self, place: Place, start: datetime, end: datetime) -> bool:
        return self.is_free(place, start, end) and self.is_allowed(place, start, end)

    def is_free(self, place: Place, start: datetime, end: datetime) -> bool:
        for hold in place.holds:
            starts, ends = self._taken_of(hold.resource_id)
            before = bisect_left(starts, end + hold.clearing)
            # of disjoint stretches, the last to begin is the last to end
            if before and ends[before - 1] > start - hold.setup:
                return False
        return True

    def is_allowed(self, place: Place, start: datetime, end: datetime) -> bool:
        return all(self._rules_allow(room, start, end) for room in place.rooms)

    def starts_beside(self, place: Place, length: timedelta, low: datetime, high: datetime) -> Iterator[datetime]:
        """When something of that length would have to start to touch what begins or ends from `low` to `high`."""
        for hold in place.holds:
            starts, ends = self._taken_of(hold.resource_id)
            for end in ends[bisect_left(ends, low) : bisect_right(ends, high)]:
                yield end + hold.setup
            for start in starts[bisect_left(starts, low) : bisect_right(starts, high)]:
                yield start - hold.clearing - length

    def _rules_allow(self, room_id: int, start: datetime, end: datetime) -> bool:
        question = (room_id, start, end)
        if question not in self._said:
            self._said[question] = self._is_allowed(room_id, Slot(start, end))
        return self._said[question]

    def _taken_of(self, resource_id: int) -> tuple[list[datetime], list[datetime]]:
        if resource_id not in self._taken:
            self._taken[resource_id] = _merged(self._busy.get(resource_id, ()))
        return self._taken[resource_id]


def _merged(slots: Sequence[Slot]) -> tuple[list[datetime], list[datetime]]:
    """The starts and the ends of the stretches that these slots cover, disjoint and in order."""
    starts: list[datetime] = []
    ends: list[datetime] = []
    for slot in sorted(slots, key=attrgetter("start")):
        if ends and slot.start <= ends[-1]:
            ends[-1] = max(ends[-1], slot.end)
        else:
            starts.append(slot.start)
            ends.append(slot.end)
    return starts, ends
