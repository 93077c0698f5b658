"""A timetable: what is taken of one thing, as disjoint stretches of time that each know their owner."""

from bisect import bisect_left, insort
from datetime import datetime
from typing import NamedTuple


class Stretch(NamedTuple):
    """From `start` to `end` it is taken; `begins` to `ends` is the meeting within, without setting up and clearing."""

    start: datetime
    end: datetime
    owner: int
    begins: datetime
    ends: datetime
    layout: str = ""


class Timetable:
    """Disjoint half-open stretches in order; O(log n) to ask, used while a batch is decided in memory."""

    def __init__(self) -> None:
        self._taken: list[Stretch] = []

    def owners_within(self, start: datetime, end: datetime) -> list[int]:
        """Who holds any part of `[start, end)`, in order of time."""
        first = bisect_left(self._taken, (start,))
        if first and self._taken[first - 1].end > start:
            first -= 1
        owners = []
        for n in range(first, len(self._taken)):
            if self._taken[n].start >= end:
                break
            owners.append(self._taken[n].owner)
        return owners

    def edges_within(self, start: datetime, end: datetime) -> list[datetime]:
        """When somebody comes or goes between these moments."""
        first = max(bisect_left(self._taken, (start,)) - 1, 0)
        last = bisect_left(self._taken, (end,))
        return [edge for s in self._taken[first:last] for edge in (s.start, s.end) if start < edge < end]

    def is_free(self, start: datetime, end: datetime) -> bool:
        first = bisect_left(self._taken, (start,))
        if first and self._taken[first - 1].end > start:
            return False
        return first == len(self._taken) or self._taken[first].start >= end

    def before(self, moment: datetime) -> Stretch | None:
        """The last meeting that is over by then."""
        for n in range(bisect_left(self._taken, (moment,)) - 1, -1, -1):
            if self._taken[n].ends <= moment:
                return self._taken[n]
        return None

    def after(self, moment: datetime) -> Stretch | None:
        """The first meeting that begins then or later."""
        first = max(bisect_left(self._taken, (moment,)) - 1, 0)  # its setting up may have begun before
        for n in range(first, len(self._taken)):
            if self._taken[n].begins >= moment:
                return self._taken[n]
        return None

    def take(self, stretch: Stretch) -> None:
        """Enter a stretch that is free; raises ValueError when it is not."""
        if not self.is_free(stretch.start, stretch.end):
            raise ValueError("taken already")
        insort(self._taken, stretch)

    def give_back(self, owner: int) -> list[Stretch]:
        """Take out what is an owner's; returns it."""
        returned = [stretch for stretch in self._taken if stretch.owner == owner]
        self._taken = [stretch for stretch in self._taken if stretch.owner != owner]
        return returned
