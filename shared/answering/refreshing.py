"""REFRESH: whoever lost the entry gets the REQUEST once more, and nobody else (RFC 5546 section 3.2.6).

It has a DTSTAMP of its own, for calendars ignore what is not newer, and the SEQUENCE and answer that stand.
"""

from datetime import timedelta

from sqlalchemy import select

from shared.answering.coming import Coming
from shared.inbox.outcomes import Outcome
from shared.invitations.as_told import as_told
from shared.invitations.circle import Circle
from shared.invitations.post import Posting, To
from shared.store.attendees import Attendee
from shared.store.ledger import Delivery

# two programs that answer each other must not fill a mailbox
PAUSE = timedelta(minutes=10)


def take_refresh(coming: Coming) -> Outcome:
    """Send the current REQUEST to the sender alone; nothing to somebody who is not on the list."""
    code, attendee = _whom(coming)
    if attendee is not None:
        _send(coming, attendee)
    return Outcome(code, coming.details | ({"attendee": attendee.id} if attendee else {}))


def _whom(coming: Coming) -> tuple[str, Attendee | None]:
    meeting = coming.meeting
    listed = [attendee for attendee in coming.speaker.listed if attendee.removed_at is None]
    if not listed:
        return ("no_longer_invited" if coming.speaker.listed else "not_invited"), None
    named = [found[1] for component in coming.components if (found := coming.speaker.party_in(component))]
    attendee = next((a for a in named if a in listed), listed[0])
    if meeting.invitation.told is None:
        return "cancelled", None
    if not attendee.is_told:  # their invitation is on its way
        return "not_invited_yet", None
    lately = select(Delivery.id).where(
        Delivery.uid == meeting.invitation.uid,
        Delivery.recipient == attendee.address,
        Delivery.method == "REQUEST",
        Delivery.created_at > coming.now - PAUSE,
    )
    if meeting.db.scalars(lately.limit(1)).first() is not None:
        return "too_soon", None
    return "refreshed", attendee


def _send(coming: Coming, attendee: Attendee) -> None:
    meeting = coming.meeting
    news = as_told(meeting.invitation)
    assert news is not None  # noqa: S101  it was told, see above
    circle = Circle(meeting.db, meeting.head, meeting.invitation, coming.now, coming.by.correlation_id)
    circle.stamp()
    sequence, dtstamp = meeting.invitation.sequence, meeting.invitation.dtstamp
    circle.post(To.ONE, Posting("invitation", "REQUEST", sequence, dtstamp, news, attendee_id=attendee.id))
