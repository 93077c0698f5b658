"""Entries of other people's calendars that invite our rooms: theirs to change, ours to answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Numbered


class ExternalEntry(Numbered, Base):
    """One UID of one organizer.

    `asked` is what the last REQUEST says, `answered` what each room said to which SEQUENCE last; its reservation is the
    first one of a series. One without a reservation is a CANCEL that came before its REQUEST, or nothing that was ever
    granted.
    """

    __tablename__ = "external_entry"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    organizer: Mapped[str]
    organizer_name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fr")
    uid: Mapped[str]
    sequence: Mapped[int]
    dtstamp: Mapped[datetime]
    asked: Mapped[dict[str, Any]]
    answered: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id", use_alter=True))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", use_alter=True))
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
