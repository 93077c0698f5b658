"""The task that tells owners what came back to their invitations."""

from datetime import UTC, datetime

from shared import broker
from shared.answering.reporting import report_some
from shared.store.base import transaction
from workers.app import app
from workers.waking import drain


@app.task(name="answers.report")
def report() -> None:
    """Write the digests that are due; woken twice, none is due any more."""
    drain("answers.report", report_batch)


def report_batch() -> bool:
    with transaction() as db:
        count = report_some(db, now=datetime.now(UTC))
    if count:
        broker.ring()
    return count > 0
