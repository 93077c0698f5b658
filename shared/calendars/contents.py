"""What is in a calendar for somebody who reads it entry by entry: which entries, since when, and how much of them.

A coordinator, and whoever asked for something, sees it in full; colleagues see what it is called and where it is,
unless the house keeps titles to coordinators; partners see when. One's own agenda is seen in full: what is in it was
mailed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Row, text

from shared.access import Identity
from shared.calendar.publication import Busy
from shared.calendars.busy import TAKEN
from shared.domain.slots import Slot
from shared.house import house_of
from shared.store.base import Db
from shared.store.calendars import CalendarKind
from shared.store.people import Role

Sees = Literal["full", "title", "busy"]
"""All of it, all but what is said of it, or only when it is."""

CHANGES: Final = text("""
SELECT id, kind, subject_id, change FROM calendar
WHERE site_id = :site_id
  AND (kind, subject_id) IN (SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS bigint[])))
""")
# with the folded lines that follow
DESCRIPTION: Final = re.compile(r"^DESCRIPTION[;:].*\r\n(?:[ \t].*\r\n)*", re.MULTILINE)
LIVE: Final = "('confirmed', 'tentative')"
# the dates of an entry: one, or those of its series; of a room's calendar those that are in that room
DATES: Final = f"""
(SELECT d.starts_at, d.ends_at, d.state, d.resource_ids FROM reservation AS d WHERE d.id = e.reservation_id
 UNION ALL
 SELECT d.starts_at, d.ends_at, d.state, d.resource_ids FROM reservation AS d
 WHERE d.series_id = e.series_id AND d.state IN {LIVE} AND (:room_id = 0 OR :room_id = ANY(d.resource_ids)))
"""  # noqa: S608  all of it is written above
HIDDEN: Final = f"""EXISTS (SELECT FROM {DATES} AS held WHERE
    CASE WHEN held.resource_ids = '{{}}' THEN '{{0}}' ELSE held.resource_ids END && CAST(:untitled AS bigint[]))"""
ENTRIES: Final = """
SELECT m.entry_id AS id, m.change, m.removed_at IS NOT NULL AS is_gone, e.version, e.dtstamp, e.zone, seen.sees,
       {content} AS content
FROM calendar_member AS m JOIN calendar_entry AS e ON e.id = m.entry_id
LEFT JOIN series AS s ON s.id = e.series_id
LEFT JOIN reservation AS r ON r.id = coalesce(e.reservation_id, s.head_id)
CROSS JOIN LATERAL (SELECT {sees} AS sees) AS seen
WHERE m.calendar_id = :calendar_id AND {condition}
ORDER BY {order} LIMIT :most
"""
CONTENT: Final = """CASE seen.sees WHEN 'busy' THEN coalesce(m.busy_text, e.busy_text)
                                   ELSE coalesce(m.full_text, e.full_text) END"""
# a series overlaps when a date of it does; of what is cancelled no date is left that could be asked
OVERLAPS: Final = f"""e.starts_at < :ends_at AND e.ends_at > :starts_at AND (
    e.series_id IS NULL OR e.cancelled_at IS NOT NULL
    OR EXISTS (SELECT FROM {DATES} AS held WHERE held.starts_at < :ends_at AND held.ends_at > :starts_at))"""
HELD: Final = text(f"""
SELECT held.starts_at, held.ends_at, held.state = 'tentative' AS is_tentative
FROM calendar_member AS m JOIN calendar_entry AS e ON e.id = m.entry_id CROSS JOIN LATERAL {DATES} AS held
WHERE m.calendar_id = :calendar_id AND m.removed_at IS NULL AND e.cancelled_at IS NULL
  AND e.starts_at < :end AND e.ends_at > :start
  AND held.state IN {LIVE} AND held.starts_at < :end AND held.ends_at > :start
ORDER BY held.starts_at, held.ends_at LIMIT :most
""")  # noqa: S608  all of it is written above


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar as one person reads it; `id` is 0 while nothing was ever in it."""

    id: int
    change: int
    kind: CalendarKind
    subject_id: int
    reader: Identity
    untitled: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One UID of a calendar; `content` are its VEVENTs as far as the reader sees them, empty when not asked for."""

    id: int
    change: int
    is_gone: bool
    version: int
    dtstamp: datetime
    zone: str
    sees: Sees
    content: str

    @property
    def etag(self) -> str:
        """What differs whenever the bytes do."""
        return f'"{self.version}-{self.sees}"'


@dataclass(frozen=True, slots=True)
class UidMatch:
    """That a UID contains a text, or does not."""

    text: str
    is_exact: bool = False
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries; what is left out does not narrow."""

    ids: Sequence[int] | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    uids: tuple[UidMatch, ...] = ()


def calendars_for(db: Db, reader: Identity, subjects: Sequence[tuple[CalendarKind, int]]) -> list[Calendar]:
    """These calendars of the reader's site, as they are now."""
    kinds, ids = [kind.value for kind, _ in subjects], [id_ for _, id_ in subjects]
    rows = db.execute(CHANGES, {"site_id": reader.site_id, "kinds": kinds, "ids": ids})
    known = {(row.kind, row.subject_id): (row.id, row.change) for row in rows}
    untitled = tuple(house_of(db, reader.site_id).untitled()) if reader.role is Role.TRAINER else ()
    return [
        Calendar(*known.get((kind.value, id_), (0, 0)), kind=kind, subject_id=id_, reader=reader, untitled=untitled)
        for kind, id_ in subjects
    ]


def entries(
    db: Db, calendar: Calendar, selection: Selection, *, after: int = 0, most: int, with_content: bool
) -> list[Entry]:
    """The entries that are in it now and are meant, a page of them in the order of their ids."""
    conditions, values = _conditions(selection)
    conditions += ["m.removed_at IS NULL", "m.entry_id > :after"]
    values |= {"after": after, "most": most}
    return _found(db, calendar, conditions, values, order="m.entry_id", with_content=with_content)


def changes(
    db: Db, calendar: Calendar, since: tuple[int, int], *, until: int, most: int, with_content: bool
) -> list[Entry]:
    """What came, changed or went at that (change, entry) or later, a page of it in that order.

    What changes again while it is read is left for the next time: `until` is the change that the reader was told.
    """
    values: dict[str, Any] = {"change": since[0], "entry_id": since[1], "until": until, "most": most}
    conditions = ["(m.change, m.entry_id) >= (:change, :entry_id)", "m.change <= :until"]
    return _found(db, calendar, conditions, values, order="m.change, m.entry_id", with_content=with_content)


def busy(db: Db, calendar: Calendar, span: Slot, *, most: int) -> list[Busy]:
    """When a room is taken, from setting up to clearing, or its person busy, in order of time; not cut to the span."""
    values = {"start": span.start, "end": span.end}
    if calendar.kind is CalendarKind.ROOM:
        rows = db.execute(TAKEN, values | {"id": calendar.subject_id})
    else:
        rows = db.execute(HELD, values | {"calendar_id": calendar.id, "room_id": 0, "most": most})
    return [(row[0], row[1], row[2]) for row in rows]


def _conditions(selection: Selection) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if selection.ids is not None:
        conditions.append("m.entry_id = ANY(:ids)")
        values["ids"] = list(selection.ids)
    if selection.starts_at is not None or selection.ends_at is not None:
        conditions.append(OVERLAPS)
        values |= {"starts_at": selection.starts_at or "-infinity", "ends_at": selection.ends_at or "infinity"}
    for number, match in enumerate(selection.uids):
        uid, wanted = ("e.uid", f":uid_{number}") if match.is_exact else ("lower(e.uid)", f"lower(:uid_{number})")
        conditions.append(f"(position({wanted} IN {uid}) > 0) <> :negated_{number}")
        values |= {f"uid_{number}": match.text, f"negated_{number}": match.is_negated}
    return conditions, values


def _found(
    db: Db, calendar: Calendar, conditions: list[str], values: dict[str, Any], *, order: str, with_content: bool
) -> list[Entry]:
    query = ENTRIES.format(
        content=CONTENT if with_content else "''", sees=_sees(calendar), condition=" AND ".join(conditions), order=order
    )
    reader = {"person_id": calendar.reader.person_id, "untitled": list(calendar.untitled)}
    values = values | reader | {"calendar_id": calendar.id, "room_id": _room(calendar)}
    return [_entry(row) for row in db.execute(text(query), values)]


def _sees(calendar: Calendar) -> str:
    """The rule at the head of this file, as far as it is the same for all entries, else in SQL."""
    reader = calendar.reader
    if reader.role is Role.COORDINATOR or (calendar.kind, calendar.subject_id) == (
        CalendarKind.PERSON,
        reader.person_id,
    ):
        return "'full'"
    if reader.role is Role.PARTNER:
        return "'busy'"
    hidden = f" WHEN {HIDDEN} THEN 'busy'" if calendar.untitled else ""
    return f"CASE WHEN r.requested_by = :person_id THEN 'full'{hidden} ELSE 'title' END"


def _room(calendar: Calendar) -> int:
    return calendar.subject_id if calendar.kind is CalendarKind.ROOM else 0


def _entry(row: Row[Any]) -> Entry:
    content = DESCRIPTION.sub("", row.content) if row.sees == "title" else row.content
    return Entry(row.id, row.change, row.is_gone, row.version, row.dtstamp, row.zone, row.sees, content)
