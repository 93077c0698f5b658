"""How long mails are kept: for 90 days, after which only what they did remains."""

from datetime import datetime, timedelta

from sqlalchemy import text

from shared.store.base import Db

KEPT = timedelta(days=90)
MOST = 1000

# what still waits is not done with, however old it is
FORGET = text("""
DELETE FROM inbound_mail WHERE id IN (
    SELECT id FROM inbound_mail WHERE received_at < :before AND state <> 'waiting'
    ORDER BY received_at LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING id
""")


def forget_old(db: Db, *, now: datetime, most: int = MOST) -> int:
    """Delete the oldest of what was received too long ago; how many there were, `most` when there may be more."""
    return len(db.execute(FORGET, {"before": now - KEPT, "most": most}).all())
