"""One batch: lock, take in turn, rules, conflicts, among themselves, occupy, settle; the caller commits."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import orjson

from shared.deciding import statements
from shared.deciding.ask import Ask
from shared.domain.refusals import Conflict, Refusal
from shared.domain.rules import Request, Wanted, first_refusal
from shared.domain.timetable import Timetable
from shared.store.base import Db

BATCH = 500
MOST_CONFLICTS = 20


class BatchDisagreesError(Exception):
    """The constraint refused what the batch believed free: somebody wrote occupancies without the room's lock."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The reservations of one batch; with none of them, nothing that could be decided was waiting."""

    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The requests that a decider may decide now and their rooms, locked until the end of its transaction."""

    asks: list[Ask]
    rooms: dict[int, Wanted]


def take(db: Db, batch: int = BATCH) -> Taken:
    """Lock up to `batch` requests with their rooms."""
    rooms = _lock_rooms(db, batch)
    return Taken(_in_turn(db, rooms, batch), rooms)


def decide(db: Db, *, now: datetime, batch: int = BATCH, taken: Taken | None = None) -> Decided:
    """Decide up to `batch` requests, or those taken already, in one transaction that the caller commits.

    Raises BatchDisagreesError when the constraint knows better; the caller then tries with batch=1, where the
    constraint's word is final.
    """
    taken = taken or take(db, batch)
    asks = taken.asks
    if not asks:
        return Decided()
    _apply_rules(asks, taken.rooms, now)
    _find_conflicts(db, asks)
    _settle_among_themselves(asks)
    if batch > 1:
        if not _occupy(db, asks):
            raise BatchDisagreesError
    elif not _occupy_alone(db, asks):
        asks[0].refusal = Refusal("room_taken")
    db.execute(statements.SETTLE, {"decisions": _json([ask.decision for ask in asks]), "now": now})
    return Decided(tuple(ask.id for ask in asks))


def set_aside(db: Db, taken: Taken, *, now: datetime) -> Decided:
    """Refuse what was taken because deciding it fails; its owner is sent to a person."""
    for ask in taken.asks:
        ask.refusal = Refusal("undecidable")
    db.execute(statements.SETTLE, {"decisions": _json([ask.decision for ask in taken.asks]), "now": now})
    return Decided(tuple(ask.id for ask in taken.asks))


def _lock_rooms(db: Db, batch: int) -> dict[int, Wanted]:
    """The rooms that have waiting requests and that no other decider holds, by id."""
    return {row.id: Wanted(*row) for row in db.execute(statements.LOCK_ROOMS, {"window": 4 * batch})}


def _in_turn(db: Db, rooms: dict[int, Wanted], batch: int) -> list[Ask]:
    """The requests that can be decided now, none of which overtakes another that waits for the same room.

    The batch ends with the first move: it may release a slot, which those behind it must see.
    """
    asks: list[Ask] = []
    blocked: set[int] = set()
    for row in db.execute(statements.WAITING, {"rooms": sorted(rooms), "batch": batch}):
        ask = Ask.of(len(asks), row)
        if not ask.needs <= rooms.keys() or not ask.needs.isdisjoint(blocked):
            blocked |= ask.needs
            continue
        asks.append(ask)
        if ask.is_move:
            break
    return asks


def _apply_rules(asks: list[Ask], rooms: dict[int, Wanted], now: datetime) -> None:
    for ask in asks:
        resources = [rooms[id_] for id_ in ask.resource_ids]
        ask.refusal = first_refusal(Request(ask.slot, ask.people, resources, ask.by_coordinator, now))


def _find_conflicts(db: Db, asks: list[Ask]) -> None:
    """What is taken already; a reservation never conflicts with itself."""
    rows = [row for ask in asks if ask.refusal is None for row in ask.rows]
    if not rows:
        return
    for row in db.execute(statements.CONFLICTS, {"asks": _json(rows), "most": MOST_CONFLICTS}):
        asks[row.n].conflicts.append(Conflict(row.resource_id, row.reservation_id))


def _settle_among_themselves(asks: list[Ask]) -> None:
    """First come, first served: a request takes its rooms all at once, or none of them."""
    taken: defaultdict[int, Timetable] = defaultdict(Timetable)
    for ask in asks:
        if ask.refusal is not None:
            continue
        for resource_id in ask.resource_ids:
            owners = taken[resource_id].owners_within(ask.slot.start, ask.slot.end)
            ask.conflicts.extend(Conflict(resource_id, owner) for owner in owners)
        if ask.conflicts:
            ask.refusal = Refusal("room_taken", conflicts=tuple(ask.conflicts[:MOST_CONFLICTS]))
            continue
        for resource_id in ask.resource_ids:
            taken[resource_id].take(ask.slot.start, ask.slot.end, ask.id)


def _occupy(db: Db, asks: list[Ask]) -> bool:
    """Write the occupancies of the winners; False when the constraint refuses any of them."""
    winners = [ask for ask in asks if ask.refusal is None]
    rows = [row for ask in winners for row in ask.rows]
    moved = [ask.id for ask in winners if ask.is_move]
    if moved:
        db.execute(statements.RELEASE, {"ids": moved})
    written = len(db.execute(statements.OCCUPY, {"asks": _json(rows)}).all()) if rows else 0
    return written == len(rows)


def _occupy_alone(db: Db, asks: list[Ask]) -> bool:
    """The same for one request, leaving nothing written when the constraint refuses it."""
    with db.begin_nested() as savepoint:
        is_free = _occupy(db, asks)
        if not is_free:
            savepoint.rollback()
    return is_free


def _json(rows: list[dict[str, object]]) -> str:
    return orjson.dumps(rows).decode()
