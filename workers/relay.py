"""The relay: hands recorded events to the tasks that follow from them, when the bell rings and each second anyway.

Killed between the wake-ups and its commit, it wakes the same tasks again; they find nothing left to do.
"""

import signal
import threading
from datetime import UTC, datetime
from types import FrameType

import redis
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared import broker, log
from shared.store.base import engine, transaction
from workers.subscriptions import tasks_for
from workers.waking import wake

TICK = 1.0
BATCH = 2000

TAKE = text("SELECT id, type FROM event WHERE relayed_at IS NULL ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED")
MARK = text("UPDATE event SET relayed_at = :now WHERE id = ANY(:ids)")

logger = structlog.get_logger()


def main() -> None:
    log.configure("relay")
    stop = threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    logger.info("relay listens")
    run(stop)


def run(stop: threading.Event) -> None:
    """Relay until told to stop."""
    ear = Ear()
    while not stop.is_set():
        ear.wait()
        try:
            while relay() == BATCH:
                pass
        except DBAPIError as error:
            logger.warning("database away, the next tick tries again", error=str(error.orig)[:200])
            engine().dispose()
            stop.wait(TICK)
    ear.close()


def relay() -> int:
    """Wake what follows from the events not relayed yet; returns how many there were."""
    with transaction() as db:
        rows = db.execute(TAKE, {"batch": BATCH}).all()
        for task in sorted({task for row in rows for task in tasks_for(row.type)}):
            wake(task)
        if rows:
            db.execute(MARK, {"ids": [row.id for row in rows], "now": datetime.now(UTC)})
    return len(rows)


class Ear:
    """Hears the bell, or gives up after a tick; a broker that is away makes it only slower."""

    def __init__(self) -> None:
        self._subscription: redis.client.PubSub | None = None

    def wait(self) -> None:
        """Return when the bell rang since the last call, or after a tick."""
        try:
            if self._subscription is None:
                self._subscription = broker.connection().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # redis-py
                self._subscription.subscribe(broker.BELL)
            if self._subscription.get_message(timeout=TICK):
                # many rings are one: what was recorded until now is read in one go
                while self._subscription.get_message(timeout=0):
                    pass
        except redis.RedisError as error:
            logger.warning("broker away, ticking without it", error=type(error).__name__)
            self.close()
            threading.Event().wait(TICK)

    def close(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None


if __name__ == "__main__":
    main()
