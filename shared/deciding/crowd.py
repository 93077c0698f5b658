"""Who is in the house when: for the limit of the building, and for how many bookings one has at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

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

    def people(self, slot: Slot, *, without: int) -> int:
        """How many people are in the building at the fullest moment of the slot."""
        return _peak(slot, self._within(slot, without), lambda presence: presence.people)

    def bookings(self, slot: Slot, *, without: int, person_id: int = 0, organisation_id: int = 0) -> int:
        """How many bookings a person, or an organisation, has at most at one moment of the slot."""
        own = (
            p
            for p in self._within(slot, without)
            if (person_id and p.person_id == person_id) or (organisation_id and p.organisation_id == organisation_id)
        )
        return _peak(slot, own, lambda _: 1)

    def _within(self, slot: Slot, without: int) -> Iterator[Presence]:
        found = {id_: p for day in _days(slot.start, slot.end) for id_, p in self._days.get(day, {}).items()}
        return (p for id_, p in found.items() if id_ != without and p.start < slot.end and slot.start < p.end)


def _peak(slot: Slot, presences: Iterator[Presence], weight: Callable[[Presence], int]) -> int:
    """Leaving comes before entering at the same moment: slots are half-open."""
    steps = []
    for presence in presences:
        steps.append((max(presence.start, slot.start), weight(presence)))
        steps.append((presence.end, -weight(presence)))
    now = most = 0
    for _, step in sorted(steps):
        now += step
        most = max(most, now)
    return most


def _days(start: datetime, end: datetime) -> range:
    return range(start.toordinal(), end.toordinal() + 1)
