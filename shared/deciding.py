"""Deciding: the waiting requests of the rooms that can be locked, in their turn, many in one transaction.

Guards. Killed anywhere: the transaction rolls back and the requests still wait. Two deciders: each room is locked by
one of them. The same wake-up twice: nothing waits any more. A wrong belief about what is free: the constraint.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, text

from shared.domain.events import Event, MoveRefused, ReservationConfirmed, ReservationMoved, ReservationRefused
from shared.domain.refusals import Conflict, Refusal
from shared.domain.rules import Request, Wanted, first_refusal
from shared.domain.slots import Slot
from shared.domain.states import State
from shared.domain.timetable import Timetable
from shared.store.base import Db

BATCH = 500
MOST_CONFLICTS = 20

# sorted ids: two deciders must lock in the same order; a room that another decider holds is skipped, it decides there.
# A move needs the rooms that it leaves too: who waits for them behind it must see them given back.
LOCK_ROOMS = text("""
SELECT id, name, kind, seats, is_open FROM resource WHERE id IN (
    SELECT unnest(resource_ids || wanted_resource_ids)
    FROM (SELECT * FROM reservation WHERE turn IS NOT NULL ORDER BY turn LIMIT :window) AS waiting)
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
""")

# Also those that need a locked room and one that is not: they cannot be decided now, and nobody may overtake them.
WAITING = text("""
SELECT id, site_id, state, people, by_coordinator, correlation_id, starts_at, ends_at, resource_ids,
       wanted_starts_at, wanted_ends_at, wanted_resource_ids, wanted_people, wanted_by_coordinator
FROM reservation
WHERE turn IS NOT NULL
  AND ((resource_ids || wanted_resource_ids) && CAST(:rooms AS bigint[])
       OR (resource_ids || wanted_resource_ids) = '{}')
ORDER BY turn LIMIT :batch FOR UPDATE
""")

CONFLICTS = text("""
SELECT ask.n, taken.resource_id, taken.reservation_id
FROM jsonb_to_recordset(CAST(:asks AS jsonb)) AS ask(
    n int, reservation_id bigint, resource_id bigint, starts_at timestamptz, ends_at timestamptz)
CROSS JOIN LATERAL (
    SELECT o.resource_id, o.reservation_id FROM occupancy AS o
    WHERE o.resource_id = ask.resource_id AND o.during && tstzrange(ask.starts_at, ask.ends_at)
      AND o.reservation_id <> ask.reservation_id
    LIMIT :most) AS taken
""")

RELEASE = text("DELETE FROM occupancy WHERE reservation_id = ANY(:ids)")

OCCUPY = text("""
INSERT INTO occupancy (resource_id, reservation_id, during)
SELECT resource_id, reservation_id, tstzrange(starts_at, ends_at)
FROM jsonb_to_recordset(CAST(:asks AS jsonb)) AS ask(
    n int, reservation_id bigint, resource_id bigint, starts_at timestamptz, ends_at timestamptz)
ORDER BY n
ON CONFLICT DO NOTHING
RETURNING reservation_id
""")

SETTLE = text("""
WITH decision AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:decisions AS jsonb)) AS d(
        n int, id bigint, site_id bigint, state text, refusal jsonb, takes_wanted boolean, event text, data jsonb,
        correlation_id text)
), recorded AS (
    INSERT INTO event (site_id, reservation_id, type, data, correlation_id, recorded_at)
    SELECT site_id, id, event, data, correlation_id, :now FROM decision ORDER BY n
)
UPDATE reservation AS r SET
    state = decision.state,
    refusal = decision.refusal,
    starts_at = CASE WHEN takes_wanted THEN wanted_starts_at ELSE starts_at END,
    ends_at = CASE WHEN takes_wanted THEN wanted_ends_at ELSE ends_at END,
    resource_ids = CASE WHEN takes_wanted THEN wanted_resource_ids ELSE resource_ids END,
    people = CASE WHEN takes_wanted THEN wanted_people ELSE people END,
    wanted_starts_at = NULL, wanted_ends_at = NULL, wanted_resource_ids = NULL, wanted_people = NULL,
    wanted_by_coordinator = NULL,
    turn = NULL, waiting_since = NULL, decided_at = :now, unannounced_since = coalesce(unannounced_since, :now),
    version = version + 1
FROM decision WHERE r.id = decision.id
""")


class BatchDisagreesError(Exception):
    """The constraint refused what the batch believed free: somebody wrote occupancies without the room's lock."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The reservations of one batch; with none of them, nothing that could be decided was waiting."""

    ids: tuple[int, ...] = ()


@dataclass(slots=True)
class _Ask:
    """One waiting request as the batch sees it; `needs` are the rooms to be locked, a move's old ones among them."""

    n: int
    id: int
    site_id: int
    state: State
    is_move: bool
    slot: Slot
    people: int
    resource_ids: Sequence[int]
    needs: frozenset[int]
    by_coordinator: bool
    correlation_id: str
    conflicts: list[Conflict] = field(default_factory=list)
    refusal: Refusal | None = None

    @classmethod
    def of(cls, n: int, row: Row[Any]) -> "_Ask":
        is_move = row.wanted_starts_at is not None
        return cls(
            n=n,
            id=row.id,
            site_id=row.site_id,
            state=State(row.state),
            is_move=is_move,
            slot=Slot(row.wanted_starts_at, row.wanted_ends_at) if is_move else Slot(row.starts_at, row.ends_at),
            people=row.wanted_people if is_move else row.people,
            resource_ids=row.wanted_resource_ids if is_move else row.resource_ids,
            needs=frozenset(row.resource_ids).union(row.wanted_resource_ids or ()),
            by_coordinator=row.wanted_by_coordinator if is_move else row.by_coordinator,
            correlation_id=row.correlation_id,
        )

    @property
    def rows(self) -> list[dict[str, object]]:
        return [
            {
                "n": self.n,
                "reservation_id": self.id,
                "resource_id": resource_id,
                "starts_at": self.slot.start,
                "ends_at": self.slot.end,
            }
            for resource_id in self.resource_ids
        ]

    @property
    def asked(self) -> dict[str, object]:
        """What was asked for, kept beside a refusal so that it can be explained after a refused move is gone."""
        return {
            "start": self.slot.start,
            "end": self.slot.end,
            "resource_ids": list(self.resource_ids),
            "people": self.people,
        }

    @property
    def event(self) -> Event:
        if self.refusal is None:
            return ReservationMoved(self.id) if self.is_move else ReservationConfirmed(self.id)
        return (
            MoveRefused(self.id, self.refusal.code) if self.is_move else ReservationRefused(self.id, self.refusal.code)
        )

    @property
    def new_state(self) -> State:
        if self.is_move:
            return self.state  # a failed move changes nothing, a granted one only time and place
        return State.CONFIRMED if self.refusal is None else State.REFUSED


@dataclass(frozen=True, slots=True)
class Taken:
    """The requests that a decider may decide now and their rooms, locked until the end of its transaction."""

    asks: list[_Ask]
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
    db.execute(SETTLE, {"decisions": _json([_decision(ask) for ask in asks]), "now": now})
    return Decided(tuple(ask.id for ask in asks))


def set_aside(db: Db, taken: Taken, *, now: datetime) -> Decided:
    """Refuse what was taken because deciding it fails; its owner is sent to a person."""
    for ask in taken.asks:
        ask.refusal = Refusal("undecidable")
    db.execute(SETTLE, {"decisions": _json([_decision(ask) for ask in taken.asks]), "now": now})
    return Decided(tuple(ask.id for ask in taken.asks))


def _lock_rooms(db: Db, batch: int) -> dict[int, Wanted]:
    """The rooms that have waiting requests and that no other decider holds, by id."""
    return {row.id: Wanted(*row) for row in db.execute(LOCK_ROOMS, {"window": 4 * batch})}


def _in_turn(db: Db, rooms: dict[int, Wanted], batch: int) -> list[_Ask]:
    """The requests that can be decided now, none of which overtakes another that waits for the same room.

    The batch ends with the first move: it may release a slot, which those behind it must see.
    """
    asks: list[_Ask] = []
    blocked: set[int] = set()
    for row in db.execute(WAITING, {"rooms": sorted(rooms), "batch": batch}):
        ask = _Ask.of(len(asks), row)
        if not ask.needs <= rooms.keys() or not ask.needs.isdisjoint(blocked):
            blocked |= ask.needs
            continue
        asks.append(ask)
        if ask.is_move:
            break
    return asks


def _apply_rules(asks: list[_Ask], rooms: dict[int, Wanted], now: datetime) -> None:
    for ask in asks:
        resources = [rooms[id_] for id_ in ask.resource_ids]
        ask.refusal = first_refusal(Request(ask.slot, ask.people, resources, ask.by_coordinator, now))


def _find_conflicts(db: Db, asks: list[_Ask]) -> None:
    """What is taken already; a reservation never conflicts with itself."""
    rows = [row for ask in asks if ask.refusal is None for row in ask.rows]
    if not rows:
        return
    for row in db.execute(CONFLICTS, {"asks": _json(rows), "most": MOST_CONFLICTS}):
        asks[row.n].conflicts.append(Conflict(row.resource_id, row.reservation_id))


def _settle_among_themselves(asks: list[_Ask]) -> None:
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


def _occupy(db: Db, asks: list[_Ask]) -> bool:
    """Write the occupancies of the winners; False when the constraint refuses any of them."""
    winners = [ask for ask in asks if ask.refusal is None]
    rows = [row for ask in winners for row in ask.rows]
    moved = [ask.id for ask in winners if ask.is_move]
    if moved:
        db.execute(RELEASE, {"ids": moved})
    written = len(db.execute(OCCUPY, {"asks": _json(rows)}).all()) if rows else 0
    return written == len(rows)


def _occupy_alone(db: Db, asks: list[_Ask]) -> bool:
    """The same for one request, leaving nothing written when the constraint refuses it."""
    with db.begin_nested() as savepoint:
        is_free = _occupy(db, asks)
        if not is_free:
            savepoint.rollback()
    return is_free


def _decision(ask: _Ask) -> dict[str, object]:
    event = ask.event
    return {
        "n": ask.n,
        "id": ask.id,
        "site_id": ask.site_id,
        "state": ask.new_state.value,
        "refusal": ask.refusal.as_json() | {"asked": ask.asked} if ask.refusal else None,
        "takes_wanted": ask.is_move and ask.refusal is None,
        "event": type(event).__name__,
        "data": event.data,
        "correlation_id": ask.correlation_id,
    }


def _json(rows: list[dict[str, object]]) -> str:
    return orjson.dumps(rows).decode()
