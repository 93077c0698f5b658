"""The task that drops what nobody needs any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from shared.attendant.cancelling import forget_held
from shared.calendars.dropping import drop_some
from shared.inbox import keeping as inbox
from shared.store import idempotency
from shared.store.base import transaction
from shared.webhooks import keeping as webhooks
from workers.app import app

KEYS_LIVE = timedelta(days=7)

log = structlog.get_logger()


@app.task(name="housekeeping.tidy")
def tidy() -> None:
    """Forget keys after a week, mails and what webhooks told after 90 days, what was called off after thirty."""
    with transaction() as db:
        forgotten = idempotency.forget_before(db, datetime.now(UTC) - KEYS_LIVE)
    log.info(
        "tidied",
        idempotency_keys=forgotten,
        mails=_in_pieces(inbox.forget_old),
        calendar_entries=_in_pieces(drop_some),
        webhook_messages=_in_pieces(webhooks.forget_old),
        held_cancellations=_in_pieces(forget_held),
    )


def _in_pieces(drop: Callable[..., int]) -> int:
    """Until nothing is left, each piece in a transaction of its own, so that none is long; how many there were."""
    count = 0
    while True:
        with transaction() as db:
            dropped = drop(db, now=datetime.now(UTC))
        count += dropped
        if not dropped:
            return count
