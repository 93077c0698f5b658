"""Taking a REQUEST: what it asks for becomes a reservation like any other, or changes the one that there is."""

from dataclasses import replace
from datetime import datetime

from shared import booking
from shared.attendant.entering import is_turned_away, make_entry, owner_of
from shared.attendant.reading import Message, read
from shared.attendant.who import Call
from shared.domain.errors import CreneauError
from shared.domain.rules import unknown_organizer
from shared.inbox.outcomes import Outcome
from shared.invitations.replies.answer import answer_entry
from shared.invitations.replies.asked import Asked, Meeting
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.reservations import Reservation


def take_request(db: Db, call: Call, now: datetime) -> Outcome:
    """Ask for the rooms of an entry; all of them or none."""
    message = read(call)
    if message is None:
        return Outcome("no_time")
    entry = make_entry(db, call, message.newest, now)
    if entry is None:
        return Outcome("already_known")
    return _take_first(db, call, entry, message, now)


def _take_first(db: Db, call: Call, entry: ExternalEntry, message: Message, now: datetime) -> Outcome:
    asked = Asked(whole=message.whole, sent_by=call.sent_by)
    if asked.whole is not None and is_turned_away(db, call, set(asked.rooms)):
        asked = asked.model_copy(update={"whole": asked.whole.with_(refusal=unknown_organizer().as_json())})
    elif asked.whole is not None and asked.whole.is_asked and asked.whole.refusal is None:
        owner = owner_of(db, call)
        entry.reservation_id = ask(db, call, entry, asked.whole, owner.id, now)
    entry.asked = asked.model_dump(mode="json")
    db.flush()
    if entry.reservation_id is None:
        answer_entry(db, entry.id, now=now, correlation_id=call.actor.correlation_id)
        return Outcome("refused", {"entry": entry.id})
    return Outcome("requested", {"entry": entry.id, "reservation": entry.reservation_id})


def ask(db: Db, call: Call, entry: ExternalEntry, meeting: Meeting, owner_id: int, now: datetime) -> int:
    """One reservation for one meeting, in the ordinary queue."""
    [result] = booking.request(db, [wish(call, meeting, owner_id)], now=now)
    if isinstance(result, CreneauError):
        raise result
    db.get_one(Reservation, result).entry_id = entry.id
    db.flush()
    return result


def wish(call: Call, meeting: Meeting, owner_id: int) -> booking.Wish:
    return booking.Wish(
        by=replace(call.actor, person_id=owner_id),
        title=meeting.title,
        note=meeting.note,
        slot=meeting.slot,
        resources=meeting.rooms,
        people=meeting.people,
    )
