"""Redis or Valkey, the bell: hints that something waits. Whatever it loses, the next tick finds in PostgreSQL."""

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

import redis
import structlog

from shared.settings import settings

BELL = "creneau:bell"
DECIDED = "creneau:decided"
ASLEEP_MS = 1000
LONGEST_LISTENING = 5
# a bell that nobody hears is not rung for ever
MOST_RINGS = 20

log = structlog.get_logger()


@lru_cache
def connection() -> redis.Redis:
    """The connection of this process; short timeouts, for nobody may wait long for a hint."""
    return _connect(socket_timeout=1)


@lru_cache
def _ear() -> redis.Redis:
    """A connection of its own for listening, which takes longer than anything else."""
    return _connect(socket_timeout=LONGEST_LISTENING)


def ring(event: str = "") -> None:
    """Tell the relay that there are new events; lost, its tick finds them.

    With the name of an event that somebody waits for, the tasks that follow from it are woken before anything is read.
    """
    try:
        rings = connection().pipeline(transaction=False)
        rings.lpush(BELL, event)
        rings.ltrim(BELL, 0, MOST_RINGS - 1)
        rings.execute()
    except redis.RedisError as error:
        log.warning("broker away, the tick stands in", error=type(error).__name__)


def hear(seconds: float) -> str | None:
    """The next ring, or None when there is none for so long; raises redis.RedisError."""
    # 0 would be for ever; the client gives bytes, whatever its annotation allows for
    heard = cast("list[bytes] | None", _ear().blpop([BELL], timeout=min(max(seconds, 0.001), LONGEST_LISTENING - 1)))
    return heard[1].decode() if heard else None


def tell_decided(ids: Iterable[int]) -> None:
    """Tell whoever waits that these reservations are decided; lost, they look for themselves each second."""
    try:
        connection().publish(DECIDED, ",".join(map(str, ids)))
    except redis.RedisError as error:
        log.warning("broker away, the tick stands in", error=type(error).__name__)


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


def _connect(*, socket_timeout: float) -> redis.Redis:
    return redis.Redis.from_url(
        settings().redis_url.get_secret_value(),
        socket_timeout=socket_timeout,
        socket_connect_timeout=1,
        socket_keepalive=True,
        health_check_interval=5,
    )
