"""What is free instead: other rooms at the wanted time, and the nearest times of the wanted rooms; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.slots import Slot

LOOK_AROUND = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class RoomOffer:
    """A room that could be proposed, with the seats it has (None: not known)."""

    id: int
    seats: int | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Rooms and a slot that were free when asked; no promise."""

    resource_ids: tuple[int, ...]
    slot: Slot


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: the wanted rooms and slot, the people, who else could serve, and what is taken of each room."""

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


def propose(search: Search, most: int = 3) -> list[Alternative]:
    """Up to `most` answers: first other rooms at that time (smallest that fits), then the nearest other times."""
    elsewhere = [Alternative((room.id,), search.slot) for room in _other_rooms(search)]
    later = [Alternative(search.wanted, slot) for slot in _other_times(search, most)]
    # one place is kept for another time, because for many people the room matters more than the hour
    return (elsewhere[: most - 1] + later + elsewhere[most - 1 :])[:most] if later else elsewhere[:most]


def _other_rooms(search: Search) -> list[RoomOffer]:
    if len(search.wanted) != 1 or search.slot.start < search.now:
        return []
    fitting = [
        room
        for room in search.rooms
        if room.id not in search.wanted
        and (room.seats is None or room.seats >= search.people)
        and _is_free(search, (room.id,), search.slot)
    ]
    return sorted(fitting, key=lambda room: (room.seats is None, room.seats or 0, room.id))


def _other_times(search: Search, most: int) -> list[Slot]:
    """Free slots of the same length that touch something taken, or lie at the same hour of another day."""
    if search.only_elsewhere or not _has_seats(search):
        return []
    length = search.slot.length
    starts = {
        edge
        for room in search.wanted
        for taken in search.busy.get(room, ())
        for edge in (taken.end, taken.start - length)
    }
    wall = search.slot.start.astimezone(search.zone)
    starts |= {(wall + timedelta(days=day)).astimezone(UTC) for day in range(-7, 15)}
    found: list[Slot] = []
    for start in sorted(starts, key=lambda s: (abs(s - search.slot.start), s)):
        if abs(start - search.slot.start) > LOOK_AROUND or start < search.now:
            continue
        slot = search.slot.starting(start)
        if _within_opening(search, slot) and _is_free(search, search.wanted, slot):
            found.append(slot)
            if len(found) == most:
                break
    return found


def _has_seats(search: Search) -> bool:
    """At another time the wanted rooms have no more seats than now; who is no room needs none."""
    seats = [room.seats for room in search.rooms if room.id in search.wanted]
    return not seats or None in seats or sum(filter(None, seats)) >= search.people


def _is_free(search: Search, rooms: tuple[int, ...], slot: Slot) -> bool:
    return not any(slot.overlaps(taken) for room in rooms for taken in search.busy.get(room, ()))


def _within_opening(search: Search, slot: Slot) -> bool:
    """Nobody is proposed a time at night, unless the wish itself was one that no day's opening could hold."""
    start, end = slot.start.astimezone(search.zone), slot.end.astimezone(search.zone)
    if not _fits_a_day(search, search.slot):
        return True
    return start.date() == end.date() and search.opens <= start.time() and end.time() <= search.closes


def _fits_a_day(search: Search, slot: Slot) -> bool:
    day = timedelta(hours=search.closes.hour - search.opens.hour, minutes=search.closes.minute - search.opens.minute)
    return slot.length <= day
