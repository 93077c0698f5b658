"""The task that publishes: what changed is rendered once, for everybody who subscribes to a calendar."""

from datetime import UTC, datetime

from shared.calendars.publishing import publish_some
from shared.store.base import transaction
from workers.app import app
from workers.waking import drain


@app.task(name="calendars.publish")
def publish() -> None:
    """Publish what is marked; woken twice, it finds the site's calendar held, or nothing marked."""
    drain("calendars.publish", publish_batch)


def publish_batch() -> bool:
    with transaction() as db:
        return publish_some(db, now=datetime.now(UTC)) > 0
