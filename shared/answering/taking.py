"""Taking what comes back to the address that invites: the iTIP methods of attendees, each by its own verb."""

from collections.abc import Callable
from datetime import datetime

from shared.answering.coming import Coming
from shared.answering.counters import look_ahead, take_counter
from shared.answering.meeting import Meeting
from shared.answering.refreshing import take_refresh
from shared.answering.replies import take_reply
from shared.calendar.text import clean_line
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Incoming
from shared.store.base import Db
from shared.store.inbox import InboundMail

METHODS: dict[str, Callable[[Coming], Outcome]] = {
    "REPLY": take_reply,
    "COUNTER": take_counter,
    "REFRESH": take_refresh,
}


def take(db: Db, mail: InboundMail, incoming: Incoming, *, now: datetime) -> Outcome:
    """Act on a REPLY, COUNTER or REFRESH of an authenticated sender, once; the caller commits."""
    scheduling = incoming.scheduling
    if scheduling is None or not scheduling.components:
        return Outcome("no_calendar")
    method = METHODS.get(scheduling.method)
    if method is None:
        return Outcome("unknown_method", {"method": clean_line(scheduling.method)[:40]})
    looks = look_ahead(db, mail, scheduling, now=now) if scheduling.method == "COUNTER" else {}
    meeting = Meeting.called(db, mail.site_id, scheduling.uid)
    if meeting is None:
        return Outcome("unknown_uid", {"uid": clean_line(scheduling.uid)[:200]})
    return method(Coming.of(meeting, mail, incoming, scheduling, now, looks))
