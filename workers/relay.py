"""The relay: hands recorded events to the tasks that follow from them, when the bell rings and each second anyway.

Killed between the wake-ups and its commit, it wakes the same tasks again; they find nothing left to do. What others are
told by webhooks is written with the note that an event was handed on, and so exactly once.
"""

import signal
import threading
import time
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from types import FrameType

import redis
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared import broker, log
from shared.store.base import engine, transaction
from shared.webhooks.fan_out import mark_relayed
from workers.subscriptions import tasks_for
from workers.waking import wake

TICK = 1.0
MOMENT = 0.05
BATCH = 2000

TAKE = text("SELECT id, type FROM event WHERE relayed_at IS NULL ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED")
WEBHOOKS = "webhooks.send"

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
    while not stop.is_set():
        woken = listen()
        try:
            while relay(woken) == BATCH:
                pass
        except DBAPIError as error:
            logger.warning("database away, the next tick tries again", error=str(error.orig)[:200])
            engine().dispose()
            stop.wait(TICK)


def relay(woken: AbstractSet[str] = frozenset()) -> int:
    """Wake what follows from the events not relayed yet, but for what was just woken; returns how many there were."""
    with transaction() as db:
        rows = db.execute(TAKE, {"batch": BATCH}).all()
        for task in sorted({task for row in rows for task in tasks_for(row.type)} - woken):
            wake(task)
        messages = mark_relayed(db, [row.id for row in rows], now=datetime.now(UTC)) if rows else 0
    if messages:  # after the commit: before it there is nothing to send
        wake(WEBHOOKS)
    return len(rows)


def listen() -> set[str]:
    """Return a moment after the bell rang, or after a tick: the tasks that were woken meanwhile by an event's name.

    The moment lets many rings be one reading of the book; whoever somebody waits for is woken without it. A broker that
    is away makes it only slower.
    """
    woken: set[str] = set()
    end = time.monotonic() + TICK
    try:
        while (left := end - time.monotonic()) > 0:
            event = broker.hear(left)
            if event is None:
                break
            end = min(end, time.monotonic() + MOMENT)
            for task in tasks_for(event) if event else ():
                wake(task)
                woken.add(task)
    except redis.RedisError as error:
        logger.warning("broker away, ticking without it", error=type(error).__name__)
        threading.Event().wait(TICK)
    return woken


if __name__ == "__main__":
    main()
