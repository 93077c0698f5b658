"""Who is invited to a reservation, with role and answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Numbered


class Attendee(Numbered, Base):
    """A person in a reservation, with role and answer; the people of a series are those of its first reservation.

    `is_told`: the entry stands in their calendar as far as we know; `told_sequence`: the last SEQUENCE they were sent;
    `removed_at`: they are no longer invited, and are told so when they have to be; `resource_id`: the trainer they are.
    """

    __tablename__ = "attendee"

    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    address: Mapped[str]
    name: Mapped[str]
    language: Mapped[str]
    role: Mapped[str]
    partstat: Mapped[str]
    is_told: Mapped[bool]
    told_sequence: Mapped[int | None]
    removed_at: Mapped[datetime | None]
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    asked_sequence: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]
    answer_dtstamp: Mapped[datetime | None]
    answer_sequence: Mapped[int | None]
    comment: Mapped[str] = mapped_column(default="")
    delegated_to: Mapped[str] = mapped_column(default="")
    undeliverable_at: Mapped[datetime | None]
    undeliverable_reason: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite: the address in lower case, a name, a language, an RFC 5545 ROLE."""

    address: str
    name: str = ""
    language: str = "fr"
    role: str = "REQ-PARTICIPANT"
