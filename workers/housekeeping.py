"""The task that drops what nobody needs any more."""

from datetime import UTC, datetime, timedelta

import structlog

from shared.store import idempotency
from shared.store.base import transaction
from shared.webhooks import keeping
from workers.app import app

KEYS_LIVE = timedelta(days=7)

log = structlog.get_logger()


@app.task(name="housekeeping.tidy")
def tidy() -> None:
    """Forget idempotency keys after a week, and what others were told by webhooks after three months."""
    now = datetime.now(UTC)
    with transaction() as db:
        forgotten = idempotency.forget_before(db, now - KEYS_LIVE)
    with transaction() as db:
        messages = keeping.forget_before(db, now - keeping.KEPT)
    log.info("tidied", idempotency_keys=forgotten, webhook_messages=messages)
