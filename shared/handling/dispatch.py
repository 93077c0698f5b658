"""Who acts on a mail: told by the address that it came to and by what it says; read it as the specification.

Nobody acts on the word of an unknown sender, nobody answers what answered us by itself, and nothing is done twice.
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy import exists, select, text

from shared import answering, attendant
from shared.answering.bounces import take_bounce
from shared.handling import limits
from shared.inbox.outcomes import Outcome
from shared.inbox.recipients import bounce_key, is_of_rooms, sites_of
from shared.itip.incoming import Incoming
from shared.store.base import Db
from shared.store.inbox import InboundMail, MailState
from shared.store.places import Site


class Handler(Protocol):
    """Acts on a mail whose row is locked; it never commits, and what it cannot do is an outcome too."""

    def __call__(self, db: Db, mail: InboundMail, incoming: Incoming, *, now: datetime) -> Outcome: ...


# METHOD → who acts, of what people answer to our invitations, to whichever of our addresses they do
ANSWERS: dict[str, Handler] = dict.fromkeys(("REPLY", "COUNTER", "REFRESH"), answering.take)
# METHOD → who acts, of what is asked of our rooms at their addresses
REQUESTS: dict[str, Handler] = dict.fromkeys(("REQUEST", "CANCEL", "ADD", "DECLINECOUNTER"), attendant.take)

# Two workers may hold the same message, to other recipients or by another way: one looks for the other's trace.
ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:message_id, :site_id))")


def dispatch(db: Db, mail: InboundMail, incoming: Incoming, *, now: datetime) -> Outcome:
    """Have the right one act on the mail, whose `sender` is who was authenticated; in the caller's transaction.

    Raises limits.TooManyMailsError.
    """
    if keys := [key for key in map(bounce_key, mail.recipients) if key]:
        return take_bounce(db, mail, incoming, key=keys[0], now=now)
    nothing = _why_nothing(db, mail, incoming)
    if nothing or incoming.scheduling is None:
        return Outcome(nothing or incoming.unasked or "no_calendar")
    limits.check(db, limits.Sent(mail.site_id, mail.sender, incoming.scheduling.uid), now=now)
    method = incoming.scheduling.method
    return _actor(db, mail, method)(db, mail, incoming, now=now)


def _actor(db: Db, mail: InboundMail, method: str) -> Handler:
    """Who acts on that method at that address."""
    if method in ANSWERS:
        return ANSWERS[method]
    domain = Site.get(db, mail.site_id).mail_domain
    if method not in REQUESTS:
        return _ignored("unknown_method")
    if not any(is_of_rooms(recipient, domain) for recipient in mail.recipients):
        return _ignored("not_ours_to_answer")
    return REQUESTS[method]


def _why_nothing(db: Db, mail: InboundMail, incoming: Incoming) -> str:
    """The outcome of a mail on which nobody acts, whatever it says; '' for any other."""
    if not mail.mail_from or sites_of(db, [mail.mail_from, incoming.sender]):
        return "own_or_null_sender"
    if not mail.sender:
        return "unauthenticated"
    return "duplicate" if _was_handled(db, mail) else ""


def _ignored(code: str) -> Handler:
    return lambda *_, **__: Outcome(code)


def _was_handled(db: Db, mail: InboundMail) -> bool:
    """The same Message-ID of the same sender to the same recipients; to others of us it is another matter."""
    if not mail.message_id:
        return False
    db.execute(ONE_BY_ONE, {"message_id": mail.message_id, "site_id": mail.site_id})
    before = select(InboundMail).where(
        InboundMail.site_id == mail.site_id,
        InboundMail.message_id == mail.message_id,
        InboundMail.sender == mail.sender,
        InboundMail.recipients == mail.recipients,
        InboundMail.state == MailState.HANDLED,
        InboundMail.id != mail.id,
    )
    return bool(db.scalar(select(exists(before.subquery().select()))))
