"""The inbox: each mail that came in, byte for byte, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Numbered


class MailState(StrEnum):
    WAITING = "waiting"
    HANDLED = "handled"
    """read, and whatever it asked for was done, which may be nothing: `outcome` says"""
    QUARANTINED = "quarantined"
    """cannot be read, or failed too often; a coordinator may have it tried again"""


class InboundMail(Numbered, Base):
    """One mail in one envelope; `recipients` are all in lower case and of one site.

    `mail_from` is '' for the null sender; `sender` is the From address once it is authenticated, '' when it is not, and
    `authentication` says by what, or why not; `is_local`: handed in by this machine itself; `method` and `uid` are
    those of the calendar in it; `outcome` is a stable code, and `details` are what a reader wants to know beside it.

    Who handles it takes a lease, which ends at `not_before`: `attempts` counts the leases, `failures` those of them
    that ended in an error and not in the death of whoever held it.
    """

    __tablename__ = "inbound_mail"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    source: Mapped[str]
    peer: Mapped[str] = mapped_column(default="")
    is_local: Mapped[bool] = mapped_column(default=False)
    mail_from: Mapped[str]
    recipients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    digest: Mapped[bytes]
    raw: Mapped[bytes] = mapped_column(deferred=True)
    received_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")
    authentication: Mapped[str] = mapped_column(default="")
    method: Mapped[str] = mapped_column(default="")
    uid: Mapped[str] = mapped_column(default="")
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    outcome: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease: Mapped[UUID | None]
    handled_at: Mapped[datetime | None]
