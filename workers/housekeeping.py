"""The task that drops what nobody needs any more."""

from datetime import UTC, datetime, timedelta

import structlog

from shared.inbox import keeping
from shared.store import idempotency
from shared.store.base import transaction
from workers.app import app

KEYS_LIVE = timedelta(days=7)

log = structlog.get_logger()


@app.task(name="housekeeping.tidy")
def tidy() -> None:
    """Forget idempotency keys after a week, and mails that came in after 90 days."""
    with transaction() as db:
        forgotten = idempotency.forget_before(db, datetime.now(UTC) - KEYS_LIVE)
    log.info("tidied", idempotency_keys=forgotten, mails=forget_mails())


def forget_mails() -> int:
    """In pieces, so that no transaction is long; how many there were."""
    count = 0
    while True:
        with transaction() as db:
            forgotten = keeping.forget_old(db, now=datetime.now(UTC))
        count += forgotten
        if forgotten < keeping.MOST:
            return count
