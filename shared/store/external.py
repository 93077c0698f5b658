"""Entries of other people's calendars that invite our rooms: theirs to change, ours to answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Numbered


class ExternalEntry(Numbered, Base):
    """One UID of one organizer.

    `asked` is what it asks of us by now (an `Asked`); `answered` is what each room said last, and to which SEQUENCE,
    with `answer_dtstamp`; `reservation_id` is the one for the whole, where that is no series; `is_known`: whether its
    organizer may book without a coordinator. One without either is a CANCEL that came before its REQUEST, asks for
    single dates only, or was refused before it could be entered.
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
    is_known: Mapped[bool] = mapped_column(default=True)
    answered: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer_dtstamp: Mapped[datetime | None]
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id", use_alter=True))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", use_alter=True))
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
