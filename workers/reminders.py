"""The task that writes the reminders that are due."""

from datetime import UTC, datetime

from shared import broker
from shared.invitations.remind import remind_some
from shared.store.base import transaction
from workers.app import app
from workers.waking import drain


@app.task(name="reminders.remind")
def remind() -> None:
    """Remind whoever comes tomorrow; woken twice, nothing is due any more."""
    drain("reminders.remind", remind_batch)


def remind_batch() -> bool:
    with transaction() as db:
        count = remind_some(db, now=datetime.now(UTC))
    if count:
        broker.ring()
    return count > 0
