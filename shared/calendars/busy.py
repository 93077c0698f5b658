"""When a room is taken, from setting up to clearing, as whoever plans around it reads it: VFREEBUSY."""

from datetime import datetime

from sqlalchemy import text

from shared.calendar.entry import Party
from shared.calendar.publication import published_busy
from shared.calendars.reading import Found
from shared.domain.errors import NotFoundError
from shared.domain.slots import Slot
from shared.store.base import Db
from shared.store.calendars import CalendarKind

# a combined room is taken when a part of it is; what several rows say of one reservation is said once
TAKEN = text("""
SELECT min(lower(o.during)) AS "from", max(upper(o.during)) AS "to", r.state = 'tentative' AS is_tentative
FROM resource JOIN occupancy AS o ON o.resource_id = ANY (resource.id || resource.part_ids)
JOIN reservation AS r ON r.id = o.reservation_id
WHERE resource.id = :id AND o.during && tstzrange(:start, :end)
GROUP BY r.id ORDER BY 1, 2
""")


def busy_calendar(db: Db, found: Found, span: Slot, *, now: datetime) -> bytes:
    """The busy times of a room's feed that reach into the span, cut to it; raises NotFoundError for any other feed."""
    if found.kind is not CalendarKind.ROOM:
        raise NotFoundError("There is no such calendar.")
    row = found.row
    rows = db.execute(TAKEN, {"id": row.subject_id, "start": span.start, "end": span.end})
    busy = [(max(taken[0], span.start), min(taken[1], span.end), taken.is_tentative) for taken in rows]
    room = Party(f"room-{row.slug}@rooms.{row.mail_domain}")
    return published_busy(f"busy-{row.id}@{row.mail_domain}", room, (span.start, span.end), busy, now=now)
