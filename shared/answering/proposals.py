"""Deciding about a proposed time: its owner asks for it, by the ordinary way, or says no to whoever proposed it.

What was accepted is granted when the people are told that the meeting is then (`settle_proposals`). Until that it stays
open: the move is decided like any other, and may be refused; then it can be accepted again, or declined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shared import booking
from shared.answering.meeting import Meeting
from shared.answering.owning import own_meeting
from shared.domain.errors import NotFoundError, WrongStateError
from shared.domain.events import ProposalAccepted, ProposalDeclined
from shared.domain.slots import Slot
from shared.invitations.as_told import date_as_told
from shared.invitations.circle import Circle
from shared.invitations.fact import named
from shared.invitations.news import RefusedThing
from shared.invitations.post import Posting, To
from shared.store.answers import Proposal
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.outbox import Actor, record
from shared.store.reservations import Reservation


@dataclass(frozen=True, slots=True)
class Standing:
    """A proposal as it stands: who made it, for which reservation, and whether its move is under way just now."""

    proposal: Proposal
    attendee: Attendee
    reservation: Reservation

    @property
    def slot(self) -> Slot:
        return Slot(self.proposal.starts_at, self.proposal.ends_at)

    @property
    def is_under_way(self) -> bool:
        wanted = (self.reservation.wanted_starts_at, self.reservation.wanted_ends_at)
        return self.proposal.state == "open" and wanted == (self.proposal.starts_at, self.proposal.ends_at)


def proposals_of(db: Db, reservation: Reservation) -> Sequence[Standing]:
    """What was proposed for a reservation, or for any date of its series, the newest first."""
    ids = select(Reservation.id).where(Reservation.id == reservation.id)
    if reservation.series_id is not None:
        ids = select(Reservation.id).where(Reservation.series_id == reservation.series_id)
    rows = db.execute(
        select(Proposal, Attendee, Reservation)
        .join(Attendee, Attendee.id == Proposal.attendee_id)
        .join(Reservation, Reservation.id == Proposal.reservation_id)
        .where(Proposal.reservation_id.in_(ids))
        .order_by(Proposal.id.desc())
        .limit(200)
    )
    return [Standing(*row) for row in rows]


def accept(db: Db, reservation_id: int, proposal_id: int, *, by: Actor, now: datetime) -> Standing:
    """Ask for the proposed time; raises WrongStateError for what is decided, or was overtaken by a newer proposal."""
    _, standing = _own(db, reservation_id, proposal_id, by)
    proposal, slot = standing.proposal, standing.slot
    wanted = booking.Change(slot=slot)
    reservation = booking.change(db, standing.reservation.id, wanted, version=None, by=by, now=now)
    if reservation.slot == slot:
        proposal.state = "accepted"
    proposal.decided_at, proposal.decided_by = now, by.person_id
    event = ProposalAccepted(reservation.id, proposal.id, slot.start.isoformat(), slot.end.isoformat())
    record(db, reservation.site_id, event, by=by, now=now, on_behalf_of=reservation.requested_by)
    db.flush()
    return standing


def decline(db: Db, reservation_id: int, proposal_id: int, *, comment: str, by: Actor, now: datetime) -> Standing:
    """Say no to whoever proposed it: a DECLINECOUNTER to them alone (RFC 5546 section 3.2.8); the meeting stays."""
    meeting, standing = _own(db, reservation_id, proposal_id, by)
    proposal, slot = standing.proposal, standing.slot
    if standing.is_under_way:
        raise WrongStateError("You have accepted it, and it is being decided.", state="open")
    proposal.state, proposal.decided_at, proposal.decided_by = "declined", now, by.person_id
    event = ProposalDeclined(proposal.reservation_id, proposal.id, slot.start.isoformat(), slot.end.isoformat())
    reservation = standing.reservation
    record(db, proposal.site_id, event, by=by, now=now, reason=comment, on_behalf_of=reservation.requested_by)
    _answer(meeting, standing, comment, by, now)
    db.flush()
    return standing


def own_proposal(db: Db, reservation_id: int, proposal_id: int, *, by: Actor) -> Standing:
    """One of the meeting that a reservation belongs to, for somebody who may decide about it."""
    return _found(db, reservation_id, proposal_id, by)[1]


def _own(db: Db, reservation_id: int, proposal_id: int, by: Actor) -> tuple[Meeting, Standing]:
    """The same, if it is still open."""
    meeting, standing = _found(db, reservation_id, proposal_id, by)
    state = standing.proposal.state
    if state != "open":
        raise WrongStateError(f"This proposal is {state}.", state=state)
    return meeting, standing


def _found(db: Db, reservation_id: int, proposal_id: int, by: Actor) -> tuple[Meeting, Standing]:
    """Locked, with its meeting."""
    about = db.scalars(select(Proposal.reservation_id).where(Proposal.id == proposal_id)).first()
    meeting, reservation = own_meeting(db, reservation_id, by=by, and_also=about)
    theirs = Reservation.id == reservation.id
    if meeting.series is not None:
        theirs = Reservation.series_id == meeting.series.id
    found = db.execute(
        select(Proposal, Attendee, Reservation)
        .join(Attendee, Attendee.id == Proposal.attendee_id)
        .join(Reservation, Reservation.id == Proposal.reservation_id)
        .where(Proposal.id == proposal_id, theirs)
        .with_for_update(of=Proposal)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFoundError("There is no such proposal.")
    return meeting, Standing(*found)


def _answer(meeting: Meeting, standing: Standing, comment: str, by: Actor, now: datetime) -> None:
    """The mail, to somebody who still has the entry in a calendar."""
    attendee, name = standing.attendee, standing.reservation.recurs_at if meeting.series else None
    news = date_as_told(meeting.invitation, name)
    # a date that went over to another series is in nobody's calendar under the UID of the proposal any more
    is_known = attendee.reservation_id == meeting.head.id and attendee.removed_at is None and attendee.is_told
    if news is None or not is_known:
        return
    circle = Circle(meeting.db, meeting.head, meeting.invitation, now, by.correlation_id)
    circle.stamp()
    news = news.model_copy(update={"proposed": RefusedThing.of((), standing.slot), "answer": comment})
    # the SEQUENCE is that of the COUNTER
    posting = Posting(
        "proposal_declined",
        "DECLINECOUNTER",
        standing.proposal.sequence,
        meeting.invitation.dtstamp,
        news,
        named(name) if name else "",
        attendee_id=attendee.id,
    )
    circle.post(To.ONE, posting)
