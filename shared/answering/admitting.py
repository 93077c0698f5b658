"""Newcomers before the owner: admitted to the list, recognised as somebody who is on it, or dismissed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from shared import programme
from shared.answering.aliases import register
from shared.answering.meeting import MOMENT, Meeting
from shared.answering.noting import take_answer
from shared.answering.owning import own_meeting
from shared.answering.saying import Said
from shared.domain.errors import NotFoundError, WrongStateError
from shared.domain.events import NewcomerAdmitted, NewcomerDismissed
from shared.store.answers import DateAnswer, Newcomer
from shared.store.attendees import Attendee, Invitee
from shared.store.base import Db
from shared.store.outbox import Actor, record
from shared.store.reservations import Reservation


def newcomers_of(db: Db, head_id: int) -> Sequence[Newcomer]:
    """Who answered without being on the list, and is not on it by now; the newest first."""
    listed = select(Attendee.id).where(
        Attendee.reservation_id == head_id, Attendee.address == Newcomer.address, Attendee.removed_at.is_(None)
    )
    found = select(Newcomer).where(Newcomer.reservation_id == head_id, ~listed.correlate(Newcomer).exists())
    return db.scalars(found.order_by(Newcomer.id.desc()).limit(200)).all()


def admit(
    db: Db, reservation_id: int, newcomer_id: int, *, as_attendee: int | None = None, by: Actor, now: datetime
) -> Newcomer:
    """Invite them, which sends them an invitation that knows their answer already.

    `as_attendee`: they are that person of the list, whose answers come from this address, too, from now on.
    """
    meeting, newcomer, reservation = _own(db, reservation_id, newcomer_id, by)
    if as_attendee is None:
        _invite(meeting, newcomer, reservation, by, now)
    else:
        _recognise(meeting, newcomer, as_attendee, by, now)
    _decide(newcomer, "admitted", by, now)
    record(db, newcomer.site_id, NewcomerAdmitted(meeting.head.id, newcomer.id), by=by, now=now)
    db.flush()
    return newcomer


def dismiss(db: Db, reservation_id: int, newcomer_id: int, *, by: Actor, now: datetime) -> Newcomer:
    """Nothing comes of their answer, nor of a later one; they are not written to."""
    meeting, newcomer, _ = _own(db, reservation_id, newcomer_id, by)
    _decide(newcomer, "dismissed", by, now)
    record(db, newcomer.site_id, NewcomerDismissed(meeting.head.id, newcomer.id), by=by, now=now)
    db.flush()
    return newcomer


def _own(db: Db, reservation_id: int, newcomer_id: int, by: Actor) -> tuple[Meeting, Newcomer, Reservation]:
    meeting, reservation = own_meeting(db, reservation_id, by=by)
    newcomer = db.scalars(
        select(Newcomer)
        .where(Newcomer.id == newcomer_id, Newcomer.reservation_id == meeting.head.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if newcomer is None:
        raise NotFoundError("There is no such newcomer.")
    if newcomer.state != "open":
        raise WrongStateError(f"This newcomer is {newcomer.state} already.", state=newcomer.state)
    return meeting, newcomer, reservation


def _invite(meeting: Meeting, newcomer: Newcomer, reservation: Reservation, by: Actor, now: datetime) -> None:
    """On the list, with what they answered if it was to what is asked now."""
    db = meeting.db
    who = Invitee(newcomer.address, newcomer.name, newcomer.language)
    [attendee_id] = programme.invite(db, reservation.id, [who], by=by, now=now)
    attendee = db.get_one(Attendee, attendee_id, populate_existing=True)
    if newcomer.sequence < _asked(meeting):
        return
    attendee.partstat, attendee.comment, attendee.answered_at = newcomer.partstat, newcomer.comment, now
    # their invitation asks with a SEQUENCE of its own, and whatever they answer to that is newer
    for name, partstat in newcomer.dates.items():
        recurs_at = datetime.fromisoformat(name)
        db.add(DateAnswer(attendee_id=attendee.id, recurs_at=recurs_at, partstat=partstat, answered_at=now))


def _recognise(meeting: Meeting, newcomer: Newcomer, attendee_id: int, by: Actor, now: datetime) -> None:
    """Known by this address from now on; and what they answered from it counts, as far as it is the newest."""
    attendee = meeting.db.get(Attendee, attendee_id)
    if attendee is None or attendee.reservation_id != meeting.head.id or attendee.removed_at is not None:
        raise NotFoundError("There is no such attendee.")
    register(meeting.db, newcomer.address, attendee.address, by=by, now=now)
    for date, partstat in _answers(meeting, newcomer):
        said = Said(partstat, newcomer.sequence, newcomer.dtstamp, newcomer.comment)
        take_answer(meeting, attendee, said, date=date, by=by, now=now)


def _answers(meeting: Meeting, newcomer: Newcomer) -> Iterator[tuple[Reservation | None, str]]:
    if newcomer.partstat != "NEEDS-ACTION":
        yield None, newcomer.partstat
    for name, partstat in newcomer.dates.items():
        at = datetime.fromisoformat(name)
        for date in meeting.dates_named(at, end=at + MOMENT):
            yield date, partstat


def _asked(meeting: Meeting) -> int:
    """The SEQUENCE with which everybody was asked last: the owner is on the list from the beginning."""
    mine = select(Attendee.asked_sequence).where(
        Attendee.reservation_id == meeting.head.id, Attendee.address == meeting.owner_address
    )
    return meeting.db.scalars(mine).first() or 0


def _decide(newcomer: Newcomer, state: str, by: Actor, now: datetime) -> None:
    newcomer.state, newcomer.decided_at, newcomer.decided_by = state, now, by.person_id
