"""What a house keeps to, whatever was asked, approved, released or moved: read from the book alone, not from the model.

Each check yields what is wrong, in words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

from sqlalchemy import text

from shared import deciding
from shared.domain.slots import Slot
from shared.previewing import undone
from tests.house import House
from tests.state.laws import TABLETS, Laws
from tests.state.taken import week_of

HELD = """
SELECT r.id, r.state, r.hold_until, r.starts_at, r.ends_at, r.people, r.layout, r.quantities, r.resource_ids,
       r.requested_by, r.override_reason, o.resource_id, o.unit, lower(o.during) AS "from", upper(o.during) AS "to"
FROM occupancy AS o JOIN reservation AS r ON r.id = o.reservation_id ORDER BY lower(o.during)
"""
RESERVATIONS = """
SELECT id, state, starts_at, ends_at, people, quantities, resource_ids, requested_by, organisation_id, hold_until,
       override_reason
FROM reservation ORDER BY id
"""
TIMERS = "SELECT reservation_id, due_at FROM timer WHERE kind = 'expire'"
EVERYBODY_AGAIN = text("UPDATE reservation SET turn = waitlist_turn, waiting_since = now() WHERE state = 'waitlisted'")
IN_LINE = text("SELECT id FROM reservation WHERE state = 'waitlisted' ORDER BY waitlist_turn, id")
HOLDING = {"confirmed", "tentative"}


@dataclass(frozen=True)
class Stay:
    """One unit of something that is taken, with the reservation that takes it."""

    what: str
    unit: int
    taken: Slot
    by: Any


def broken(house: House, laws: Laws) -> list[str]:
    """All that is wrong in the book."""
    slugs = {id_: slug for slug, id_ in house.rooms.items()}
    reservations = house.rows(RESERVATIONS)
    stays = [Stay(slugs[row.resource_id], row.unit, Slot(row[-2], row[-1]), row) for row in house.rows(HELD)]
    due = {row.reservation_id: row.due_at for row in house.rows(TIMERS)}
    held = [row for row in reservations if row.state in HOLDING]
    in_rooms = [row for row in held if any(slugs[id_] != TABLETS for id_ in row.resource_ids)]
    return [
        *_overlaps(stays),
        *_not_what_was_asked(reservations, stays, slugs),
        *_no_time_between(stays, laws),
        *_too_many_people(in_rooms, laws),
        *_more_than_their_share(house, reservations, laws),
        *_no_end(reservations, due),
    ]


def passed_over(house: House) -> list[int]:
    """Those who wait and could have what they wait for, as the book stands; empty when nothing is to be decided."""
    with house.book() as db, undone(db):
        db.execute(EVERYBODY_AGAIN)
        before = list(db.scalars(IN_LINE))
        while deciding.decide(db, now=house.now).ids:
            pass
        after = set(db.scalars(IN_LINE))
    return [id_ for id_ in before if id_ not in after]


def _overlaps(stays: Iterable[Stay]) -> Iterator[str]:
    for one, other in combinations(stays, 2):
        if (one.what, one.unit) == (other.what, other.unit) and one.taken.overlaps(other.taken):
            yield f"{one} and {other} overlap"


def _not_what_was_asked(reservations: Iterable[Any], stays: Iterable[Stay], slugs: dict[int, str]) -> Iterator[str]:
    """Who holds something holds all of it for all the time, and nobody else holds anything."""
    counts: defaultdict[tuple[int, str], int] = defaultdict(int)
    for stay in stays:
        counts[stay.by.id, stay.what] += 1
        if not (stay.taken.start <= stay.by.starts_at and stay.by.ends_at <= stay.taken.end):
            yield f"{stay} is shorter than the meeting"
    due = {
        (row.id, slugs[id_]): row.quantities.get(slugs[id_], 1)
        for row in reservations
        if row.state in HOLDING
        for id_ in row.resource_ids
    }
    if counts != due:
        yield f"{dict(counts)} is taken, {due} should be"


def _no_time_between(stays: Sequence[Stay], laws: Laws) -> Iterator[str]:
    """From one meeting to the next in a room there is time to clear it, to furnish it anew, and to set it up."""
    rooms: defaultdict[str, list[Any]] = defaultdict(list)
    for stay in stays:
        if stay.what != TABLETS:
            rooms[stay.what].append(stay.by)
    for room, meetings in rooms.items():
        for one, other in pairwise(sorted(meetings, key=lambda row: row.starts_at)):
            needed = timedelta(minutes=laws.clearing + laws.setup) + laws.change_of_layout(one.layout, other.layout)
            if other.starts_at - one.ends_at < needed:
                yield f"less than {needed} between {one} and {other} in {room}"


def _too_many_people(held: Sequence[Any], laws: Laws) -> Iterator[str]:
    for moment in {row.starts_at for row in held}:
        people = _sum_at(moment, held, {row.id: row.people for row in held})
        if laws.building_limit is not None and people > laws.building_limit:
            yield f"{people} people at {moment}"


def _more_than_their_share(house: House, reservations: Sequence[Any], laws: Laws) -> Iterator[str]:
    """Nobody, and no organisation, has more than the quota, but for what a coordinator allowed with a reason."""
    lifted = {row.requested_by for row in reservations if row.override_reason}
    limits = laws.hours_per_week, laws.open_requests, laws.concurrent
    for person in {row.requested_by for row in reservations} - lifted:
        yield from _more_than(limits, [row for row in reservations if row.requested_by == person], house.now)
    colleagues = [row for row in reservations if row.organisation_id is not None]
    yield from _more_than((laws.organisation_hours, None, None), colleagues, house.now)


def _more_than(limits: tuple[int | None, ...], own: Sequence[Any], now: datetime) -> Iterator[str]:
    held = [row for row in own if row.state in HOLDING]
    ahead = [row for row in own if row.state in {*HOLDING, "waitlisted"} and row.ends_at > now]
    hours: defaultdict[tuple[int, int], timedelta] = defaultdict(timedelta)
    for row in held:
        hours[week_of(Slot(row.starts_at, row.ends_at))] += row.ends_at - row.starts_at
    most_hours = max(hours.values(), default=timedelta()) / timedelta(hours=1)
    at_once = max((_sum_at(row.starts_at, held, {r.id: 1 for r in held}) for row in held), default=0)
    for limit, amount in zip(limits, (most_hours, len(ahead), at_once), strict=True):
        if limit is not None and amount > limit:
            yield f"{amount} of {limit}: {own}"


def _no_end(reservations: Iterable[Any], due: dict[int, datetime]) -> Iterator[str]:
    """Whatever does not last has one timer that ends it, at the latest when it begins; nothing else has one."""
    for row in reservations:
        end = row.starts_at if row.state == "waitlisted" else row.hold_until
        if due.get(row.id) != end:
            yield f"{row} is to end at {end}, and its timer is set to {due.get(row.id)}"


def _sum_at(moment: datetime, rows: Iterable[Any], weights: dict[int, int]) -> int:
    return sum(weights[row.id] for row in rows if row.starts_at <= moment < row.ends_at)
