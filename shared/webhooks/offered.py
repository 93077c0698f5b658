"""Which events are offered to others, and under which name; read it as the list in docs/webhooks.md."""

from shared.domain.events import (
    Event,
    MoveRefused,
    MoveRequested,
    MoveWithdrawn,
    OfferMade,
    OfferTaken,
    OptionConfirmed,
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
)

# Not offered: whoever was invited, how they answered and what mails went out is nobody else's business; and what is
# only of interest inside the house, such as reminders of coordinators.
OFFERED: dict[type[Event], str] = {
    ReservationRequested: "reservation.requested",
    ReservationConfirmed: "reservation.confirmed",
    OptionConfirmed: "reservation.confirmed",
    OfferTaken: "reservation.confirmed",
    ReservationTentative: "reservation.held",
    ReservationApproved: "reservation.approved",
    ReservationDeclined: "reservation.declined",
    ReservationWaitlisted: "reservation.waitlisted",
    OfferMade: "reservation.offered",
    ReservationRefused: "reservation.refused",
    ReservationExpired: "reservation.expired",
    ReservationCancelled: "reservation.cancelled",
    ReservationDescribed: "reservation.described",
    MoveRequested: "reservation.move_requested",
    ReservationMoved: "reservation.moved",
    MoveRefused: "reservation.move_refused",
    MoveWithdrawn: "reservation.move_withdrawn",
}
TYPES: tuple[str, ...] = tuple(dict.fromkeys(OFFERED.values()))
TEST = "webhook.test"
"""sent to whoever asks for it, whatever types they listen to"""

NAMES: dict[str, str] = {event.__name__: name for event, name in OFFERED.items()}
