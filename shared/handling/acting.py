"""One mail from the inbox to what became of it: looked at without a transaction, then acted on in one.

What a mail does and the note of it are one commit, by the holder of its lease: killed before it nothing was done and
somebody else begins again, killed after it nobody does.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.handling import leases, limits
from shared.handling.dispatch import dispatch
from shared.handling.leased import Leased
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Incoming
from shared.store.base import Db
from shared.store.inbox import InboundMail


@dataclass(frozen=True, slots=True)
class Looked:
    """What a mail says, and who says so: `sender` is '' when that is not certain, and `authentication` says why."""

    incoming: Incoming
    sender: str
    authentication: str


def act(db: Db, mail: Leased, looked: Looked, *, now: datetime) -> Outcome | None:
    """Do what it asks for and note it; None when somebody else has it by now. The caller commits."""
    known = _known(looked)
    if not leases.lock(db, mail, message_id=known["message_id"]):
        return None
    row = InboundMail(**mail.envelope, **known)  # for whoever acts; written down once, with the outcome
    try:
        outcome = dispatch(db, row, looked.incoming, now=now)
    except limits.TooManyMailsError as error:
        leases.quarantine(db, mail, code="too_many", reason=str(error), now=now, **known)
        return Outcome("too_many")
    leases.handled(db, mail, code=outcome.code, details=dict(outcome.details), now=now, **known)
    return outcome


def _known(looked: Looked) -> dict[str, str]:
    """What whoever looks for it in the list wants to see."""
    incoming = looked.incoming
    scheduling = incoming.scheduling
    return {
        "sender": looked.sender,
        "authentication": _cut(looked.authentication),
        "message_id": _cut(incoming.message_id),
        "subject": _cut(incoming.subject),
        "method": _cut(scheduling.method if scheduling else ""),
        "uid": _cut(scheduling.uid if scheduling else ""),
    }


def _cut(text: str) -> str:
    """One line that the database takes: of bounded length, and printable."""
    return "".join(c if c.isprintable() else " " for c in text[:500])
