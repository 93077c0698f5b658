"""Dropping: what was called off stays in calendars for thirty days, so that everybody reads it once, and then goes.

The row stays, without its texts: should it come back, as a date of a series may, it does so under its UID.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from shared.calendars.picture import Key
from shared.calendars.writing import Edition, Shelf, write
from shared.store.base import Db

KEPT = timedelta(days=30)

# as a publisher does: one of them a site at a time
TAKE = text("""
SELECT c.site_id FROM calendar AS c
WHERE kind = 'site' AND EXISTS (SELECT FROM calendar_entry AS e WHERE e.site_id = c.site_id
                                AND e.cancelled_at <= :before AND e.full_text <> '')
ORDER BY c.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
""")
DUE = text("""
SELECT reservation_id, series_id FROM calendar_entry
WHERE site_id = :site_id AND cancelled_at <= :before AND full_text <> '' ORDER BY cancelled_at, id LIMIT :most
""")


def drop_some(db: Db, *, now: datetime, most: int = 500) -> int:
    """Drop up to `most` entries of one site; returns how many were. The caller commits."""
    before = now - KEPT
    site_id = db.scalars(TAKE, {"before": before}).first()
    if site_id is None:
        return 0
    rows = db.execute(DUE, {"site_id": site_id, "before": before, "most": most}).all()
    keys: list[Key] = [
        ("series", row.series_id) if row.series_id is not None else ("reservation", row.reservation_id) for row in rows
    ]
    shelf = Shelf.read(db, keys)
    write(db, site_id, [_without_texts(shelf, key, now) for key in keys])
    return len(keys)


def _without_texts(shelf: Shelf, key: Key, now: datetime) -> Edition:
    entry = shelf.entries[key]
    kept = ("version", "dtstamp", "zone", "starts_at", "ends_at", "cancelled_at")
    row: dict[str, Any] = {name: getattr(entry, name) for name in kept} | {"full_text": "", "busy_text": ""}
    return Edition(key, entry.id, row, {}, frozenset(shelf.members[key]), now)
