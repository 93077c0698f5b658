"""Redis or Valkey, the bell: hints that something waits. Whatever it loses, the next tick finds in PostgreSQL."""

from collections.abc import Iterable
from functools import lru_cache

import redis
import structlog

from shared.settings import settings

BELL = "creneau:bell"
DECIDED = "creneau:decided"
ASLEEP_MS = 1000

log = structlog.get_logger()


@lru_cache
def connection() -> redis.Redis:
    """The connection of this process; short timeouts, for nobody may wait long for a hint."""
    return redis.Redis.from_url(
        settings().redis_url.get_secret_value(),
        socket_timeout=1,
        socket_connect_timeout=1,
        socket_keepalive=True,
        health_check_interval=5,
    )


def ring() -> None:
    """Tell the relay that there are new events; lost, its tick finds them."""
    _hint(BELL, "")


def tell_decided(ids: Iterable[int]) -> None:
    """Tell whoever waits that these reservations are decided; lost, they look for themselves each second."""
    _hint(DECIDED, ",".join(map(str, ids)))


def may_wake(task: str) -> bool:
    """Whether a wake-up for that task should go out: one that still waits in its queue is enough.

    The mark ends by itself, so that a wake-up which was lost holds up the task for a second at most.
    """
    return bool(connection().set(f"creneau:woken:{task}", 1, nx=True, px=ASLEEP_MS))


def is_awake(task: str) -> None:
    """The task has begun: what comes from now on needs a new wake-up."""
    try:
        connection().delete(f"creneau:woken:{task}")
    except redis.RedisError as error:
        log.warning("broker away, the tick stands in", error=type(error).__name__)


def _hint(channel: str, message: str) -> None:
    try:
        connection().publish(channel, message)
    except redis.RedisError as error:
        log.warning("broker away, the tick stands in", error=type(error).__name__)
