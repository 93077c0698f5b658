"""Whose a series is."""

from sqlalchemy import select

from shared.domain.errors import NotAllowedError
from shared.store.base import Db
from shared.store.outbox import Actor
from shared.store.reservations import Reservation
from shared.store.series import Series


def own_series(db: Db, series_id: int, *, by: Actor) -> Series:
    """The series, locked, for somebody who may change it; raises NotFoundError or NotAllowedError."""
    series = Series.locked(db, by.site_id, series_id)
    owner = db.scalars(select(Reservation.requested_by).where(Reservation.id == series.head_id)).first()
    if not by.is_coordinator and owner != by.person_id:
        raise NotAllowedError("Only who asked for a series, or a coordinator, may change it.")
    return series
