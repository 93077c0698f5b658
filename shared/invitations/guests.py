"""Who is on the list without having been put there: the owner, who holds the meeting, and the trainers it occupies."""

from datetime import datetime

from sqlalchemy import text

from shared.store.base import Db
from shared.store.reservations import Reservation

# one address once, though two resources may stand for one person
TRAINERS = text("""
INSERT INTO attendee (reservation_id, address, name, language, role, resource_id)
SELECT DISTINCT ON (p.address) :reservation_id, p.address, p.name, p.language, 'REQ-PARTICIPANT', r.id
FROM resource AS r JOIN person AS p ON p.id = r.person_id
WHERE r.id = ANY(:resource_ids) AND r.kind = 'trainer' ORDER BY p.address, r.id
ON CONFLICT (reservation_id, address) DO UPDATE SET removed_at = NULL, resource_id = excluded.resource_id,
    partstat = CASE WHEN attendee.removed_at IS NULL THEN attendee.partstat ELSE 'NEEDS-ACTION' END
""")
FREED = text("""
WITH freed AS (
    UPDATE attendee SET removed_at = :now
    WHERE reservation_id = :reservation_id AND resource_id IS NOT NULL AND resource_id <> ALL(:resource_ids)
      AND removed_at IS NULL
    RETURNING id)
DELETE FROM date_answer USING freed WHERE attendee_id = freed.id
""")
OWNER = text("""
INSERT INTO attendee (reservation_id, address, name, language, role)
SELECT :reservation_id, address, name, language, 'CHAIR' FROM person WHERE id = :owner_id
ON CONFLICT (reservation_id, address) DO UPDATE SET role = 'CHAIR', removed_at = NULL
""")


def seat_hosts(db: Db, reservation: Reservation, resource_ids: list[int], *, now: datetime) -> None:
    """Put the owner and the trainers on the list, and take trainers off whom a move has freed."""
    values = {"reservation_id": reservation.id, "resource_ids": resource_ids, "now": now}
    db.execute(FREED, values)
    db.execute(TRAINERS, values)
    db.execute(OWNER, values | {"owner_id": reservation.requested_by})
