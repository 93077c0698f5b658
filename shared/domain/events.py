"""The past facts that Créneau records, each frozen; workers/subscriptions.py says what each one sets going."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """A fact about one reservation; its other fields are what a reader of the history wants to know."""

    reservation_id: int

    @property
    def data(self) -> dict[str, object]:
        """All of the fact but the reservation's id, as JSON values."""
        return {name: getattr(self, name) for name in type(self).__slots__ if name != "reservation_id"}


@dataclass(frozen=True, slots=True)
class ReservationRequested(Event):
    pass


@dataclass(frozen=True, slots=True)
class ReservationConfirmed(Event):
    pass


@dataclass(frozen=True, slots=True)
class ReservationRefused(Event):
    code: str


@dataclass(frozen=True, slots=True)
class ReservationCancelled(Event):
    reason: str


@dataclass(frozen=True, slots=True)
class MoveRequested(Event):
    start: str
    end: str
    resources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReservationMoved(Event):
    pass


@dataclass(frozen=True, slots=True)
class MoveRefused(Event):
    code: str


@dataclass(frozen=True, slots=True)
class MoveWithdrawn(Event):
    pass


@dataclass(frozen=True, slots=True)
class ReservationDescribed(Event):
    """Its words changed (title, note, people, place), not its time or rooms."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttendeesInvited(Event):
    count: int


@dataclass(frozen=True, slots=True)
class AttendeeRemoved(Event):
    attendee_id: int


@dataclass(frozen=True, slots=True)
class InvitationsQueued(Event):
    """Deliveries were written to the ledger."""

    method: str
    count: int
