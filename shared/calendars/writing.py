"""What was published before, and how the next edition of it is written: entries, then the calendars they are in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select, text
from sqlalchemy.orm import undefer

from shared.calendars.picture import Key, Subject
from shared.calendars.rendering import Texts
from shared.store.base import Db
from shared.store.calendars import CalendarEntry, CalendarKind

MEMBERS = text("""
SELECT m.entry_id, c.kind, c.subject_id, m.full_text, m.busy_text FROM calendar_member AS m
JOIN calendar AS c ON c.id = m.calendar_id WHERE m.entry_id = ANY(:ids) AND m.removed_at IS NULL
""")
# the UID of whoever is invited already, by the reservation or the series
INVITED = text("""
SELECT 'reservation' AS kind, reservation_id AS id, uid FROM invitation WHERE reservation_id = ANY(:reservation)
UNION ALL
SELECT 'series', s.id, i.uid FROM series AS s JOIN invitation AS i ON i.reservation_id = s.head_id
WHERE s.id = ANY(:series)
""")
MADE = text("""
SELECT 'reservation' AS kind, id, created_at FROM reservation WHERE id = ANY(:reservation)
UNION ALL SELECT 'series', id, created_at FROM series WHERE id = ANY(:series)
""")

_ENTRY = """
jsonb_to_recordset(CAST(:entries AS jsonb)) AS e(
    id bigint, reservation_id bigint, series_id bigint, uid text, version bigint, dtstamp timestamptz, zone text,
    starts_at timestamptz, ends_at timestamptz, full_text text, busy_text text, cancelled_at timestamptz)
"""
ADD_ENTRIES = text(f"""
INSERT INTO calendar_entry (site_id, reservation_id, series_id, uid, version, dtstamp, zone, starts_at, ends_at,
                            full_text, busy_text)
SELECT :site_id, reservation_id, series_id, uid, version, dtstamp, zone, starts_at, ends_at, full_text, busy_text
FROM {_ENTRY} WHERE id IS NULL RETURNING id, reservation_id, series_id
""")  # noqa: S608  constants only
CHANGE_ENTRIES = text(f"""
UPDATE calendar_entry AS c SET version = e.version, dtstamp = e.dtstamp, zone = e.zone, starts_at = e.starts_at,
    ends_at = e.ends_at, full_text = e.full_text, busy_text = e.busy_text, cancelled_at = e.cancelled_at
FROM {_ENTRY} WHERE c.id = e.id
""")  # noqa: S608  constants only
ADD_CALENDARS = text("""
INSERT INTO calendar (site_id, kind, subject_id, changed_at)
SELECT :site_id, kind, subject_id, clock_timestamp()
FROM jsonb_to_recordset(CAST(:subjects AS jsonb)) AS s(kind text, subject_id bigint)
WHERE NOT EXISTS (SELECT FROM calendar AS c
                  WHERE (c.site_id, c.kind, c.subject_id) = (:site_id, s.kind, s.subject_id))
ORDER BY kind, subject_id ON CONFLICT DO NOTHING
""")
# sorted: two who write must lock in the same order
LOCK_CALENDARS = text("""
SELECT c.id, c.kind, c.subject_id, c.change FROM calendar AS c
JOIN jsonb_to_recordset(CAST(:subjects AS jsonb)) AS s(kind text, subject_id bigint)
    ON c.kind = s.kind AND c.subject_id = s.subject_id
WHERE c.site_id = :site_id ORDER BY c.id FOR NO KEY UPDATE OF c
""")
WRITE_MEMBERS = text("""
INSERT INTO calendar_member (calendar_id, entry_id, change, removed_at, full_text, busy_text)
SELECT * FROM jsonb_to_recordset(CAST(:members AS jsonb)) AS m(
    calendar_id bigint, entry_id bigint, change bigint, removed_at timestamptz, full_text text, busy_text text)
ON CONFLICT (calendar_id, entry_id) DO UPDATE SET change = excluded.change, removed_at = excluded.removed_at,
    full_text = excluded.full_text, busy_text = excluded.busy_text
""")
COUNT_CHANGES = text("""
UPDATE calendar AS c SET change = n.change, changed_at = clock_timestamp()
FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS n(id bigint, change bigint) WHERE c.id = n.id
""")


@dataclass(frozen=True, slots=True)
class Edition:
    """What is to be written of one entry.

    `entry` are its columns, None where they stay as they are; `members` are the calendars of which something changes:
    with the texts for there (None: those of the entry), or without, for those that it is `gone` from.
    """

    key: Key
    id: int | None
    entry: Mapping[str, Any] | None
    members: Mapping[Subject, Texts | None]
    gone: frozenset[Subject]
    at: datetime


@dataclass(frozen=True)
class Shelf:
    """What stands there of some entries: their rows, the calendars that each is in, and the UIDs they are to have."""

    entries: dict[Key, CalendarEntry]
    members: defaultdict[Key, dict[Subject, Texts | None]] = field(default_factory=lambda: defaultdict(dict))
    invited: dict[Key, str] = field(default_factory=dict)
    made: dict[Key, datetime] = field(default_factory=dict)

    @classmethod
    def read(cls, db: Db, keys: Sequence[Key]) -> "Shelf":
        ids = {kind: [id_ for k, id_ in keys if k == kind] for kind in ("reservation", "series")}
        is_one = CalendarEntry.reservation_id.in_(ids["reservation"]) | CalendarEntry.series_id.in_(ids["series"])
        found = db.scalars(
            select(CalendarEntry)
            .where(is_one)
            .options(undefer(CalendarEntry.full_text), undefer(CalendarEntry.busy_text))
            .execution_options(populate_existing=True)
        )
        shelf = cls({_key(entry): entry for entry in found})
        keys_by_id = {entry.id: key for key, entry in shelf.entries.items()}
        for row in db.execute(MEMBERS, {"ids": list(keys_by_id)}):
            own = Texts(row.full_text, row.busy_text) if row.full_text is not None else None
            shelf.members[keys_by_id[row.entry_id]][CalendarKind(row.kind), row.subject_id] = own
        shelf.invited.update({(row.kind, row.id): row.uid for row in db.execute(INVITED, ids)})
        shelf.made.update({(row.kind, row.id): row.created_at for row in db.execute(MADE, ids)})
        return shelf


def write(db: Db, site_id: int, editions: Sequence[Edition]) -> None:
    """Write the texts, then who has them; each calendar counts one change for each of its entries that is touched."""
    ids = _write_entries(db, site_id, editions)
    touched = {subject for edition in editions for subject in (*edition.members, *edition.gone)}
    if not touched:
        return
    subjects = _json({"kind": kind, "subject_id": id_} for kind, id_ in sorted(touched))
    db.execute(ADD_CALENDARS, {"site_id": site_id, "subjects": subjects})
    locked = db.execute(LOCK_CALENDARS, {"site_id": site_id, "subjects": subjects}).all()
    counts = {row.id: row.change for row in locked}
    calendars = {(CalendarKind(row.kind), row.subject_id): row.id for row in locked}
    members = list(_members(editions, ids, calendars, counts))
    db.execute(WRITE_MEMBERS, {"members": _json(members)})
    db.execute(COUNT_CHANGES, {"changes": _json({"id": id_, "change": change} for id_, change in counts.items())})


def _write_entries(db: Db, site_id: int, editions: Sequence[Edition]) -> dict[Key, int]:
    """The ids of all of them."""
    ids = {edition.key: edition.id for edition in editions if edition.id is not None}
    rows = _json({**edition.entry, "id": edition.id} for edition in editions if edition.entry is not None)
    if len(ids) < len(editions):
        ids |= {_key(row): row.id for row in db.execute(ADD_ENTRIES, {"site_id": site_id, "entries": rows})}
    if ids:
        db.execute(CHANGE_ENTRIES, {"entries": rows})
    return ids


def _members(
    editions: Iterable[Edition], ids: Mapping[Key, int], calendars: Mapping[Subject, int], counts: dict[int, int]
) -> Iterator[dict[str, Any]]:
    for edition in editions:
        for subject in sorted({*edition.members, *edition.gone}):
            calendar_id, own = calendars[subject], edition.members.get(subject)
            counts[calendar_id] += 1
            yield {
                "calendar_id": calendar_id,
                "entry_id": ids[edition.key],
                "change": counts[calendar_id],
                "removed_at": edition.at if subject in edition.gone else None,
                "full_text": own.full if own else None,
                "busy_text": own.busy if own else None,
            }


def _key(row: CalendarEntry | Row[Any]) -> Key:
    return ("series", row.series_id) if row.series_id is not None else ("reservation", row.reservation_id or 0)


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    return orjson.dumps(list(rows)).decode()
