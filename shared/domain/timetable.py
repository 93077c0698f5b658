"""A timetable: what is taken of one resource, as disjoint stretches of time that each know their owner."""

from bisect import bisect_left, insort
from datetime import datetime


class Timetable:
    """Disjoint half-open stretches in order; O(log n) to ask, used while a batch is decided in memory."""

    def __init__(self) -> None:
        self._taken: list[tuple[datetime, datetime, int]] = []

    def owners_within(self, start: datetime, end: datetime) -> list[int]:
        """Who holds any part of `[start, end)`, in order of time."""
        first = bisect_left(self._taken, (start,))
        if first and self._taken[first - 1][1] > start:
            first -= 1
        owners = []
        for taken_start, _, owner in self._taken[first:]:
            if taken_start >= end:
                break
            owners.append(owner)
        return owners

    def take(self, start: datetime, end: datetime, owner: int) -> None:
        """Enter a stretch that is free; raises ValueError when it is not."""
        if self.owners_within(start, end):
            raise ValueError("taken already")
        insort(self._taken, (start, end, owner))
