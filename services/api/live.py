"""What an API process does beside answering: it rings the bell after commits, and hears which requests are decided."""

import asyncio
import contextlib
from collections import OrderedDict, defaultdict

import redis.asyncio as redis
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared import broker
from shared.domain.events import MoveRequested, ReservationRequested
from shared.settings import settings
from shared.store.base import transaction

TICK = 1.0
REMEMBERED = 10_000

STILL_WAITING = text("SELECT id FROM reservation WHERE id = ANY(:ids) AND turn IS NOT NULL")

log = structlog.get_logger()


class Bell:
    """Rings off the request's path; one ring under way stands for all that were asked for meanwhile."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._events: set[str] = set()
        self._loop = asyncio.get_running_loop()

    def ring_soon(self, event: str = "") -> None:
        """Ring, with the name of an event whose consequence somebody waits for; callable from any thread."""
        self._loop.call_soon_threadsafe(self._ask, event)

    def for_requests(self) -> None:
        """There are new requests, and people who wait for an answer."""
        self.ring_soon(ReservationRequested.__name__)

    def for_moves(self) -> None:
        self.ring_soon(MoveRequested.__name__)

    def _ask(self, event: str) -> None:
        self._events.add(event)
        self._asked.set()

    async def run(self) -> None:
        async with _connection() as connection:
            while True:
                await self._asked.wait()
                self._asked.clear()
                events, self._events = self._events, set()
                try:
                    rings = connection.pipeline(transaction=False)
                    rings.lpush(broker.BELL, *events)
                    rings.ltrim(broker.BELL, 0, broker.MOST_RINGS - 1)
                    await rings.execute()
                except redis.RedisError as error:
                    log.warning("broker away, the tick stands in", error=type(error).__name__)


class Decisions:
    """Lets a request wait for a decision: woken by hints, and looking for itself each second when none comes."""

    def __init__(self) -> None:
        self._waiting: defaultdict[int, set[asyncio.Future[None]]] = defaultdict(set)
        self._recent: OrderedDict[int, None] = OrderedDict()

    async def wait(self, reservation_id: int, seconds: float) -> None:
        """Return when nothing of that reservation waits to be decided any more, or after so many seconds."""
        if reservation_id in self._recent:
            return  # the hint came before its request got here
        future = asyncio.get_running_loop().create_future()
        self._waiting[reservation_id].add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            pass  # not an error: the answer then says that it still waits
        finally:
            self._waiting[reservation_id].discard(future)
            if not self._waiting[reservation_id]:
                del self._waiting[reservation_id]

    def will_change(self, reservation_id: int) -> None:
        """A new question about a known reservation: what was heard of it before no longer counts."""
        self._recent.pop(reservation_id, None)

    async def listen(self) -> None:
        """Hear the hints of the deciders; without a broker, only the looking remains."""
        while True:
            try:
                async with (
                    _connection() as connection,
                    connection.pubsub(ignore_subscribe_messages=True) as subscription,
                ):
                    await subscription.subscribe(broker.DECIDED)
                    async for message in subscription.listen():
                        self._heard([int(id_) for id_ in message["data"].split(b",")])
            except redis.RedisError as error:
                log.warning("broker away, looking each second", error=type(error).__name__)
                await asyncio.sleep(TICK)

    async def look(self) -> None:
        """Each second, ask the book about all that are waited for: hints may be lost."""
        while True:
            await asyncio.sleep(TICK)
            asked = list(self._waiting)
            if not asked:
                continue
            with contextlib.suppress(DBAPIError):  # away for now; the next look tells
                still = await asyncio.to_thread(_still_waiting, asked)
                self._heard([id_ for id_ in asked if id_ not in still])

    def _heard(self, ids: list[int]) -> None:
        for id_ in ids:
            self._recent[id_] = None
            for future in self._waiting.get(id_, ()):
                if not future.done():
                    future.set_result(None)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)


def _still_waiting(ids: list[int]) -> set[int]:
    with transaction() as db:
        return set(db.scalars(STILL_WAITING, {"ids": ids}))


def _connection() -> redis.Redis:
    return redis.Redis.from_url(
        settings().redis_url.get_secret_value(),
        socket_connect_timeout=1,
        socket_keepalive=True,
        health_check_interval=5,
    )
