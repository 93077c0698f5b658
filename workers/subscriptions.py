"""Which task is woken by which event; read it as the specification of what follows from what."""

import structlog

from shared.domain.events import (
    AnswerNoted,
    ApprovalEscalated,
    ApprovalReminded,
    AttendeeAnswered,
    AttendeeRemoved,
    AttendeesInvited,
    Event,
    InvitationBounced,
    InvitationsQueued,
    MoveRefused,
    MoveRequested,
    MoveWithdrawn,
    NewcomerAdmitted,
    NewcomerAnswered,
    NewcomerDismissed,
    OfferMade,
    OfferTaken,
    OptionConfirmed,
    OptionReminded,
    OverrideUsed,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ReservationApproved,
    ReservationCancelled,
    ReservationConfirmed,
    ReservationDeclined,
    ReservationDescribed,
    ReservationExpired,
    ReservationMoved,
    ReservationRefused,
    ReservationRequested,
    ReservationTentative,
    ReservationWaitlisted,
    SeriesRequested,
    SeriesSplit,
)

DECIDE, ANNOUNCE, SEND = "conflicts.decide", "invitations.announce", "invitations.send"
HANDLE = "mailbox.handle"
PUBLISH = "calendars.publish"

SUBSCRIPTIONS: dict[type[Event], tuple[str, ...]] = {
    ReservationRequested: (DECIDE,),
    SeriesRequested: (),
    MoveRequested: (DECIDE,),
    MoveWithdrawn: (),
    ReservationConfirmed: (ANNOUNCE, PUBLISH),
    ReservationTentative: (ANNOUNCE, PUBLISH),
    ReservationWaitlisted: (ANNOUNCE,),
    ReservationRefused: (ANNOUNCE,),
    OverrideUsed: (),
    OfferMade: (ANNOUNCE,),
    # what moves, ends or is given back may be what somebody on the waiting list waits for
    ReservationMoved: (DECIDE, ANNOUNCE, PUBLISH),
    ReservationCancelled: (DECIDE, ANNOUNCE, PUBLISH),
    ReservationDeclined: (DECIDE, ANNOUNCE, PUBLISH),
    ReservationExpired: (DECIDE, ANNOUNCE, PUBLISH),
    MoveRefused: (ANNOUNCE,),
    ReservationApproved: (ANNOUNCE, PUBLISH),
    OptionConfirmed: (ANNOUNCE, PUBLISH),
    OfferTaken: (ANNOUNCE, PUBLISH),
    SeriesSplit: (ANNOUNCE, PUBLISH),
    ReservationDescribed: (ANNOUNCE, PUBLISH),
    AttendeesInvited: (ANNOUNCE, PUBLISH),
    AttendeeRemoved: (ANNOUNCE, PUBLISH),
    # its owner is told of answers in a digest, which waits until it is quiet
    AttendeeAnswered: (PUBLISH,),
    AnswerNoted: (PUBLISH,),
    NewcomerAnswered: (),
    NewcomerAdmitted: (),
    NewcomerDismissed: (),
    ProposalMade: (),
    # the move that it asks for, or the mail that says no, has an event of its own
    ProposalAccepted: (),
    ProposalDeclined: (),
    InvitationBounced: (),
    ApprovalReminded: (),
    ApprovalEscalated: (),
    OptionReminded: (),
    InvitationsQueued: (SEND,),
}

# what the bell says that is no event: the row that waits is elsewhere
RINGS: dict[str, tuple[str, ...]] = {"mail received": (HANDLE,)}

BY_NAME = {event.__name__: tasks for event, tasks in SUBSCRIPTIONS.items()} | RINGS

log = structlog.get_logger()


def tasks_for(event_type: str) -> tuple[str, ...]:
    """The tasks that follow; none for an event of a newer version, whose own ticks do what follows from it."""
    if event_type not in BY_NAME:
        log.warning("an event of an unknown type, written by a newer version?", type=event_type)
    return BY_NAME.get(event_type, ())
