"""The meeting of somebody who may decide about its people: its owner, or a coordinator."""

from shared.answering.meeting import Meeting
from shared.domain.errors import NotAllowedError, NotFoundError, WrongStateError
from shared.store.base import Db
from shared.store.outbox import Actor
from shared.store.reservations import Reservation


def own_meeting(db: Db, reservation_id: int, *, by: Actor) -> tuple[Meeting, Reservation]:
    """The meeting to which a reservation belongs, locked, and that reservation, or date of it, itself.

    Raises NotFoundError, NotAllowedError, and WrongStateError while nobody was invited.
    """
    # not locked by itself: the head comes first, and a date of a series has a higher id
    reservation = db.get(Reservation, reservation_id)
    if reservation is None or reservation.site_id != by.site_id:
        raise NotFoundError("There is no such reservation.")
    if not by.is_coordinator and reservation.requested_by != by.person_id:
        raise NotAllowedError("Only who asked for a reservation, or a coordinator, may change it.")
    meeting = Meeting.headed(db, by.site_id, reservation.list_id(db))
    if meeting is None:
        raise WrongStateError("Nobody has been invited to this reservation yet.", state=reservation.state.value)
    return meeting, reservation
