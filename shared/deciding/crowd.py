"""Who is in the house when: for the limit of the building, and for how many bookings one has at a time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from shared.domain.slots import Slot


@dataclass(frozen=True, slots=True)
class Presence:
    """A reservation that holds something; `people` are those it brings into the building."""

    reservation_id: int
    start: datetime
    end: datetime
    people: int
    person_id: int
    organisation_id: int | None


class Crowd:
    """Presences by day, so that a question looks at the days of its slot only."""

    def __init__(self, presences: Iterable[Presence] = ()) -> None:
        self._days: defaultdict[int, dict[int, Presence]] = defaultdict(dict)
        self._known: dict[int, Presence] = {}
        for presence in presences:
            self.enter(presence)

    def enter(self, presence: Presence) -> None:
        """Put one in who is not in yet."""
        if presence.reservation_id in self._known:
            return
        self._known[presence.reservation_id] = presence
        for day in _days(presence.start, presence.end):
            self._days[day][presence.reservation_id] = presence

    def leave(self, reservation_id: int) -> Presence | None:
        """Take one out; returns it."""
        presence = self._known.pop(reservation_id, None)
        if presence is not None:
            for day in _days(presence.start, presence.end):
                del self._days[day][reservation_id]
        return presence

    def around(self, slot: Slot, *, without: int) -> list[Presence]:
        """Who is there at some moment of the slot, but for one reservation."""
        days = [self._days[day] for day in _days(slot.start, slot.end) if day in self._days]
        found = days[0] if len(days) == 1 else {id_: p for day in days for id_, p in day.items()}
        return [p for id_, p in found.items() if id_ != without and p.start < slot.end and slot.start < p.end]


def people_at_once(slot: Slot, presences: Iterable[Presence]) -> int:
    """How many people are in the building at the fullest moment of the slot."""
    return _peak(slot, [(p, p.people) for p in presences if p.people])


def bookings_at_once(slot: Slot, presences: Iterable[Presence]) -> int:
    """How many bookings there are at most at one moment of the slot."""
    return _peak(slot, [(p, 1) for p in presences])


def _peak(slot: Slot, weighed: list[tuple[Presence, int]]) -> int:
    """Leaving comes before entering at the same moment: slots are half-open."""
    if len(weighed) < 2:  # noqa: PLR2004  nobody to meet
        return sum(weight for _, weight in weighed)
    entering = [(max(presence.start, slot.start), weight) for presence, weight in weighed]
    leaving = [(presence.end, -weight) for presence, weight in weighed]
    return max(accumulate(weight for _, weight in sorted(entering + leaving)))


def _days(start: datetime, end: datetime) -> range:
    return range(start.toordinal(), end.toordinal() + 1)
