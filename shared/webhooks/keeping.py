"""What coordinators do with webhooks: add, change, rotate the secret, take away, try, and send again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from shared.domain.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    StaleVersionError,
    WrongStateError,
)
from shared.store.base import Db
from shared.store.outbox import Actor, record_about_house
from shared.store.people import organisation_called
from shared.store.webhooks import OPEN, MessageState, Webhook, WebhookMessage
from shared.webhooks.addresses import check_url
from shared.webhooks.fan_out import write_missed
from shared.webhooks.offered import TEST, TYPES
from shared.webhooks.payload import body
from shared.webhooks.signing import new_secret

MOST_WEBHOOKS = 100
MOST_REPLAYED = 10_000
BOTH_SIGN = timedelta(days=1)
KEPT = timedelta(days=90)

# not by age of the message: one that was written on enabling tells what happened before
AGAIN = text("""
UPDATE webhook_message AS m SET state = 'queued', attempts = 0, not_before = :now, sent_at = NULL
WHERE m.id IN (SELECT m.id FROM webhook_message AS m JOIN event AS e ON e.id = m.event_id
               WHERE m.webhook_id = :webhook_id AND m.state = ANY (:states) AND e.recorded_at >= :since
               ORDER BY m.id LIMIT :most)
RETURNING 1
""")
FORGET = (
    text("""DELETE FROM webhook_message WHERE id IN (
            SELECT id FROM webhook_message WHERE created_at < :moment ORDER BY created_at LIMIT :most) RETURNING 1"""),
    text("""DELETE FROM webhook AS w WHERE w.deleted_at < :moment
            AND NOT EXISTS (SELECT FROM webhook_message AS m WHERE m.webhook_id = w.id) RETURNING 1"""),
)


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook to be; of one organisation by name, or of the house."""

    url: str
    types: tuple[str, ...]
    label: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What is to become different; None stays as it is."""

    url: str | None = None
    types: tuple[str, ...] | None = None
    label: str | None = None
    enabled: bool | None = None


def add(db: Db, new: NewWebhook, *, by: Actor, now: datetime, allow_local: bool) -> Webhook:
    """Have that system called from now on; its secret is in the row, to be shown once."""
    _check(by)
    check_url(new.url, allow_local=allow_local)
    _check_types(new.types)
    of_site = select(func.count()).where(Webhook.site_id == by.site_id, Webhook.deleted_at.is_(None))
    if db.scalars(of_site).one() >= MOST_WEBHOOKS:
        raise InvalidInputError(f"A site has {MOST_WEBHOOKS} webhooks at most.", code="too_many_webhooks")
    organisation = organisation_called(db, by.site_id, new.organisation) if new.organisation else None
    if new.organisation and organisation is None:
        raise InvalidInputError(f"There is no partner called {new.organisation[:60]!r} here.", code="unknown_partner")
    webhook = Webhook(
        site_id=by.site_id,
        organisation_id=organisation.id if organisation else None,
        url=new.url,
        secret=new_secret(),
        types=_sorted(new.types),
        label=new.label,
        created_by=by.person_id,
        created_at=now,
    )
    db.add(webhook)
    db.flush()
    _record(db, webhook, "WebhookAdded", {"after": _shown(webhook)}, by=by, now=now)
    return webhook


def change(
    db: Db, webhook_id: int, wanted: WebhookChange, *, version: int | None, by: Actor, now: datetime, allow_local: bool
) -> Webhook:
    """Change where it is, what it hears of, and whether it is called; raises StaleVersionError."""
    webhook = own(db, webhook_id, by=by)
    if version is not None and webhook.version != version:
        raise StaleVersionError("Somebody changed this webhook since you read it: read it again.")
    before = _shown(webhook)
    if wanted.url is not None:
        check_url(wanted.url, allow_local=allow_local)
        webhook.url = wanted.url
    if wanted.types is not None:
        _check_types(wanted.types)
        webhook.types = _sorted(wanted.types)
    webhook.label = wanted.label or webhook.label
    if wanted.enabled is True and webhook.disabled_at is not None:
        webhook.enable()
    elif wanted.enabled is False and webhook.disabled_at is None:
        webhook.disable("asked", now=now)
    after = _shown(webhook)
    if after != before:
        webhook.version += 1
        _record(db, webhook, "WebhookChanged", {"before": before, "after": after}, by=by, now=now)
    return webhook


def rotate(db: Db, webhook_id: int, *, by: Actor, now: datetime) -> Webhook:
    """Another secret; for a day the one before signs as well, so that the receiver may change over."""
    webhook = own(db, webhook_id, by=by)
    webhook.former_secret, webhook.former_until = webhook.secret, now + BOTH_SIGN
    webhook.secret = new_secret()
    webhook.version += 1
    _record(db, webhook, "WebhookSecretRotated", {}, by=by, now=now)
    return webhook


def take_away(db: Db, webhook_id: int, *, by: Actor, now: datetime) -> None:
    """Call it never again; its log is kept as long as any."""
    webhook = own(db, webhook_id, by=by)
    _record(db, webhook, "WebhookRemoved", {"before": _shown(webhook)}, by=by, now=now)
    if webhook.disabled_at is None:
        webhook.disable("asked", now=now)
    webhook.deleted_at, webhook.secret, webhook.former_secret = now, "", ""


def test(db: Db, webhook_id: int, *, by: Actor, now: datetime) -> WebhookMessage:
    """Queue a message that tells nothing but that it came."""
    webhook = _called(db, webhook_id, by=by)
    data = {"webhook": webhook.id, "label": webhook.label}
    message = WebhookMessage(
        webhook_id=webhook.id, type=TEST, body=body(TEST, now, data), not_before=now, created_at=now
    )
    db.add(message)
    db.flush()
    db.refresh(message)
    return message


def replay(db: Db, webhook_id: int, message_id: int, *, by: Actor, now: datetime) -> WebhookMessage:
    """Send the same bytes once more, under the same webhook-id; raises WrongStateError while it is on its way."""
    webhook = _called(db, webhook_id, by=by)
    message = db.scalars(
        select(WebhookMessage)
        .where(WebhookMessage.id == message_id, WebhookMessage.webhook_id == webhook.id)
        .with_for_update()
    ).first()
    if message is None:
        raise NotFoundError("There is no such message.")
    if message.state in OPEN:
        raise WrongStateError("This message is on its way already.", state=message.state.value)
    message.again(now=now)
    return message


def replay_since(db: Db, webhook_id: int, since: datetime, *, everything: bool, by: Actor, now: datetime) -> int:
    """Send what happened since then and has not arrived, or everything; returns how many messages are queued by it.

    What happened while it was disabled, and was never written, is written now; 10,000 in one go.
    """
    webhook = _called(db, webhook_id, by=by)
    if since < now - KEPT:
        raise InvalidInputError(f"Messages are kept for {KEPT.days} days.", code="too_long_ago")
    states = [MessageState.DEAD.value] + ([MessageState.SENT.value] if everything else [])
    values = {"webhook_id": webhook.id, "since": since, "states": states, "now": now, "most": MOST_REPLAYED}
    queued = len(db.execute(AGAIN, values).all())
    return queued + write_missed(db, webhook.id, since=since, most=MOST_REPLAYED - queued, now=now)


def forget_old(db: Db, *, now: datetime, most: int = 1000) -> int:
    """Drop the oldest of the log after 90 days, long after it was given up; returns how many there were, by pieces."""
    values = {"moment": now - KEPT, "most": most}
    return sum(len(db.execute(statement, values).all()) for statement in FORGET)


def own(db: Db, webhook_id: int, *, by: Actor) -> Webhook:
    """The webhook, locked, for a coordinator of its site."""
    _check(by)
    return Webhook.locked(db, by.site_id, webhook_id)


def _called(db: Db, webhook_id: int, *, by: Actor) -> Webhook:
    webhook = own(db, webhook_id, by=by)
    if webhook.disabled_at is not None:
        raise WrongStateError("This webhook is disabled: enable it first.", state="disabled")
    return webhook


def _check(by: Actor) -> None:
    if not by.is_coordinator:
        raise NotAllowedError("Only a coordinator decides which systems are called.")


def _check_types(types: Sequence[str]) -> None:
    unknown = sorted(set(types) - set(TYPES))
    if unknown:
        raise InvalidInputError(f"There is no event {unknown[0][:60]!r}: see docs/webhooks.md.", code="unknown_type")


def _sorted(types: Sequence[str]) -> list[str]:
    return sorted(set(types), key=TYPES.index)


def _shown(webhook: Webhook) -> dict[str, Any]:
    """As the record shows it; never a secret."""
    return {
        "label": webhook.label,
        "url": webhook.url,
        "types": list(webhook.types),
        "enabled": webhook.disabled_at is None,
    }


def _record(db: Db, webhook: Webhook, type_: str, data: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    told = {"name": webhook.label, **data}
    record_about_house(db, f"webhook:{webhook.id}", type_, told, by=by, now=now)
