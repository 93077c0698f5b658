"""The feeds of a site, as whoever looks after them sees them: of what, whose, how much, and when last read."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from shared.store.base import Db
from shared.store.calendars import CalendarKind, FeedScope

LISTED = text("""
SELECT f.id, c.kind, coalesce(room.name, person.name, activity.title, organisation.name, s.name) AS of, f.scope,
       f.label, f.created_by AS person_id, p.name AS person, f.created_at, f.rotated_at, f.last_read_on
FROM feed AS f JOIN calendar AS c ON c.id = f.calendar_id JOIN site AS s ON s.id = f.site_id
JOIN person AS p ON p.id = f.created_by
LEFT JOIN resource AS room ON c.kind = 'room' AND room.id = c.subject_id
LEFT JOIN person ON c.kind = 'person' AND person.id = c.subject_id
LEFT JOIN activity ON c.kind = 'activity' AND activity.id = c.subject_id
LEFT JOIN organisation ON c.kind = 'partner' AND organisation.id = c.subject_id
WHERE f.site_id = :site_id AND f.revoked_at IS NULL AND f.created_by = coalesce(:person_id, f.created_by)
  AND f.id = coalesce(:feed_id, f.id) AND f.id < coalesce(:before, 9223372036854775807)
ORDER BY f.id DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed that leads somewhere; `of` is whose calendar it is, by name."""

    id: int
    kind: CalendarKind
    of: str
    scope: FeedScope
    label: str
    person_id: int
    person: str
    created_at: datetime
    rotated_at: datetime | None
    last_read_on: date | None


def listed(
    db: Db,
    site_id: int,
    *,
    person_id: int | None = None,
    feed_id: int | None = None,
    before: int | None = None,
    most: int,
) -> list[Listed]:
    """Newest first; what is None does not narrow."""
    values = {"site_id": site_id, "person_id": person_id, "feed_id": feed_id, "before": before, "most": most}
    rows = db.execute(LISTED, values)
    return [Listed(**row._asdict() | {"kind": CalendarKind(row.kind), "scope": FeedScope(row.scope)}) for row in rows]
