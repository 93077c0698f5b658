"""What is occupied, and what becomes of a waiting list when something of it is given back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.domain.slots import Slot
from shared.store.base import Base, Db, Numbered


class Occupancy(Numbered, Base):
    """One unit of a resource over one stretch of time, with what it takes to set up and clear.

    The rows exist exactly while they hold, and the database lets no two of one unit overlap.
    """

    __tablename__ = "occupancy"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    unit: Mapped[int]
    # `during` (tstzrange) is read and written by the named queries in SQL only


# What is given back is looked at anew for whoever waits for it, in the order in which they asked: their first turn is
# before that of everybody who came since. A day around it, because set-up and clearing times reach that far; and the
# same people at any time, because a share that they give back is theirs again.
RELEASE = text("""
WITH released AS (
    DELETE FROM occupancy WHERE reservation_id = ANY(:ids) RETURNING during
), span AS (
    SELECT min(lower(during)) - interval '1 day' AS "from", max(upper(during)) + interval '1 day' AS "to" FROM released
)
UPDATE reservation AS r SET turn = waitlist_turn, waiting_since = :now FROM span
WHERE r.site_id = :site_id AND r.state = 'waitlisted' AND r.turn IS NULL AND (
    (r.starts_at < span."to" AND r.ends_at > span."from" AND r.starts_at > span."from" - interval '366 days')
    OR EXISTS (SELECT FROM reservation AS gone WHERE gone.id = ANY(:ids)
               AND (gone.requested_by = r.requested_by OR gone.organisation_id = r.organisation_id)))
""")

LOOK_AGAIN = text("""
UPDATE reservation SET turn = waitlist_turn, waiting_since = :now
WHERE site_id = :site_id AND state = 'waitlisted' AND turn IS NULL
  AND (CAST(:start AS timestamptz) IS NULL
       OR (starts_at < :end AND ends_at > :start AND starts_at > CAST(:start AS timestamptz) - interval '366 days'))
""")

FREE = text("DELETE FROM occupancy WHERE reservation_id = :id AND resource_id = ANY(:resource_ids)")


def release(db: Db, reservation_ids: Sequence[int], site_id: int, *, now: datetime) -> None:
    """Give back all that these hold, in a house that the caller holds; whoever waits for it is decided next."""
    db.execute(RELEASE, {"ids": list(reservation_ids), "site_id": site_id, "now": now})


def free(db: Db, reservation_id: int, resource_ids: Sequence[int]) -> None:
    """Give back what a reservation holds of these resources."""
    db.execute(FREE, {"id": reservation_id, "resource_ids": list(resource_ids)})


def look_again(db: Db, site_id: int, *, now: datetime, around: Slot | None = None) -> None:
    """Have whoever waits (around a slot) decided anew: what they wait for may have become possible otherwise."""
    values = {"start": around.start, "end": around.end} if around else {"start": None, "end": None}
    db.execute(LOOK_AGAIN, values | {"site_id": site_id, "now": now})
