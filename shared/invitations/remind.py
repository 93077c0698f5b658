"""Reminding: the day before, once, whoever is still coming.

Guards. The queue is `invitation.remind_at`: set again by an announcement that moves the entry, cleared by one that
cancels it, and cleared here in the commit that writes the reminders, so that a second tick finds nothing.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.domain.states import HOLDING
from shared.invitations.news import News, Told
from shared.invitations.post import Posting, To, post
from shared.store.base import Db
from shared.store.ledger import Invitation
from shared.store.reservations import Reservation

ANOTHER_TRY = timedelta(hours=1)

log = structlog.get_logger()


def remind_some(db: Db, *, now: datetime, most: int = 20) -> int:
    """Write the reminders of up to `most` entries that are due; returns how many were due. The caller commits."""
    due = db.scalars(
        select(Invitation)
        .where(Invitation.remind_at <= now)
        .order_by(Invitation.remind_at, Invitation.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for invitation in due:
        try:
            with db.begin_nested():
                _remind(db, invitation, now)
        except (OperationalError, InterfaceError):
            raise  # the database is away or busy: that is nobody's fault, and passes
        except Exception:  # one that cannot be written must not hold up the others
            log.exception("a reminder cannot be written, it is tried again in an hour", invitation=invitation.id)
            invitation.remind_at = now + ANOTHER_TRY
    return len(due)


def _remind(db: Db, invitation: Invitation, now: datetime) -> None:
    invitation.remind_at = None
    reservation = db.get_one(Reservation, invitation.reservation_id)
    if reservation.state not in HOLDING or invitation.told is None or reservation.starts_at <= now:
        return  # what has begun needs none
    told = Told.model_validate(invitation.told)
    if (told.start, told.end) != (reservation.starts_at, reservation.ends_at):
        return  # it moved, and the announcement of that is still to come and sets its own reminder
    invitation.dtstamp = max(now.replace(microsecond=0), invitation.dtstamp + timedelta(seconds=1))
    posting = Posting("reminder", "REMINDER", invitation.sequence, invitation.dtstamp, News(told=told))
    post(db, posting, To.COMING, reservation=reservation, invitation=invitation, now=now)
