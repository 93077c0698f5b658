"""How much may be asked for by mail in an hour: the brake on two programs that answer each other, and on floods.

Mails that were handled are counted in the inbox itself, by an index and no further than to the limit, so that it costs
the same however many there are. Counted is only who was authenticated, hence nobody uses up what is another's. What is
too much is set aside and not thrown away: a coordinator sees it, and may have it tried again when it was meant so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from shared.store.base import Db

HOUR = timedelta(hours=1)
# for each date of a long series by itself, and then some; a loop of two programs makes it in a minute
MOST_OF_ENTRY = 120
# a planner who moves a whole term
MOST_OF_SENDER = 1000

COUNT = text("""
SELECT count(*) FROM (SELECT FROM inbound_mail
    WHERE site_id = :site_id AND sender = :sender AND sender <> '' AND handled_at > :since AND state = 'handled'
      AND (:uid = '' OR uid = :uid) LIMIT :most) AS recent
""")


class TooManyMailsError(Exception):
    """This sender has sent too much within an hour; the text says what."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Whose mail it is, and about which entry: for rooms, of which they are the organizer."""

    site_id: int
    sender: str
    uid: str


def check(db: Db, sent: Sent, *, now: datetime) -> None:
    """Raises TooManyMailsError when it is one too many."""
    if sent.uid and _count(db, sent, sent.uid, MOST_OF_ENTRY, now) == MOST_OF_ENTRY:
        raise TooManyMailsError(f"more than {MOST_OF_ENTRY} mails an hour of {sent.sender} about one entry")
    if _count(db, sent, "", MOST_OF_SENDER, now) == MOST_OF_SENDER:
        raise TooManyMailsError(f"more than {MOST_OF_SENDER} mails an hour of {sent.sender}")


def _count(db: Db, sent: Sent, uid: str, most: int, now: datetime) -> int:
    values = {"site_id": sent.site_id, "sender": sent.sender, "uid": uid, "since": now - HOUR, "most": most}
    return int(db.scalars(COUNT, values).one())
