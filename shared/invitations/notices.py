"""Notices: letters beside the calendar, about what is held, awaits somebody, waits in line or came to its end."""

from datetime import datetime

from shared.store.base import Db
from shared.store.reservations import Reservation


def notify(db: Db, reservation: Reservation, kind: str, *, now: datetime, escalate: bool = False) -> None:
    raise NotImplementedError
