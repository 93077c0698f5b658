"""How tasks are woken, and how a woken task drains what waits for it, a bounded piece at a time."""

import time
from collections.abc import Callable

import redis
import structlog
from kombu.exceptions import OperationalError
from sqlalchemy.exc import DBAPIError

from shared import broker
from shared.store.base import engine
from workers.app import STALE, app

# no task works longer in one go: a worker that is told to stop has to come to an end
PIECE = 5.0

log = structlog.get_logger()


def wake(task: str) -> None:
    """Send one wake-up, unless one is waiting already; a broker that is away is the tick's business."""
    try:
        if broker.may_wake(task):
            app.send_task(task, expires=STALE)
    except (redis.RedisError, OperationalError) as error:
        log.warning("broker away, the tick stands in", task=task, error=type(error).__name__)


def drain(task: str, do_some: Callable[[], bool]) -> None:
    """Call `do_some` until it finds nothing to do, or until the piece is over and the rest is woken anew.

    A database that is away ends the piece: the next tick goes on, with fresh connections.
    """
    broker.is_awake(task)
    end = time.monotonic() + PIECE
    try:
        while do_some():
            if time.monotonic() > end:
                wake(task)
                return
    except DBAPIError as error:
        log.warning("database away or busy, the tick goes on", task=task, error=str(error.orig)[:200])
        engine().dispose()
