"""When the owner is told of answers: not mail by mail, but once it has been quiet, or at the latest after an hour."""

from datetime import datetime, timedelta

from shared.store.ledger import Invitation

QUIET = timedelta(minutes=5)
PATIENCE = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def tell_later(invitation: Invitation, *, now: datetime) -> None:
    """Something is to be told: five minutes after the last of it, an hour after the first."""
    invitation.digest_since = invitation.digest_since or now
    invitation.digest_at = min(now + QUIET, invitation.digest_since + PATIENCE)


def after_the_last(invitation: Invitation, now: datetime) -> datetime:
    """Now, as a moment that the next digest tells of: two processes' clocks may differ."""
    return max(now, invitation.digested_at + MOMENT) if invitation.digested_at else now
