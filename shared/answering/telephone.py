"""What people answer otherwise than by mail: an owner, or a coordinator, writes it down."""

from dataclasses import dataclass
from datetime import datetime

from shared.answering.noting import note_answer
from shared.answering.owning import own_meeting
from shared.domain.errors import NotFoundError, WrongStateError
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.outbox import Actor


@dataclass(frozen=True, slots=True)
class Heard:
    """`only_this_date`: of a series, the one date that the reservation is; else the whole."""

    partstat: str
    comment: str = ""
    only_this_date: bool = False


def answer_for(
    db: Db,
    reservation_id: int,
    attendee_id: int,
    heard: Heard,
    *,
    by: Actor,
    now: datetime,
) -> Attendee:
    """Note what somebody on the list answers, the last word counts."""
    meeting, reservation = own_meeting(db, reservation_id, by=by)
    attendee = db.get(Attendee, attendee_id, populate_existing=True, with_for_update={"key_share": True})
    if attendee is None or attendee.reservation_id != meeting.head.id or attendee.removed_at is not None:
        raise NotFoundError("There is no such attendee.")
    if heard.only_this_date and meeting.series is None:
        raise WrongStateError("This reservation is no date of a series.", state=reservation.state.value)
    if not meeting.is_held():
        raise WrongStateError(f"This reservation is {reservation.state}.", state=reservation.state.value)
    date = reservation if heard.only_this_date else None
    note_answer(meeting, attendee, heard.partstat, comment=heard.comment, date=date, by=by, now=now)
    return attendee
