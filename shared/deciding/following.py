"""What follows from decisions in their own commit: timers, places in line, series that change or go on as another."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import orjson
from sqlalchemy import text

from shared.deciding import statements
from shared.deciding.ask import Ask
from shared.domain.states import State
from shared.house import House, house_of
from shared.store.base import Db
from shared.store.timers import Due, Kind, clear_timers, deadlines, set_timers

LINE = text("""
SELECT ask.id, count(r.id) AS before
FROM jsonb_to_recordset(CAST(:asks AS jsonb)) AS ask(
    id bigint, turn bigint, starts_at timestamptz, ends_at timestamptz, resource_ids bigint[])
LEFT JOIN reservation AS r ON r.site_id = :site_id AND r.state = 'waitlisted' AND r.id <> ALL(:served)
    AND r.waitlist_turn < ask.turn AND r.resource_ids && ask.resource_ids
    AND r.starts_at < ask.ends_at AND r.ends_at > ask.starts_at AND r.starts_at > ask.starts_at - interval '366 days'
GROUP BY ask.id
""")


# the decision is Créneau's, but who sets rules aside is whoever asked for that
SIGN = text("""
UPDATE event AS e SET person_id = asked.person_id, on_behalf_of = asked.on_behalf_of, source = asked.source,
                      reason = o.reason
FROM jsonb_to_recordset(CAST(:overrides AS jsonb)) AS o(id bigint, reason text)
CROSS JOIN LATERAL (
    SELECT person_id, on_behalf_of, source FROM event
    WHERE reservation_id = o.id AND type IN ('ReservationRequested', 'MoveRequested') ORDER BY id DESC LIMIT 1) AS asked
WHERE e.reservation_id = o.id AND e.type = 'OverrideUsed' AND e.person_id IS NULL
""")


def number_the_line(db: Db, asks: Sequence[Ask]) -> None:
    """Tell those who will wait how many wait before them for the same time and room, and that they are the next.

    `asks` are those of whom something becomes: who stood in line among them does so no more.
    """
    waiting = [ask for ask in asks if ask.state is State.WAITLISTED and not ask.is_waitlisted]
    if not waiting:
        return
    rows = [
        {
            "id": ask.id,
            "turn": ask.row.turn,
            "starts_at": ask.slot.start,
            "ends_at": ask.slot.end,
            "resource_ids": ask.resource_ids,
        }
        for ask in waiting
    ]
    served = [ask.id for ask in asks if ask.is_waitlisted]
    values = {"asks": orjson.dumps(rows).decode(), "site_id": waiting[0].row.site_id, "served": served}
    found = db.execute(LINE, values)
    before = {row.id: row.before for row in found}
    for n, ask in enumerate(waiting):
        here = sum(_meet(ask, earlier) for earlier in waiting[:n])
        ask.place_in_line = before[ask.id] + here + 1


def follow(db: Db, asks: Sequence[Ask], now: datetime) -> None:
    """Timers of what is held or waits; those who wait on keep their place; series become what was asked for them.

    Rules that were set aside are signed by whoever did so.
    """
    overrides = [{"id": ask.id, "reason": ask.override} for ask in asks if ask.overridden and ask.is_granted]
    if overrides:
        db.execute(SIGN, {"overrides": orjson.dumps(overrides).decode()})
    in_line = [ask.id for ask in asks if ask.is_waitlisted]
    if in_line:
        clear_timers(db, [ask.id for ask in asks if ask.is_waitlisted and not ask.stays_in_line])
        db.execute(statements.WAIT_ON, {"ids": [ask.id for ask in asks if ask.stays_in_line]})
    if any(ask.is_move and ask.is_granted for ask in asks):
        # those of this batch who wait were looked at before the move gave anything back
        db.execute(statements.LOOK_AGAIN, {"ids": [a.id for a in asks if a.state is State.WAITLISTED], "now": now})
    moved = [ask for ask in asks if ask.is_move and ask.is_granted and ask.until is not None]
    set_timers(db, [Due(ask.row.site_id, ask.id, Kind.EXPIRE, ask.until) for ask in moved if ask.until])
    held = [ask for ask in asks if ask.state in {State.TENTATIVE, State.WAITLISTED} and not ask.is_move]
    if held:
        house = house_of(db, held[0].row.site_id)
        set_timers(db, [due for ask in held if not ask.stays_in_line for due in _timers(house, ask, now)])
    for is_granted in (True, False):
        ids = sorted({a.row.wanted_series_id for a in asks if a.row.wanted_series_id and a.is_granted is is_granted})
        for statement in (statements.SERIES_CHANGED if is_granted else statements.SERIES_UNCHANGED) if ids else ():
            db.execute(statement, {"ids": ids})
    split = {a.row.wanted_series_id: a for a in reversed(asks) if a.row.wanted_series_id and a.is_granted}
    for series_id, first in split.items():
        if series_id != first.row.series_id:
            values = {"into": series_id, "from": first.row.series_id, "site_id": first.row.site_id, "now": now}
            for statement in statements.SPLIT:
                db.execute(statement, values | {"head": first.id, "correlation_id": first.row.correlation_id})


def _meet(one: Ask, other: Ask) -> bool:
    return one.slot.overlaps(other.slot) and not set(one.resource_ids).isdisjoint(other.resource_ids)


def _timers(house: House, ask: Ask, now: datetime) -> Iterator[Due]:
    """When what is held ends, and who waits stops waiting."""
    if ask.state is State.WAITLISTED:
        yield Due(ask.row.site_id, ask.id, Kind.EXPIRE, ask.slot.start)
    elif ask.hold is not None and ask.until is not None:
        policies = house.policies(ask.resource_ids, ask.row.group_id)
        for kind, at in deadlines(ask.hold, ask.until, policies, now).items():
            yield Due(ask.row.site_id, ask.id, kind, at)
