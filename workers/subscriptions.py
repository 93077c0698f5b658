"""Which task is woken by which event; read it as the specification of what follows from what."""

import structlog

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

log = structlog.get_logger()


def tasks_for(event_type: str) -> tuple[str, ...]:
    """The tasks that follow; none for an event of a newer version, whose own ticks do what follows from it."""
    if event_type not in BY_NAME:
        log.warning("an event of an unknown type, written by a newer version?", type=event_type)
    return BY_NAME.get(event_type, ())
