"""Which task is woken by which event; read it as the specification of what follows from what."""

from shared.domain.events import (
    AttendeeRemoved,
    AttendeesInvited,
    Event,
    InvitationsQueued,
    MoveRefused,
    MoveRequested,
    MoveWithdrawn,
    ReservationCancelled,
    ReservationConfirmed,
    ReservationDescribed,
    ReservationMoved,
    ReservationRefused,
    ReservationRequested,
)

SUBSCRIPTIONS: dict[type[Event], tuple[str, ...]] = {
    ReservationRequested: ("conflicts.decide",),
    MoveRequested: ("conflicts.decide",),
    MoveWithdrawn: (),
    ReservationConfirmed: ("invitations.announce",),
    ReservationRefused: ("invitations.announce",),
    ReservationMoved: ("invitations.announce",),
    MoveRefused: ("invitations.announce",),
    ReservationDescribed: ("invitations.announce",),
    ReservationCancelled: ("invitations.announce",),
    AttendeesInvited: ("invitations.announce",),
    AttendeeRemoved: ("invitations.announce",),
    InvitationsQueued: ("invitations.send",),
}

BY_NAME = {event.__name__: tasks for event, tasks in SUBSCRIPTIONS.items()}
