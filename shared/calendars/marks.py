"""What is marked to be published: found for one site at a time, and cleared as far as it was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import orjson
from sqlalchemy import text

from shared.calendars.picture import Key
from shared.store.base import Db

# the site whose oldest mark is the oldest, among those that nobody publishes just now
TAKE = text("""
SELECT calendar.site_id FROM calendar CROSS JOIN LATERAL (SELECT least(
    (SELECT unpublished_since FROM reservation WHERE site_id = calendar.site_id AND unpublished_since IS NOT NULL
     ORDER BY unpublished_since LIMIT 1),
    (SELECT marked_at FROM calendar_mark WHERE site_id = calendar.site_id ORDER BY id LIMIT 1)) AS since) AS first
WHERE calendar.kind = 'site' AND first.since IS NOT NULL
ORDER BY first.since LIMIT 1 FOR NO KEY UPDATE OF calendar SKIP LOCKED
""")
MARKED = text("""
(SELECT id, NULL::bigint AS mark, unpublished_since AS since, series_id FROM reservation
 WHERE site_id = :site_id AND unpublished_since IS NOT NULL ORDER BY unpublished_since, id LIMIT :most)
UNION ALL
(SELECT r.id, m.id, NULL, coalesce(m.series_id, r.series_id) FROM calendar_mark AS m
 LEFT JOIN reservation AS r ON r.id = m.reservation_id WHERE m.site_id = :site_id ORDER BY m.id LIMIT :most)
""")
DATES_MARKED = text("""
SELECT id, unpublished_since AS since FROM reservation WHERE series_id = ANY(:ids) AND unpublished_since IS NOT NULL
""")
# whoever changes one of them just now marks it anew: nobody is waited for, and nobody has to wait
CLEAR = text("""
UPDATE reservation AS r SET unpublished_since = NULL
FROM (SELECT reservation.id FROM jsonb_to_recordset(CAST(:seen AS jsonb)) AS seen(id bigint, since timestamptz)
      JOIN reservation ON reservation.id = seen.id AND unpublished_since = seen.since
      ORDER BY reservation.id FOR NO KEY UPDATE OF reservation SKIP LOCKED) AS unchanged
WHERE r.id = unchanged.id RETURNING r.id
""")
STRIKE = text("DELETE FROM calendar_mark WHERE id = ANY(:ids)")
MARK_AGAIN = text("""
INSERT INTO calendar_mark (site_id, reservation_id, series_id)
VALUES (:site_id, CASE WHEN :kind = 'reservation' THEN :id END, CASE WHEN :kind = 'series' THEN :id END)
""")


@dataclass(frozen=True)
class Marks:
    """What of one site is to be looked at: `seen` reservations with their marks, `rows` that name what hangs on one."""

    site_id: int
    keys: tuple[Key, ...]
    seen: Mapping[int, datetime]
    rows: list[int]

    @classmethod
    def take(cls, db: Db, most: int) -> Self | None:
        """The oldest marks of a site, which nobody else publishes until the end of the transaction."""
        site_id = db.scalars(TAKE).first()
        if site_id is None:
            return None
        found = db.execute(MARKED, {"site_id": site_id, "most": most}).all()
        # a series as a whole: it is rendered once, however many of its dates are marked
        keys: dict[Key, None] = {}
        for row in found:
            if row.series_id is not None:
                keys["series", row.series_id] = None
            elif row.id is not None:
                keys["reservation", row.id] = None
        seen = {row.id: row.since for row in found if row.mark is None}
        series = [id_ for kind, id_ in keys if kind == "series"]
        if series:
            seen |= {row.id: row.since for row in db.execute(DATES_MARKED, {"ids": series})}
        return cls(site_id, tuple(keys), seen, [row.mark for row in found if row.mark is not None])

    def clear(self, db: Db) -> bool:
        """Exactly what was seen, and was not changed since; False when all of that is in other hands just now."""
        cleared = len(self.rows)
        if self.seen:
            seen = [{"id": id_, "since": since} for id_, since in self.seen.items()]
            cleared += len(db.execute(CLEAR, {"seen": orjson.dumps(seen).decode()}).all())
        if self.rows:
            db.execute(STRIKE, {"ids": self.rows})
        return cleared > 0

    def put_back(self, db: Db, key: Key) -> None:
        """To the end of the queue."""
        kind, id_ = key
        db.execute(MARK_AGAIN, {"site_id": self.site_id, "kind": kind, "id": id_})
