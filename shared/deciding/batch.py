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
    """The reservations of one batch, and whether more may wait behind it that could be decided at once."""

    ids: tuple[int, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The requests that a decider may decide now and their rooms, locked until the end of its transaction."""

    asks: list[Ask]
    rooms: dict[int, Wanted]
    more: bool


def take(db: Db, batch: int = BATCH, *, patiently: bool = False) -> Taken:
    """Lock up to `batch` requests with their rooms: those that nobody holds, or patiently all of them."""
    lock = statements.LOCK_ALL_ROOMS if patiently else statements.LOCK_FREE_ROOMS
    rooms = {row.id: Wanted(*row) for row in db.execute(lock, {"window": 4 * batch})}
    asks, more = _in_turn(db, rooms, batch)
    return Taken(asks, rooms, more)


def decide(
    db: Db, *, now: datetime, batch: int = BATCH, taken: Taken | None = None, patiently: bool = False
) -> Decided:
    """Decide up to `batch` requests, or those taken already, in one transaction that the caller commits.

    Raises BatchDisagreesError when the constraint knows better; the caller then tries with batch=1, where the
    constraint's word is final.
    """
    taken = taken or take(db, batch, patiently=patiently)
    asks = taken.asks
    if not asks:
        return Decided()
    _apply_rules(asks, taken.rooms, now)
    _settle_among_themselves(asks)
    if not _settle_at_once(db, asks, now):
        _find_conflicts(db, asks)
        _settle_among_themselves(asks)
        if batch > 1:
            if not _settle(db, asks, now):
                raise BatchDisagreesError
        elif not _settle_or_undo(db, asks, now):
            asks[0].refusal = Refusal("room_taken")
            _settle(db, asks, now)
    return Decided(tuple(ask.id for ask in asks), taken.more)


def set_aside(db: Db, taken: Taken, *, now: datetime) -> Decided:
    """Refuse what was taken because deciding it fails; its owner is sent to a person."""
    for ask in taken.asks:
        ask.refusal = Refusal("undecidable")
    _settle(db, taken.asks, now)
    return Decided(tuple(ask.id for ask in taken.asks), more=True)


def _in_turn(db: Db, rooms: dict[int, Wanted], batch: int) -> tuple[list[Ask], bool]:
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
            return asks, True
    return asks, len(asks) == batch or bool(blocked)


def _apply_rules(asks: list[Ask], rooms: dict[int, Wanted], now: datetime) -> None:
    for ask in asks:
        resources = [rooms[id_] for id_ in ask.resource_ids]
        ask.refusal = first_refusal(Request(ask.slot, ask.people, resources, ask.by_coordinator, now))


def _settle_at_once(db: Db, asks: list[Ask], now: datetime) -> bool:
    """Most requests are for something free: try it before asking who is in the way. False, and nothing written, else.

    Not where somebody lost already, who is to hear of everything in the way; and not for a move, because to undo it,
    its old occupancies would have to come back.
    """
    if any(ask.is_move or ask.conflicts for ask in asks):
        return False
    if _settle(db, asks, now):
        return True
    db.execute(statements.RELEASE, {"ids": [ask.id for ask in asks]})
    return False


def _find_conflicts(db: Db, asks: list[Ask]) -> None:
    """What is taken already; a reservation never conflicts with itself."""
    for ask in asks:
        ask.forget_conflicts()
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


def _settle(db: Db, asks: list[Ask], now: datetime) -> bool:
    """Write the decisions and what the winners occupy; False, and no decision, when the constraint refuses a row."""
    winners = [ask for ask in asks if ask.refusal is None]
    rows = [row for ask in winners for row in ask.rows]
    moved = [ask.id for ask in winners if ask.is_move]
    if moved:
        db.execute(statements.RELEASE, {"ids": moved})
    decisions = _json([ask.decision for ask in asks])
    values = {"asks": _json(rows), "expected": len(rows), "decisions": decisions, "now": now}
    return bool(db.scalars(statements.SETTLE, values).one() == len(rows))


def _settle_or_undo(db: Db, asks: list[Ask], now: datetime) -> bool:
    """The same, leaving nothing written when the constraint refuses a row."""
    with db.begin_nested() as savepoint:
        is_settled = _settle(db, asks, now)
        if not is_settled:
            savepoint.rollback()
    return is_settled


def _json(rows: list[dict[str, object]]) -> str:
    return orjson.dumps(rows).decode()
