"""The ledger of messages: leased, written, sent, and tried again on the schedule of Standard Webhooks.

    queued → sending (lease, token) → sent | queued again | dead

Guards. Killed while sending, the lease ends and the same bytes go out under the same webhook-id, which receivers
deduplicate. Whoever lost the lease says nothing any more. Of each webhook one message is on its way at a time, and one
that failed is left alone for a moment, so that who is slow or away holds up nobody else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Row, text

from shared.store.base import Db
from shared.store.outbox import Actor, record_about_house
from shared.store.webhooks import Webhook
from shared.webhooks.payload import written
from shared.webhooks.posting import Answer

LEASE = timedelta(seconds=60)
# Standard Webhooks, 'Deliverability and reliability': ten attempts within a little more than three days
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
JITTER = 0.2
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
MOST_FAILING = timedelta(days=5)

CLAIM = text("""
WITH due AS (
    SELECT message.id FROM webhook AS w CROSS JOIN LATERAL (
        SELECT m.id, m.not_before FROM webhook_message AS m
        WHERE m.webhook_id = w.id AND m.state IN ('queued', 'sending') AND m.not_before <= :now
          AND (m.state = 'queued' OR m.lease_until < :now)
        ORDER BY m.not_before, m.id LIMIT 1 FOR UPDATE SKIP LOCKED) AS message
    WHERE w.disabled_at IS NULL AND (w.paused_until IS NULL OR w.paused_until <= :now)
      AND NOT EXISTS (SELECT FROM webhook_message AS busy WHERE busy.webhook_id = w.id
                      AND busy.state = 'sending' AND busy.lease_until >= :now)
    ORDER BY message.not_before, message.id LIMIT :most)
UPDATE webhook_message AS m SET state = 'sending', lease = :token, lease_until = :until, attempts = attempts + 1
FROM due, webhook AS w WHERE m.id = due.id AND w.id = m.webhook_id
RETURNING m.id, m.webhook_id, m.key, m.body, m.attempts, w.url, w.secret, w.former_secret, w.former_until
""")
STORE = text("UPDATE webhook_message SET body = :body WHERE id = :id AND lease = :token AND body IS NULL")
SETTLE = text("""
UPDATE webhook_message SET state = :state, lease = NULL, lease_until = NULL, last_answer = :answer,
    not_before = :not_before, sent_at = :sent_at
WHERE id = :id AND lease = :token RETURNING id
""")
WELL = text(
    "UPDATE webhook SET failures = 0, failing_since = NULL, paused_until = NULL WHERE id = :id AND failures > 0"
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased message with its bytes and the secrets that sign it."""

    id: int
    token: UUID
    webhook_id: int
    url: str
    key: UUID
    body: bytes
    secrets: tuple[str, ...]
    attempts: int


def claim(db: Db, *, now: datetime, most: int) -> list[Parcel]:
    """Lease one message each of up to `most` webhooks, and write those that never left. The caller commits.

    One that cannot be written is dead at once: no retry would change it.
    """
    token = uuid4()
    rows = db.execute(CLAIM, {"now": now, "until": now + LEASE, "token": token, "most": most}).all()
    bodies = {row.id: bytes(row.body) for row in rows if row.body is not None}
    new = written(db, [row.id for row in rows if row.body is None])
    if new:
        db.execute(STORE, [{"id": id_, "body": body, "token": token} for id_, body in new.items()])
    bodies |= new
    for row in rows:
        if row.id not in bodies:
            dead = {"state": "dead", "answer": "cannot be written", "not_before": now, "sent_at": None}
            db.execute(SETTLE, dead | {"id": row.id, "token": token})
    return [_parcel(row, token, bodies[row.id], now) for row in rows if row.id in bodies]


def settle(db: Db, parcel: Parcel, answer: Answer, *, now: datetime) -> None:
    """Note what came of an attempt: it arrived, is tried later, or is given up; 410 and days of failures disable."""
    webhook = None if answer.is_success else db.get(Webhook, parcel.webhook_id, with_for_update={"key_share": True})
    pause = None if answer.is_gone else pause_after(parcel, answer)
    values = {"id": parcel.id, "token": parcel.token, "answer": answer.words, "not_before": now, "sent_at": None}
    if answer.is_success:
        values |= {"state": "sent", "sent_at": now}
    elif pause is None:
        values |= {"state": "dead"}
    else:
        values |= {"state": "queued", "not_before": now + pause}
    if db.scalars(SETTLE, values).first() is None:
        log.warning("another worker took this message over", message=parcel.id)
    elif webhook is None:
        db.execute(WELL, {"id": parcel.webhook_id})
    else:
        _note_failure(db, webhook, answer, now=now)


def pause_after(parcel: Parcel, answer: Answer) -> timedelta | None:
    """How long this message waits now, None when it was tried often enough.

    The jitter comes from its key: endpoints that failed together are not called together again, and a decision that is
    taken twice is the same.
    """
    if parcel.attempts > len(PAUSES):
        return None
    share = (parcel.key.int + parcel.attempts * 617) % 1000 / 1000
    pause = PAUSES[parcel.attempts - 1] * (1 + JITTER * share)
    return max(pause, answer.retry_after or pause)


def _note_failure(db: Db, webhook: Webhook, answer: Answer, *, now: datetime) -> None:
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    rest = min(FIRST_REST * 2 ** min(webhook.failures - 1, 10), LONGEST_REST)
    webhook.paused_until = now + max(rest, answer.retry_after or rest)
    if webhook.disabled_at is not None:
        return  # while this was on its way
    if answer.is_gone:
        _disable(db, webhook, "gone", answer, now=now)
    elif now - webhook.failing_since >= MOST_FAILING:
        _disable(db, webhook, "failing", answer, now=now)


def _disable(db: Db, webhook: Webhook, reason: str, answer: Answer, *, now: datetime) -> None:
    """Créneau itself gives up, where coordinators read it: on the record, in the list, in the doctor's findings."""
    webhook.disable(reason, now=now)
    by = Actor(None, webhook.site_id)
    data = {"name": webhook.label, "kind": reason}
    record_about_house(db, f"webhook:{webhook.id}", "WebhookDisabled", data, by=by, now=now, reason=answer.words)
    log.warning("a webhook is called no more", webhook=webhook.id, why=reason)


def _parcel(row: Row[Any], token: UUID, body: bytes, now: datetime) -> Parcel:
    is_kept = bool(row.former_secret) and row.former_until > now
    keys = (row.secret, row.former_secret) if is_kept else (row.secret,)
    return Parcel(row.id, token, row.webhook_id, row.url, row.key, body, keys, row.attempts)
