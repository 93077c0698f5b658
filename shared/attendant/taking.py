"""Taking a mail to our rooms: a REQUEST is asked for, a CANCEL gives back, an ADD is answered with a question."""

from collections.abc import Callable
from datetime import datetime

from shared.attendant.cancelling import take_cancel
from shared.attendant.questions import take_add
from shared.attendant.requesting import take_request
from shared.attendant.who import Call, call_of
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Incoming
from shared.store.base import Db
from shared.store.inbox import InboundMail

# each may be asked for by itself; a series has no more dates either
MOST_COMPONENTS = 400

METHODS: dict[str, Callable[[Db, Call, datetime], Outcome]] = {
    "REQUEST": take_request,
    "CANCEL": take_cancel,
    "ADD": take_add,
}


def take(db: Db, mail: InboundMail, incoming: Incoming, *, now: datetime) -> Outcome:
    """Do what a mail from `mail.sender`, who is authenticated, asks of our rooms; the caller commits.

    Whatever else it says is an Outcome, and nothing is changed.
    """
    scheduling = incoming.scheduling
    if scheduling is None or not scheduling.components or not scheduling.uid:
        return Outcome("no_calendar")
    handle = METHODS.get(scheduling.method)
    if handle is None:
        return Outcome("ignored_method", {"method": scheduling.method})
    if len(scheduling.components) > MOST_COMPONENTS:
        return Outcome("too_many_dates", {"most": MOST_COMPONENTS})
    call = call_of(db, mail, incoming, scheduling)
    if isinstance(call, Outcome):
        return call
    if not call.reached and not any(call.rooms_of(component) for component in scheduling.components):
        return Outcome("no_room")
    return handle(db, call, now)
