"""What was handled before: the same message, and how much of one sender within an hour.

The latter is the brake on two programs that answer each other, and on floods. It is counted in the inbox itself, by an
index and no further than to the limit, so that it costs the same however many mails there are. Counted is only who was
authenticated, hence nobody uses up what is another's. What is too much is set aside and not thrown away: a coordinator
sees it, and may have it tried again when it was meant so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from shared.store.base import Db
from shared.store.inbox import InboundMail

HOUR = timedelta(hours=1)
# for each date of a long series by itself, and then some; a loop of two programs makes it in a minute
MOST_OF_ENTRY = 120
# a planner who moves a whole term
MOST_OF_SENDER = 1000

# the same Message-ID to others of us is another matter; whoever holds the mail holds its Message-ID, too
EARLIER = text("""
SELECT :message_id <> '' AND EXISTS (SELECT FROM inbound_mail
           WHERE site_id = :site_id AND message_id = :message_id AND message_id <> '' AND sender = :sender
             AND recipients = :recipients AND state = 'handled' AND id <> :id) AS is_the_same,
       (SELECT count(*) FROM (SELECT FROM inbound_mail
           WHERE site_id = :site_id AND sender = :sender AND sender <> '' AND handled_at > :since
             AND state = 'handled' AND uid = :uid LIMIT :most_of_entry) AS recent) AS of_entry,
       (SELECT count(*) FROM (SELECT FROM inbound_mail
           WHERE site_id = :site_id AND sender = :sender AND sender <> '' AND handled_at > :since
             AND state = 'handled' LIMIT :most_of_sender) AS recent) AS of_sender
""")


class TooManyMailsError(Exception):
    """A sender has sent too much within an hour; the text says what."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Of mails that were handled: whether one was the same, how many of its sender were about its entry, and in all."""

    is_the_same: bool
    of_entry: int
    of_sender: int


def earlier(db: Db, mail: InboundMail, uid: str, *, now: datetime) -> Earlier:
    """What was handled before a mail whose sender is authenticated; for rooms the sender is the entry's organizer."""
    values = {
        "id": mail.id,
        "site_id": mail.site_id,
        "message_id": mail.message_id,
        "sender": mail.sender,
        "recipients": mail.recipients,
        "uid": uid,
        "since": now - HOUR,
        "most_of_entry": MOST_OF_ENTRY,
        "most_of_sender": MOST_OF_SENDER,
    }
    return Earlier(*db.execute(EARLIER, values).one())


def check(before: Earlier) -> None:
    """Raises TooManyMailsError when one more is too many."""
    if before.of_entry >= MOST_OF_ENTRY:
        raise TooManyMailsError(f"more than {MOST_OF_ENTRY} mails of one sender about one entry in an hour")
    if before.of_sender >= MOST_OF_SENDER:
        raise TooManyMailsError(f"more than {MOST_OF_SENDER} mails of one sender in an hour")
