"""Webhooks: which systems of partners are called, and each call with what came of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, ForeignKey, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from shared.domain.errors import NotFoundError
from shared.store.base import Base, Db, Numbered
from shared.store.outbox import EventRow


class Webhook(Numbered, Base):
    """A system that is called at `url` when something of these `types` happened; of one organisation, or of all.

    `secret` signs; while a former one has not run out, both do (Standard Webhooks). `failures` count in a row since
    `failing_since`; until `paused_until` it is left alone.
    """

    __tablename__ = "webhook"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    url: Mapped[str]
    secret: Mapped[str]
    former_secret: Mapped[str] = mapped_column(default="")
    former_until: Mapped[datetime | None]
    types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    label: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str] = mapped_column(default="")
    """asked by a coordinator, gone (410), or failing for days"""
    deleted_at: Mapped[datetime | None]

    @classmethod
    def locked(cls, db: Db, site_id: int, webhook_id: int) -> "Webhook":
        """The webhook, locked until the end of the transaction; raises NotFoundError."""
        found = db.scalars(
            select(cls)
            .where(cls.id == webhook_id, cls.site_id == site_id, cls.deleted_at.is_(None))
            .with_for_update(key_share=True)
        ).first()
        if found is None:
            raise NotFoundError("There is no such webhook.")
        return found

    def disable(self, reason: str, *, now: datetime) -> None:
        """Call it no more; what waits for it keeps waiting."""
        self.disabled_at, self.disabled_reason = now, reason
        self.version += 1

    def enable(self) -> None:
        """Call it again, as if it had never failed."""
        self.disabled_at, self.disabled_reason = None, ""
        self.failures, self.failing_since, self.paused_until = 0, None, None
        self.version += 1


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    """given up"""


OPEN = frozenset({MessageState.QUEUED, MessageState.SENDING})


class WebhookMessage(Numbered, Base):
    """One event for one webhook, or a test: `key` is its webhook-id, `body` is kept before it leaves and never changes.

    While it is being sent, whoever holds `lease` may say what came of it, until `lease_until`.
    """

    __tablename__ = "webhook_message"

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey(EventRow.id))
    type: Mapped[str]
    key: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    body: Mapped[bytes | None] = mapped_column(deferred=True)
    state: Mapped[MessageState] = mapped_column(default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    last_answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    def again(self, *, now: datetime) -> None:
        """Queue the same bytes under the same webhook-id, with all the patience of a new one."""
        self.state, self.attempts, self.not_before, self.sent_at = MessageState.QUEUED, 0, now, None
