"""The task that drops what nobody needs any more."""

from datetime import UTC, datetime, timedelta

import structlog

from shared.calendars.dropping import drop_some
from shared.store import idempotency
from shared.store.base import transaction
from workers.app import app

KEYS_LIVE = timedelta(days=7)

log = structlog.get_logger()


@app.task(name="housekeeping.tidy")
def tidy() -> None:
    """Forget idempotency keys after a week, and drop from calendars what was called off thirty days ago."""
    with transaction() as db:
        forgotten = idempotency.forget_before(db, datetime.now(UTC) - KEYS_LIVE)
    dropped = 0
    while some := _drop():
        dropped += some
    log.info("tidied", idempotency_keys=forgotten, calendar_entries=dropped)


def _drop() -> int:
    with transaction() as db:
        return drop_some(db, now=datetime.now(UTC))
