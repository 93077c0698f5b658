"""A room asks the organizer for the whole of an entry of which it heard a part (REFRESH)."""

from datetime import datetime

from shared.invitations.news import News, RoomSays
from shared.invitations.post import EntryPosting, post_about
from shared.invitations.replies.answer import stamp
from shared.invitations.replies.asked import Meeting
from shared.invitations.replies.letters import place_of, told_by
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.places import Resource, Site


def ask_back(
    db: Db, entry: ExternalEntry, room: Resource, meeting: Meeting, *, now: datetime, correlation_id: str
) -> None:
    """Write the question into the ledger; `meeting` is what its letter names."""
    stamp(entry, now)
    place = place_of(room, Site.get(db, entry.site_id))
    says = RoomSays(room=place, organizer=entry.organizer, organizer_name=entry.organizer_name)
    posting = EntryPosting(
        kind="room_question",
        method="REFRESH",
        sequence=0,
        dtstamp=entry.answer_dtstamp or now,
        news=News(told=told_by(db, entry, meeting, (place,)), room=says),
        sender=place.address,
        correlation_id=correlation_id,
    )
    post_about(db, entry, posting, reservation_id=entry.reservation_id, now=now)
