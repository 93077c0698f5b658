"""What people, organisations and the building have already: what quotas and the building's limit are measured by.

Read once a batch, and only what some knob in force asks for; the batch's own winners are added as they win.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import TextClause, text

from shared.deciding.ask import Ask
from shared.deciding.crowd import Crowd, Presence, bookings_at_once, people_at_once
from shared.domain.policy import Quota
from shared.domain.rules import Usage
from shared.domain.slots import Slot
from shared.house import House
from shared.store.base import Db

A_WEEK = timedelta(days=7)
MOST_COUNTED = 1001

# by way of the occupancies, whose index knows the times of each resource
PRESENT = text("""
SELECT DISTINCT r.id, r.starts_at, r.ends_at, r.requested_by, r.organisation_id,
       CASE WHEN EXISTS (SELECT 1 FROM resource WHERE id = ANY(r.resource_ids) AND kind = 'room')
            THEN r.people ELSE 0 END AS people
FROM jsonb_to_recordset(CAST(:spans AS jsonb)) AS span("from" timestamptz, "to" timestamptz)
JOIN occupancy AS o ON o.resource_id = ANY(:resource_ids) AND o.during && tstzrange(span."from", span."to")
JOIN reservation AS r ON r.id = o.reservation_id
""")

_MINUTES = """
SELECT k.who, k.monday,
       sum(extract(epoch FROM least(r.ends_at, k."to") - greatest(r.starts_at, k."from")) / 60)::int AS minutes
FROM jsonb_to_recordset(CAST(:weeks AS jsonb)) AS k(who bigint, monday date, "from" timestamptz, "to" timestamptz)
CROSS JOIN LATERAL (
    SELECT starts_at, ends_at FROM reservation
    WHERE {who} = k.who AND starts_at >= k."from" - interval '1 day' AND starts_at < k."to"
      AND ends_at > k."from" AND state IN ('confirmed', 'tentative')
    UNION ALL  -- what lasts longer than a day is found by an index of its own, not among all of the year before
    SELECT starts_at, ends_at FROM reservation
    WHERE {who} = k.who AND ends_at - starts_at > interval '1 day' AND ends_at > k."from"
      AND starts_at < k."from" - interval '1 day' AND starts_at > k."from" - interval '366 days'
      AND state IN ('confirmed', 'tentative')) AS r
GROUP BY k.who, k.monday
"""
_OPEN = """
SELECT k.who, found.many FROM unnest(CAST(:ids AS bigint[])) AS k(who) CROSS JOIN LATERAL (
    SELECT count(*) AS many FROM (SELECT 1 FROM reservation AS r
        WHERE r.{who} = k.who AND r.ends_at > :now AND r.state IN ('confirmed', 'tentative', 'waitlisted')
        LIMIT :most) AS counted) AS found
"""


@dataclass(frozen=True, slots=True)
class Side:
    """People or organisations: the column that names them, and its two questions."""

    column: str
    minutes: TextClause
    open: TextClause

    @classmethod
    def of(cls, column: str) -> "Side":
        return cls(column, text(_MINUTES.format(who=column)), text(_OPEN.format(who=column)))


PERSON, ORGANISATION = Side.of("requested_by"), Side.of("organisation_id")


class Measures(NamedTuple):
    """What the limits of the building, a person and an organisation are measured by; None where nothing is limited."""

    people_in_building: int = 0
    person: Usage | None = None
    organisation: Usage | None = None


NOTHING = Measures()


class Consumption:
    """The numbers for one batch."""

    def __init__(self, db: Db, house: House, asks: Sequence[Ask], now: datetime) -> None:
        self._house = house
        policies = {ask.row.group_id: house.policy(ask.row.group_id) for ask in asks}
        self._quotas = {
            side.column: {group: _quota(policy, side) for group, policy in policies.items()}
            for side in (PERSON, ORGANISATION)
        }
        quotas = [quota for by_group in self._quotas.values() for quota in by_group.values() if quota]
        self._has_limit = any(policy.building_limit is not None for policy in policies.values())
        self._is_limited = self._has_limit or bool(quotas)
        self._minutes: defaultdict[tuple[str, int, date], int] = defaultdict(int)
        self._open: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._weeks_of: dict[Slot, Sequence[tuple[date, int]]] = {}
        self._crowd = Crowd()
        if self._has_limit or any(quota.concurrent is not None for quota in quotas):
            self._crowd = Crowd(_present(db, house, asks))
        for side in (PERSON, ORGANISATION):
            if any(quota for quota in self._quotas[side.column].values()):
                self._count(db, side, asks, now)

    def measure(self, ask: Ask) -> Measures:
        """What there is at the time of a request, without itself."""
        if not self._is_limited:
            return NOTHING
        around = self._crowd.around(ask.slot, without=ask.id)
        row = ask.row
        return Measures(
            people_at_once(ask.slot, around) if self._has_limit else 0,
            self._usage(PERSON, ask, row.requested_by, [p for p in around if p.person_id == row.requested_by]),
            self._usage(
                ORGANISATION, ask, row.organisation_id, [p for p in around if p.organisation_id == row.organisation_id]
            ),
        )

    def add(self, ask: Ask) -> None:
        """The request was granted."""
        self._enter(ask, ask.slot, ask.people, 1)

    def remove(self, ask: Ask) -> None:
        """The opposite, for a series of which another date is refused."""
        self._enter(ask, ask.slot, ask.people, -1)

    def leave(self, ask: Ask) -> None:
        """What a move holds already does not count against it."""
        if ask.was is not None:
            self._enter(ask, ask.was, ask.row.people, -1)

    def come_back(self, ask: Ask) -> None:
        if ask.was is not None:
            self._enter(ask, ask.was, ask.row.people, 1)

    def _enter(self, ask: Ask, slot: Slot, people: int, sign: int) -> None:
        if not self._is_limited:
            return
        row = ask.row
        for side, who in ((PERSON, row.requested_by), (ORGANISATION, row.organisation_id)):
            if who is not None:
                for monday, minutes in self._weeks(slot):
                    self._minutes[side.column, who, monday] += sign * minutes
                if not ask.is_waitlisted:
                    self._open[side.column, who] += sign
        self._crowd.leave(ask.id)
        if sign > 0:
            here = people if any(self._house.resources[id_].kind == "room" for id_ in ask.resource_ids) else 0
            self._crowd.enter(Presence(ask.id, slot.start, slot.end, here, row.requested_by, row.organisation_id))

    def _usage(self, side: Side, ask: Ask, who: int | None, own: Sequence[Presence]) -> Usage | None:
        quota = self._quotas[side.column][ask.row.group_id]
        if quota is None or who is None:
            return None
        return Usage(
            week_minutes={monday: self._minutes[side.column, who, monday] for monday, _ in self._weeks(ask.slot)},
            # whoever waits already is one of them
            open_requests=self._open[side.column, who] - (1 if ask.is_waitlisted else 0),
            concurrent=bookings_at_once(ask.slot, own),
        )

    def _count(self, db: Db, side: Side, asks: Sequence[Ask], now: datetime) -> None:
        slots = [(ask, slot) for ask in asks for slot in (ask.slot, ask.was) if slot is not None]
        whos = {(getattr(ask.row, side.column), monday) for ask, slot in slots for monday, _ in self._weeks(slot)}
        weeks = [
            {"who": who, "monday": monday, "from": self._midnight(monday), "to": self._midnight(monday + A_WEEK)}
            for who, monday in whos
            if who is not None
        ]
        for row in db.execute(side.minutes, {"weeks": orjson.dumps(weeks).decode()}):
            self._minutes[side.column, row.who, row.monday] = row.minutes
        ids = sorted({who for who, _ in whos if who is not None})
        for row in db.execute(side.open, {"ids": ids, "now": now, "most": MOST_COUNTED}):
            self._open[side.column, row.who] = row.many

    def _weeks(self, slot: Slot) -> Sequence[tuple[date, int]]:
        """The Monday of each week that the slot touches, and how many of its minutes lie in it."""
        if slot not in self._weeks_of:
            self._weeks_of[slot] = tuple(self._split(slot))
        return self._weeks_of[slot]

    def _split(self, slot: Slot) -> Iterator[tuple[date, int]]:
        day = slot.start.astimezone(self._house.zone).date()
        monday, start = day - timedelta(days=day.weekday()), slot.start
        while start < slot.end:
            end = min(self._midnight(monday + A_WEEK), slot.end)
            yield monday, int((end - start).total_seconds() // 60)
            monday, start = monday + A_WEEK, end

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._house.zone).astimezone(UTC)


def _quota(policy: Any, side: Side) -> Quota | None:
    """The quota of that side, None when it limits nothing."""
    quota: Quota = policy.person_quota if side is PERSON else policy.organisation_quota
    return None if quota == Quota() else quota


def _present(db: Db, house: House, asks: Sequence[Ask]) -> list[Presence]:
    spans = {(slot.start, slot.end) for ask in asks for slot in (ask.slot, ask.was) if slot is not None}
    values = {
        "spans": orjson.dumps([{"from": start, "to": end} for start, end in spans]).decode(),
        "resource_ids": list(house.resources),
    }
    return [
        Presence(row.id, row.starts_at, row.ends_at, row.people, row.requested_by, row.organisation_id)
        for row in db.execute(PRESENT, values)
    ]
