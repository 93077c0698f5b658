"""Webhooks: which systems of partners are called, and each call with what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Numbered


class Webhook(Numbered, Base):
    """A system that is called at `url` when something of these `types` happened; of one organisation, or of all.

    `secret` signs; while a former one has not run out, both do (Standard Webhooks).
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
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str] = mapped_column(default="")


class WebhookMessage(Numbered, Base):
    """One event for one webhook: `key` is its webhook-id, `body` is kept before it leaves and never changes."""

    __tablename__ = "webhook_message"

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    key: Mapped[UUID] = mapped_column(unique=True)
    body: Mapped[bytes | None] = mapped_column(deferred=True)
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease: Mapped[UUID | None]
    last_answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
