"""The meeting of somebody who may decide about its people: its owner, or a coordinator."""

from sqlalchemy import select

from shared.answering.meeting import Meeting
from shared.domain.errors import NotAllowedError, NotFoundError, WrongStateError
from shared.store.base import Db
from shared.store.outbox import Actor
from shared.store.reservations import Reservation


def own_meeting(db: Db, reservation_id: int, *, by: Actor, and_also: int | None = None) -> tuple[Meeting, Reservation]:
    """The meeting to which a reservation belongs, and that reservation itself, locked, `and_also` another date of it.

    Raises NotFoundError, NotAllowedError, and WrongStateError while nobody was invited.
    """
    reservation = db.get(Reservation, reservation_id)
    if reservation is None or reservation.site_id != by.site_id:
        raise NotFoundError("There is no such reservation.")
    if not by.is_coordinator and reservation.requested_by != by.person_id:
        raise NotAllowedError("Only who asked for a reservation, or a coordinator, may change it.")
    # in the order of their ids, and all before the invitation, as whoever announces has them
    ids = {reservation.list_id(db), reservation_id, and_also}
    db.scalars(
        select(Reservation)
        .where(Reservation.id.in_([id_ for id_ in ids if id_ is not None]))
        .order_by(Reservation.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    meeting = Meeting.headed(db, by.site_id, reservation.list_id(db))
    if meeting is None:
        raise WrongStateError("Nobody has been invited to this reservation yet.", state=reservation.state.value)
    return meeting, reservation
