"""What could be had instead of what was refused: another room, time or layout, ranked by how little changes; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from shared.domain.places import Place, RoomOffer, Rooms
from shared.domain.ranking import ANOTHER_ROOM, REARRANGING, by_merit, choose, points_of_place, points_of_time
from shared.domain.reasons import SENTENCES
from shared.domain.slots import EARLIEST, LATEST, Slot
from shared.domain.vacancies import IsAllowed, Vacancies, everything_is_allowed

__all__ = ["LOOK_AROUND", "MOST_ASKED", "Alternative", "Options", "RoomOffer", "Search", "Weighed", "propose"]

LOOK_AROUND = timedelta(days=14)
# The nearest so many moments are looked at: a house that is full for a fortnight has thousands of edges.
MOST_MOMENTS = 500
SAME_HOUR_DAYS = range(-7, 15)
MOST_ASKED = 200  # times that the rules of the house are asked about other times: each costs as much as a hundred looks
ENOUGH = 4  # times as many other times as answers, to choose from


@dataclass(frozen=True, slots=True)
class Alternative:
    """Rooms and a slot that were free when asked; no promise.

    resource_ids: what to ask for, a combination without its parts. layout: which to ask for, '' for none.
    reason: a code of shared/domain/reasons.py; it says how the same thing came to be proposed, and makes no other.
    """

    resource_ids: tuple[int, ...]
    slot: Slot
    layout: str = ""
    reason: str = field(default="", compare=False)

    def sentence(self, language: str) -> str:
        """The reason in words; French unless English is asked for."""
        return SENTENCES[self.reason]["en" if language == "en" else "fr"]


Weighed = tuple[int, Alternative]
"""with its points: the fewer, the less changes"""


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: the wanted rooms and slot, the people, who else could serve, and what is taken of each room.

    What is taken includes the buffers of others; those of a room stand in its offer, and are kept free around what is
    proposed. Closures may be given as taken: that costs less than asking `is_allowed`.
    """

    wanted: tuple[int, ...]
    slot: Slot
    people: int
    rooms: Sequence[RoomOffer]
    busy: Mapping[int, Sequence[Slot]]
    now: datetime
    zone: ZoneInfo
    opens: time
    closes: time
    only_elsewhere: bool = False
    """another time would not help: the wanted rooms are closed"""
    layout: str = ""
    companions: tuple[int, ...] = ()
    """those of the wanted that come along wherever it is: trainers, equipment"""
    is_allowed: IsAllowed = everything_is_allowed


def propose(search: Search, most: int = 3) -> list[Alternative]:
    """Up to `most` answers, those first that change least; they differ, and at no time is a better one left out."""
    options, slot = Options(search), search.slot
    around = options.around(slot, options.places, (slot.start - LOOK_AROUND, slot.end + LOOK_AROUND))
    return options.best([*options.then(slot), *islice(around, ENOUGH * most)], most)


class Options:
    """All that could be had instead, for the slot of a search or for each date of a series."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.vacancies = Vacancies(search.busy, search.is_allowed)
        self._rooms = Rooms(search.rooms)
        self._asked = tuple(id_ for id_ in search.wanted if id_ not in search.companions)
        parts = self._rooms.parts_among(self._asked)
        self._roots = [id_ for id_ in self._asked if id_ not in parts]
        self.wanted = self._wanted()
        self.others = self._others()
        self.places = [*filter(None, [self.wanted]), *self.others]
        """all that can serve, the best first"""

    def then(self, slot: Slot) -> Iterator[Weighed]:
        """What can be had at that very time, the best first."""
        for place in self._free_then(slot):
            yield self.weigh(place, slot, slot)

    def around(
        self, slot: Slot, places: Sequence[Place], within: tuple[datetime, datetime], asks: int = MOST_ASKED
    ) -> Iterator[Weighed]:
        """The best of the places at each other time within those bounds, the nearest first."""
        then = self._free_then(slot)
        given = [(place, slot) for place in then]
        limit = self.vacancies.asked + asks
        for moved in self._moments(slot, places, max(within[0], EARLIEST), min(within[1], LATEST)):
            if self.vacancies.asked > limit:
                return
            place = next((place for place in places if self.vacancies.has(place, moved.start, moved.end)), None)
            # who can have another room when it is wanted needs it at no other time; the wanted room is another matter
            if place is None or (place is not self.wanted and place in then):
                continue
            if not any(place is other and moved.overlaps(before) for other, before in given):
                given.append((place, moved))
                yield self.weigh(place, moved, slot)

    def best(self, weighed: Iterable[Weighed], most: int) -> list[Alternative]:
        ordered = sorted(weighed, key=lambda entry: (entry[0], entry[1].slot))
        return choose(ordered, most, rooms=lambda a: a.resource_ids, when=lambda a: a.slot)

    def weigh(self, place: Place, slot: Slot, wished: Slot) -> Weighed:
        """The alternative to the wished slot, with the points of all that changes."""
        points = points_of_time(self.wall(wished.start), self.wall(slot.start))
        if place is self.wanted:
            points += REARRANGING * place.is_rearranged
        else:
            points += ANOTHER_ROOM + points_of_place(place, self.search.people)
        return points, Alternative(place.asked, slot, place.layout, self._reason(place, slot, wished))

    def wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.search.zone)

    def is_within_opening(self, slot: Slot) -> bool:
        """Nobody is proposed a time at night, unless the wish itself was one that no day's opening could hold."""
        start, end = self.wall(slot.start), self.wall(slot.end)
        opens, closes = self.search.opens, self.search.closes
        day = timedelta(hours=closes.hour - opens.hour, minutes=closes.minute - opens.minute)
        return slot.length > day or (start.date() == end.date() and opens <= start.time() and end.time() <= closes)

    def _free_then(self, slot: Slot) -> list[Place]:
        if slot.start < self.search.now:
            return []
        return [place for place in self.places if self.vacancies.has(place, slot.start, slot.end)]

    def _moments(self, slot: Slot, places: Sequence[Place], low: datetime, high: datetime) -> Iterator[Slot]:
        """The slots that touch something taken, or lie at the same hour of another day; the nearest first."""
        wished = self.wall(slot.start)
        starts = {(wished + timedelta(days=day)).astimezone(UTC) for day in SAME_HOUR_DAYS}
        for place in places:
            starts.update(self.vacancies.starts_beside(place, slot.length, low, high))
        low, last = max(low, self.search.now), high - slot.length
        nearest = sorted(
            (points_of_time(wished, self.wall(start)), start) for start in starts - {slot.start} if low <= start <= last
        )
        moments = (slot.starting(start) for _, start in nearest[:MOST_MOMENTS])
        return filter(self.is_within_opening, moments)

    def _reason(self, place: Place, slot: Slot, wished: Slot) -> str:
        if place is not self.wanted:
            if slot != wished:
                return "other_room_and_time"
            return "other_combination" if place.is_combination else "other_room"
        if slot == wished:
            return "other_layout" if place.is_rearranged else "as_wished"
        return "other_time" if self.wall(slot.start).date() == self.wall(wished.start).date() else "other_day"

    def _wanted(self) -> Place | None:
        """The wanted rooms, in another layout if they seat the people only so; None when they cannot serve at all."""
        if self.search.only_elsewhere:
            return None
        if len(self._roots) == 1 and self._roots[0] in self._rooms.by_id:
            return self._alone(self._rooms.by_id[self._roots[0]])
        place = self._rooms.together(self._asked, self.search.layout, self.search.companions)
        return place if place.seats is None or place.seats >= self.search.people else None

    def _others(self) -> list[Place]:
        """The other rooms that seat the people; none when several were wanted, or none."""
        if len(self._roots) != 1:
            return []
        places = [self._alone(room) for room in self.search.rooms if room.id not in self._asked]
        return sorted(filter(None, places), key=lambda place: by_merit(place, self.search.people))

    def _alone(self, room: RoomOffer) -> Place | None:
        people, wanted = self.search.people, self.search.layout
        layout = room.layout_for(people, wanted)
        if layout is None:
            return None
        return self._rooms.alone(room, layout, self.search.companions, is_rearranged=layout != wanted)
