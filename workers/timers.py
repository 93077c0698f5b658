"""The task that does what is due at a time: reminds, escalates, and ends what was held or waited for too long."""

from datetime import UTC, datetime

from shared import broker, holds
from shared.store.base import transaction
from workers.app import app
from workers.waking import drain


@app.task(name="timers.run")
def run() -> None:
    """Do what is due, one timer a transaction; woken twice, the timers are struck already."""
    drain("timers.run", run_one)


def run_one() -> bool:
    with transaction() as db:
        has_run = holds.run_due(db, now=datetime.now(UTC))
    if has_run:
        broker.ring()
    return has_run
