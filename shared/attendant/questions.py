"""Taking an ADD: dates are added to an entry of which we may not know the rest; so the room asks for all of it."""

from datetime import datetime, timedelta

from sqlalchemy import text

from shared.attendant.entering import lock_entry, make_entry
from shared.attendant.reading import read
from shared.attendant.requesting import details_of, is_answered_too_often
from shared.attendant.who import Call
from shared.inbox.outcomes import Outcome
from shared.invitations.replies.ask_back import ask_back
from shared.store.base import Db

A_WHILE = timedelta(hours=1)

LATELY = text("""
SELECT 1 FROM delivery WHERE uid = :uid AND recipient = :organizer AND site_id = :site_id AND method = 'REFRESH'
AND created_at > :since LIMIT 1
""")


def take_add(db: Db, call: Call, now: datetime) -> Outcome:
    """Answer REFRESH, once in a while (RFC 5546 section 3.2.4.2); nothing is changed."""
    message = read(call)
    rooms = list(call.reached) or sorted({s for c in call.scheduling.components for s in call.rooms_of(c)})
    if message is None or not rooms:
        return Outcome("no_time")
    entry = make_entry(db, call, message.newest, now) or lock_entry(db, call, now)
    values = {"uid": entry.uid, "organizer": entry.organizer, "site_id": entry.site_id, "since": now - A_WHILE}
    if db.scalars(LATELY, values).first() is not None or is_answered_too_often(db, entry, now):
        return Outcome("too_often", {"entry": entry.id})
    meeting = next(iter([*filter(None, [message.whole]), *message.dates.values()]))
    room = next(room for room in call.rooms.values() if room.slug == rooms[0])
    ask_back(db, entry, room, meeting, now=now, correlation_id=call.actor.correlation_id)
    return Outcome("asked_back", details_of(entry))
