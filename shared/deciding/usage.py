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
      AND ends_at > k."from" AND state IN ('confirmed', 'tentative') AND resource_ids <> '{{}}'
    UNION ALL  -- what lasts longer than a day is found by an index of its own, not among all of the year before
    SELECT starts_at, ends_at FROM reservation
    WHERE {who} = k.who AND ends_at - starts_at > interval '1 day' AND ends_at > k."from"
      AND starts_at < k."from" - interval '1 day' AND starts_at > k."from" - interval '366 days'
      AND state IN ('confirmed', 'tentative') AND resource_ids <> '{{}}') AS r
GROUP BY k.who, k.monday
"""
_OPEN = """
SELECT k.who, found.many FROM unnest(CAST(:ids AS bigint[])) AS k(who) CROSS JOIN LATERAL (
    SELECT count(*) AS many FROM (SELECT 1 FROM reservation AS r
        WHERE r.{who} = k.who AND r.ends_at > :now AND r.state IN ('confirmed', 'tentative', 'waitlisted')
          AND r.resource_ids <> '{{}}' LIMIT :most) AS counted) AS found
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
        self._house, self._now = house, now
        policies = {ask.row.group_id: house.policy(ask.row.group_id) for ask in asks}
        self._quotas = {
            side.column: {group: _quota(policy, side) for group, policy in policies.items()}
            for side in (PERSON, ORGANISATION)
        }
        quotas = [quota for by_group in self._quotas.values() for quota in by_group.values() if quota]
        self._has_limit = any(policy.building_limit is not None for policy in policies.values())
        self._is_limited = self._has_limit or bool(quotas)
        self._minutes: defaultdict[tuple[str, int, date], int] = defaultdict(int)
        self._weeks_read: set[tuple[str, int, date]] = set()
        self._open: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._weeks_of: dict[Slot, Sequence[tuple[date, int]]] = {}
        self._crowd = Crowd()
        self._asks_who_is_here = self._has_limit or any(quota.concurrent is not None for quota in quotas)
        self._limited = [side for side in (PERSON, ORGANISATION) if any(self._quotas[side.column].values())]
        for side in self._limited:
            self._read_open(db, side, asks)
        self.read(db, asks)

    def read(self, db: Db, asks: Sequence[Ask]) -> None:
        """Count what the book has at the times of these requests: those of the batch, or what is proposed instead."""
        for presence in _present(db, self._house, asks) if self._asks_who_is_here else ():
            self._crowd.enter(presence)
        for side in self._limited:
            self._read_minutes(db, side, asks)

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
        self._enter(ask, ask.slot, ask.resource_ids, ask.people, 1)

    def remove(self, ask: Ask) -> None:
        """The opposite, for a series of which another date is refused."""
        self._enter(ask, ask.slot, ask.resource_ids, ask.people, -1)

    def wait(self, ask: Ask, sign: int = 1) -> None:
        """The request stands on the waiting list from now on, or (-1) does not after all."""
        self._count_open(ask, ask.slot, sign)

    def leave(self, ask: Ask) -> None:
        """What a move holds already does not count against it."""
        if ask.was is not None:
            self._enter(ask, ask.was, ask.row.resource_ids, ask.row.people, -1)

    def come_back(self, ask: Ask) -> None:
        if ask.was is not None:
            self._enter(ask, ask.was, ask.row.resource_ids, ask.row.people, 1)

    def _enter(self, ask: Ask, slot: Slot, resource_ids: Sequence[int], people: int, sign: int) -> None:
        """What takes nothing of the house counts for nothing."""
        if not self._is_limited or not resource_ids:
            return
        for side, who in _sides(ask):
            for monday, minutes in self._weeks(slot):
                self._minutes[side.column, who, monday] += sign * minutes
        if not ask.is_waitlisted:  # that one is counted already
            self._count_open(ask, slot, sign)
        self._crowd.leave(ask.id)
        if sign > 0:
            here = people if any(self._house.resources[id_].kind == "room" for id_ in resource_ids) else 0
            row = ask.row
            self._crowd.enter(Presence(ask.id, slot.start, slot.end, here, row.requested_by, row.organisation_id))

    def _count_open(self, ask: Ask, slot: Slot, sign: int) -> None:
        """What is over is open no more."""
        for side, who in _sides(ask) if slot.end > self._now else ():
            self._open[side.column, who] += sign

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

    def _read_open(self, db: Db, side: Side, asks: Sequence[Ask]) -> None:
        ids = sorted({who for ask in asks if (who := getattr(ask.row, side.column)) is not None})
        for row in db.execute(side.open, {"ids": ids, "now": self._now, "most": MOST_COUNTED}):
            self._open[side.column, row.who] += row.many

    def _read_minutes(self, db: Db, side: Side, asks: Sequence[Ask]) -> None:
        slots = [(ask, slot) for ask in asks for slot in (ask.slot, ask.was) if slot is not None]
        weeks = {(getattr(ask.row, side.column), monday) for ask, slot in slots for monday, _ in self._weeks(slot)}
        unread = [
            {"who": who, "monday": monday, "from": self._midnight(monday), "to": self._midnight(monday + A_WEEK)}
            for who, monday in weeks
            if who is not None and (side.column, who, monday) not in self._weeks_read
        ]
        self._weeks_read.update((side.column, week["who"], week["monday"]) for week in unread)
        for row in db.execute(side.minutes, {"weeks": orjson.dumps(unread).decode()}) if unread else ():
            self._minutes[side.column, row.who, row.monday] += row.minutes

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


def _sides(ask: Ask) -> list[tuple[Side, int]]:
    """Whose shares a request is of."""
    whos = (PERSON, ask.row.requested_by), (ORGANISATION, ask.row.organisation_id)
    return [(side, who) for side, who in whos if who is not None]


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
