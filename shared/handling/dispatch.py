"""Who acts on a mail: told by the address that it came to and by what it says; read it as the specification.

Nobody acts on the word of an unknown sender, nobody answers what answered us by itself, and nothing is done twice.
"""

from datetime import datetime
from typing import Protocol

from shared import answering, attendant
from shared.answering.bounces import take_bounce
from shared.handling import limits
from shared.inbox.outcomes import Outcome
from shared.inbox.recipients import bounce_key, is_of_room, is_own
from shared.itip.incoming import Incoming
from shared.store.base import Db
from shared.store.inbox import InboundMail


class Handler(Protocol):
    """Acts on a mail whose row is locked; it never commits, and what it cannot do is an outcome too."""

    def __call__(self, db: Db, mail: InboundMail, incoming: Incoming, *, now: datetime) -> Outcome: ...


# METHOD → who acts, of what people answer to our invitations, to whichever of our addresses they do
ANSWERS: dict[str, Handler] = dict.fromkeys(("REPLY", "COUNTER", "REFRESH"), answering.take)
# METHOD → who acts, of what is asked of our rooms at their addresses
REQUESTS: dict[str, Handler] = dict.fromkeys(("REQUEST", "CANCEL", "ADD", "DECLINECOUNTER"), attendant.take)


def dispatch(db: Db, mail: InboundMail, incoming: Incoming, *, now: datetime) -> Outcome:
    """Have the right one act on the mail, whose `sender` is who was authenticated; in the caller's transaction.

    Raises limits.TooManyMailsError.
    """
    if keys := [key for key in map(bounce_key, mail.recipients) if key]:
        return take_bounce(db, mail, incoming, key=keys[0], now=now)
    nothing = _why_nothing(mail, incoming)
    if nothing:
        return Outcome(nothing)
    uid = incoming.scheduling.uid if incoming.scheduling else ""
    earlier = limits.earlier(db, mail, uid, now=now)
    if earlier.is_the_same:
        return Outcome("duplicate")
    if incoming.scheduling is None:
        return Outcome(incoming.unasked or "no_calendar")
    limits.check(earlier)
    return _actor(mail, incoming.scheduling.method)(db, mail, incoming, now=now)


def _actor(mail: InboundMail, method: str) -> Handler:
    """Who acts on that method at that address."""
    if method in ANSWERS:
        return ANSWERS[method]
    if method not in REQUESTS:
        return _ignored("unknown_method")
    if not any(map(is_of_room, mail.recipients)):
        return _ignored("not_ours_to_answer")
    return REQUESTS[method]


def _why_nothing(mail: InboundMail, incoming: Incoming) -> str:
    """The outcome of a mail on which nobody acts, whatever it says; '' for any other."""
    if not mail.mail_from or any(is_own(sender, mail.recipients[0]) for sender in (mail.mail_from, incoming.sender)):
        return "own_or_null_sender"
    return "" if mail.sender else "unauthenticated"


def _ignored(code: str) -> Handler:
    return lambda *_, **__: Outcome(code)
