"""Taking a CANCEL: the whole, one date or one room of an entry is given back; one that nobody asked for yet is noted.

Mails overtake each other: a REQUEST that comes after its CANCEL is older than what is noted, and so does nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import text

from shared.attendant.entering import lock_entry, make_entry
from shared.attendant.following import cancel
from shared.attendant.owned import Owned
from shared.attendant.reading import cancelled, date_name
from shared.attendant.requesting import details_of
from shared.attendant.who import Call
from shared.inbox.outcomes import Outcome
from shared.invitations.replies.answer import answer_entry
from shared.invitations.replies.asked import Asked, Meeting
from shared.itip.incoming import Component
from shared.store.base import Db
from shared.store.reservations import Reservation

HELD_FOR = timedelta(days=30)

# what was asked for before it was cancelled keeps its row, which the story of its reservations refers to
FORGET = text("""
DELETE FROM external_entry WHERE id IN (
    SELECT e.id FROM external_entry AS e
    WHERE e.reservation_id IS NULL AND e.series_id IS NULL AND e.created_at < :before
      AND (e.cancelled_at IS NULL OR e.cancelled_at < :before)
      AND NOT EXISTS (SELECT FROM reservation WHERE entry_id = e.id)
      AND NOT EXISTS (SELECT FROM announcement WHERE entry_id = e.id)
    LIMIT :most FOR UPDATE OF e SKIP LOCKED)
RETURNING 1
""")


def take_cancel(db: Db, call: Call, now: datetime) -> Outcome:
    """Give back what its organizer has cancelled."""
    components = call.scheduling.components
    newest = max(cancelled(call, component).version for component in components)
    entry = make_entry(db, call, newest, now) or lock_entry(db, call, now)
    asked = before = Asked.of(entry)
    owned = Owned(db, call, entry, call.person, now)
    for component in components:
        asked = _without(owned, asked, component)
    if asked == before:
        return Outcome("stale", {"entry": entry.id})
    entry.asked = asked.model_dump(mode="json")
    entry.sequence, entry.dtstamp = max(newest, (entry.sequence, entry.dtstamp))
    if not asked.rooms:
        entry.cancelled_at = now
    db.flush()
    answer_entry(db, entry.id, now=now, correlation_id=call.actor.correlation_id)
    return Outcome("cancelled" if before.rooms else "held", details_of(entry))


def forget_held(db: Db, *, now: datetime, most: int = 1000) -> int:
    """Drop up to `most` of what was noted a month ago and never asked for; returns how many."""
    return len(db.execute(FORGET, {"before": now - HELD_FOR, "most": most}).all())


def _without(owned: Owned, asked: Asked, component: Component) -> Asked:
    """What is still asked for; as it was, where something newer is known."""
    meeting = cancelled(owned.call, component)
    if component.recurrence_id is not None:
        return _without_date(owned, asked, date_name(component, asked.whole), meeting)
    known = asked.version_of("")
    if known is not None and meeting.version <= known:
        return asked
    rooms = set(owned.call.rooms_of(component) or owned.call.reached)
    others = set(asked.rooms) - rooms
    if others:
        return _without_rooms(owned, asked, rooms, meeting)
    cancel(owned, [*owned.whole().values(), *owned.apart(asked).values()])
    return Asked(whole=meeting, removed=asked.removed, sent_by=asked.sent_by)


def _without_date(owned: Owned, asked: Asked, name: str, meeting: Meeting) -> Asked:
    known = asked.version_of(name)
    if known is not None and meeting.version <= known:
        return asked
    rooms = set(meeting.rooms)
    was = asked.dates.get(name) or asked.whole
    reservation = owned.whole().get(name) or owned.apart(asked).get(name)
    others = tuple(slug for slug in (was.rooms if was else ()) if slug not in rooms)
    if others and reservation is not None:
        _give_up(owned, [reservation], rooms)
        own = asked.dates.get(name) or (was or meeting).with_(start=reservation.starts_at, end=reservation.ends_at)
        gone = own.with_(rooms=others, sequence=meeting.sequence, dtstamp=meeting.dtstamp)
    else:
        cancel(owned, [reservation] if reservation is not None else [])
        gone = meeting.with_(rooms=())
    return asked.model_copy(update={"dates": asked.dates | {name: gone}})


def _without_rooms(owned: Owned, asked: Asked, rooms: set[str], by: Meeting) -> Asked:
    """The meeting goes on without these rooms. Its version stays, for the other rooms heard of nothing new."""

    def without(meeting: Meeting) -> Meeting:
        return meeting.with_(rooms=tuple(slug for slug in meeting.rooms if slug not in rooms))

    _give_up(owned, [*owned.whole().values(), *owned.apart(asked).values()], rooms)
    return asked.model_copy(
        update={
            "whole": without(asked.whole) if asked.whole else None,
            "dates": {name: without(meeting) for name, meeting in asked.dates.items()},
            "removed": asked.removed | dict.fromkeys(sorted(rooms), by.version),
        }
    )


def _give_up(owned: Owned, reservations: Iterable[Reservation], rooms: set[str]) -> None:
    """What is left of each keeps its place; one that had nothing else is over."""
    for reservation in reservations:
        kept = owned.beside(reservation, rooms)
        if not kept:
            cancel(owned, [reservation])
        elif len(kept) < len(reservation.resource_ids):
            reservation.give_up(owned.db, kept, by=owned.actor, now=owned.now)
