"""What is due for an invitation at its own moment: taken up one by one, so that none holds up the others.

Guards. The moment is a column of the invitation, which whatever is done clears or sets anew in its own commit: killed
before, it is due still; woken twice, nothing is due any more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

import structlog
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.store.base import Db
from shared.store.ledger import Invitation

ANOTHER_TRY = timedelta(hours=1)

log = structlog.get_logger()


class Due(Enum):
    """Which moment of an invitation, by the name of its column."""

    REMINDER = "remind_at"
    DIGEST = "digest_at"


def take_up(db: Db, due: Due, do: Callable[[Db, Invitation, datetime], None], *, now: datetime, most: int) -> int:
    """Do it for up to `most` invitations whose moment has come; returns how many had. The caller commits."""
    moment = getattr(Invitation, due.value)
    invitations = db.scalars(
        select(Invitation)
        .where(moment <= now)
        .order_by(moment, Invitation.id)
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for invitation in invitations:
        try:
            with db.begin_nested():
                do(db, invitation, now)
        except (OperationalError, InterfaceError):
            raise  # the database is away or busy: that is nobody's fault, and passes
        except Exception:  # one that cannot be written must not hold up the others
            log.exception("a letter cannot be written, it is tried again in an hour", invitation=invitation.id)
            setattr(invitation, due.value, now + ANOTHER_TRY)
    return len(invitations)
