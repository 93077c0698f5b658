"""The task that drops what nobody needs any more."""

from datetime import UTC, datetime, timedelta

import structlog

from shared.store import idempotency
from shared.store.base import transaction
from workers.app import app

KEYS_LIVE = timedelta(days=7)

log = structlog.get_logger()


@app.task(name="housekeeping.tidy")
def tidy() -> None:
    """Forget idempotency keys after a week."""
    with transaction() as db:
        forgotten = idempotency.forget_before(db, datetime.now(UTC) - KEYS_LIVE)
    log.info("tidied", idempotency_keys=forgotten)
