"""Invitations and their deliveries: what each calendar was told, mail by mail."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Numbered
from shared.store.external import ExternalEntry


class Invitation(Numbered, Base):
    """The calendar entry of a reservation: its UID for ever, its SEQUENCE, and what was announced last.

    That of a series is the one of its first reservation. `told` is the entry as its people know it (None before the
    first announcement); `noticed` names what its owner was told last beside the calendar: that it is held, waits,
    expired; `remind_at` is when the reminder is due, None when there is none to come; `digest_at` is when its owner is
    told of answers, of which the first that they have not heard of came `digest_since`.
    """

    __tablename__ = "invitation"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"), unique=True)
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int]
    dtstamp: Mapped[datetime]
    told: Mapped[dict[str, Any] | None]
    noticed: Mapped[str] = mapped_column(default="")
    remind_at: Mapped[datetime | None]
    digest_at: Mapped[datetime | None]
    digest_since: Mapped[datetime | None]
    digested_at: Mapped[datetime | None]


class Announcement(Numbered, Base):
    """One piece of news about an entry, the same for everybody who gets it; `news` is what a letter tells."""

    __tablename__ = "announcement"

    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey(ExternalEntry.id))
    kind: Mapped[str]
    method: Mapped[str]
    recurrence: Mapped[str] = mapped_column(default="")
    """the date of a series that it is about alone, behind its kind where it is no calendar; as in its deliveries"""
    sequence: Mapped[int]
    dtstamp: Mapped[datetime]
    news: Mapped[dict[str, Any]]


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    COMMITTING = "committing"
    SENT = "sent"
    FAILED = "failed"
    """refused for good by the mail server (5xx)"""
    DEAD = "dead"
    """given up after too many tries or two days"""


class Delivery(Numbered, Base):
    """One mail to one address, rendered once; a retry sends the same bytes under the same Message-ID.

    `key` names it to the outside: in its Message-ID and in the envelope sender that a bounce comes back to.
    """

    __tablename__ = "delivery"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"))
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    uid: Mapped[str]
    recurrence: Mapped[str]
    sequence: Mapped[int]
    dtstamp: Mapped[datetime]
    method: Mapped[str]
    recipient: Mapped[str]
    recipient_name: Mapped[str]
    language: Mapped[str]
    role: Mapped[str]
    sender: Mapped[str] = mapped_column(default="")
    partstat: Mapped[str] = mapped_column(default="NEEDS-ACTION")
    partstats: Mapped[dict[str, Any] | None]
    key: Mapped[UUID] = mapped_column(unique=True)
    subject: Mapped[str]
    message: Mapped[bytes | None] = mapped_column(deferred=True)
    state: Mapped[DeliveryState]
    ambiguous_count: Mapped[int]
    not_before: Mapped[datetime]
    give_up_at: Mapped[datetime]
    attempts: Mapped[int]
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    last_answer: Mapped[str]
    correlation_id: Mapped[str]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
