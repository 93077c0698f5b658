"""The past facts that Créneau records, each frozen; workers/subscriptions.py says what each one sets going."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.refusals import Refusal

Facts = dict[str, str | int]


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
class ReservationTentative(Event):
    """It holds its slot until then: for a coordinator's approval, or for its owner to confirm an option."""

    hold: str
    until: str


@dataclass(frozen=True, slots=True)
class ReservationWaitlisted(Event):
    """Somebody came first; `place` is how many wait before it for the same rooms and time, and itself."""

    place: int


@dataclass(frozen=True, slots=True)
class OfferMade(Event):
    """What it waited for became free, and is held for its owner until then."""

    until: str


@dataclass(frozen=True, slots=True)
class ReservationApproved(Event):
    pass


@dataclass(frozen=True, slots=True)
class ReservationDeclined(Event):
    """A coordinator said no."""


@dataclass(frozen=True, slots=True)
class OptionConfirmed(Event):
    pass


@dataclass(frozen=True, slots=True)
class OfferTaken(Event):
    pass


@dataclass(frozen=True, slots=True)
class ReservationExpired(Event):
    """What it was held or waiting for did not come in time; `hold` is waitlist for a place in line."""

    hold: str


@dataclass(frozen=True, slots=True)
class ApprovalReminded(Event):
    """The coordinators were written to once more."""


@dataclass(frozen=True, slots=True)
class ApprovalEscalated(Event):
    """The Atelier itself was written to, since no coordinator had answered."""


@dataclass(frozen=True, slots=True)
class OptionReminded(Event):
    pass


@dataclass(frozen=True, slots=True)
class OverrideUsed(Event):
    """A coordinator set rules of the house aside; `findings` are what these said, as a Refusal writes itself."""

    rules: tuple[str, ...]
    findings: tuple[dict[str, object], ...] = ()

    @classmethod
    def of(cls, reservation_id: int, overridden: Iterable[Refusal]) -> "OverrideUsed":
        refusals = tuple(overridden)
        return cls(reservation_id, tuple(r.code for r in refusals), tuple(r.as_json() for r in refusals))


@dataclass(frozen=True, slots=True)
class SeriesRequested(Event):
    """The reservation is the first of so many of a series."""

    series: int
    count: int


@dataclass(frozen=True, slots=True)
class SeriesSplit(Event):
    """From this occurrence on the series goes on as another one."""

    into: int


@dataclass(frozen=True, slots=True)
class ReservationRefused(Event):
    code: str
    facts: Facts = field(default_factory=dict, hash=False)


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
    facts: Facts = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class MoveWithdrawn(Event):
    pass


@dataclass(frozen=True, slots=True)
class ReservationDescribed(Event):
    """Its words changed (title, note, people, place), not its time or rooms; how they read before, where kept."""

    fields: tuple[str, ...]
    before: dict[str, str | int]


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


@dataclass(frozen=True, slots=True)
class AttendeeAnswered(Event):
    """Somebody on the list answered by mail, to the whole or to the date of a series that begins at `recurs_at`."""

    attendee_id: int
    partstat: str
    recurs_at: str = ""


@dataclass(frozen=True, slots=True)
class AnswerNoted(Event):
    """The same, as its owner or a coordinator heard it."""

    attendee_id: int
    partstat: str
    recurs_at: str = ""


@dataclass(frozen=True, slots=True)
class NewcomerAnswered(Event):
    """Somebody answered who is not on the list."""

    newcomer_id: int
    partstat: str


@dataclass(frozen=True, slots=True)
class NewcomerAdmitted(Event):
    newcomer_id: int


@dataclass(frozen=True, slots=True)
class NewcomerDismissed(Event):
    newcomer_id: int


@dataclass(frozen=True, slots=True)
class ProposalMade(Event):
    """An attendee proposes another time."""

    proposal_id: int
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class ProposalAccepted(Event):
    """Its owner asks for the proposed time, which is decided like any other move."""

    proposal_id: int
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class ProposalDeclined(Event):
    proposal_id: int
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class InvitationBounced(Event):
    """A mail to somebody on the list cannot be delivered."""

    attendee_id: int
