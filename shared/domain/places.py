"""A place: what is taken together to seat people, a room alone, rooms combined or several rooms, with their buffers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class RoomOffer:
    """A room that could be proposed, with the seats it has (None: not known).

    layouts: the seats in each, by slug (None: those of the room). part_ids: the rooms that it combines, and that are
    taken with it. setup, clearing: what it needs before and after whatever is held in it.
    """

    id: int
    seats: int | None
    name: str = ""
    layouts: Mapping[str, int | None] = field(default_factory=dict, hash=False)
    default_layout: str = ""
    part_ids: tuple[int, ...] = ()
    setup: timedelta = AT_ONCE
    clearing: timedelta = AT_ONCE

    def seats_in(self, layout: str) -> int | None:
        """The seats in that layout; '' is the room as it usually stands."""
        seats = self.layouts.get(layout or self.default_layout)
        return self.seats if seats is None else seats

    def seats_people(self, people: int, layout: str) -> bool:
        if layout and layout not in self.layouts:
            return False
        seats = self.seats_in(layout)
        return seats is None or seats >= people

    def layout_for(self, people: int, wanted: str) -> str | None:
        """The wanted layout if it seats so many; else as the room stands, or the smallest that does; else None."""
        if self.seats_people(people, wanted):
            return wanted
        others = [slug for slug in ("", *self.layouts) if self.seats_people(people, slug)]
        return min(others, key=lambda slug: (slug != "", self.seats_in(slug) or 0, slug), default=None)


@dataclass(frozen=True, slots=True)
class Hold:
    """One resource that is taken, and for how much longer than the slot."""

    resource_id: int
    setup: timedelta = AT_ONCE
    clearing: timedelta = AT_ONCE


@dataclass(frozen=True, slots=True)
class Place:
    """What one asks for, and what is taken by it.

    asked: without the parts of a combination, which are taken with it. rooms: those of which the house has rules.
    seats: in `layout`, None when not known. is_rearranged: the rooms must be set up otherwise than hoped for.
    """

    asked: tuple[int, ...]
    holds: tuple[Hold, ...]
    rooms: tuple[int, ...]
    seats: int | None
    layout: str = ""
    is_rearranged: bool = False
    is_combination: bool = False


def gap_between(places: Iterable[Place]) -> timedelta:
    """What two slots in a row need between them, whichever of the places each is in."""
    holds = [hold for place in places for hold in place.holds]
    clearing = max((hold.clearing for hold in holds), default=AT_ONCE)
    return clearing + max((hold.setup for hold in holds), default=AT_ONCE)


class Rooms:
    """The rooms of a house by their ids, as places."""

    def __init__(self, offers: Iterable[RoomOffer]) -> None:
        self.by_id = {room.id: room for room in offers}

    def alone(self, room: RoomOffer, layout: str, companions: tuple[int, ...] = (), *, is_rearranged: bool) -> Place:
        """A room, or a combination with its parts; the companions (trainers, equipment) come along without buffers."""
        holds = self._holds_of(room)
        return Place(
            asked=(room.id, *companions),
            holds=(*holds, *map(Hold, companions)),
            rooms=tuple(hold.resource_id for hold in holds),
            seats=room.seats_in(layout),
            layout=layout,
            is_rearranged=is_rearranged,
            is_combination=bool(room.part_ids),
        )

    def together(self, ids: tuple[int, ...], layout: str, companions: tuple[int, ...]) -> Place:
        """Several rooms at once, each with its own buffers; an id that is none of the rooms has none."""
        known = [self.by_id[id_] for id_ in ids if id_ in self.by_id]
        holds = {id_: Hold(id_) for id_ in (*ids, *companions)}
        for room in known:
            holds |= {hold.resource_id: _wider(hold, holds.get(hold.resource_id)) for hold in self._holds_of(room)}
        seats = [room.seats_in(layout) for room in known if room.id not in self.parts_among(ids)]
        return Place(
            asked=tuple(id_ for id_ in (*ids, *companions) if id_ not in self.parts_among(ids)),
            holds=tuple(holds.values()),
            rooms=tuple(id_ for id_ in holds if id_ not in companions),
            seats=None if None in seats or not known else sum(filter(None, seats)),
            layout=layout,
        )

    def parts_among(self, ids: tuple[int, ...]) -> set[int]:
        """Those that are asked for only because a combination is."""
        return {part for id_ in ids if id_ in self.by_id for part in self.by_id[id_].part_ids}

    def _holds_of(self, room: RoomOffer) -> list[Hold]:
        whole = Hold(room.id, room.setup, room.clearing)
        return [whole, *(_wider(Hold(part, room.setup, room.clearing), self._hold(part)) for part in room.part_ids)]

    def _hold(self, id_: int) -> Hold | None:
        room = self.by_id.get(id_)
        return None if room is None else Hold(id_, room.setup, room.clearing)


def _wider(hold: Hold, other: Hold | None) -> Hold:
    if other is None:
        return hold
    return Hold(hold.resource_id, max(hold.setup, other.setup), max(hold.clearing, other.clearing))
