"""What tests of the workers stand on: an empty Valkey, and a look at the wake-ups that wait in it."""

import json
from collections.abc import Iterator

import pytest
import redis
from kombu import pools

from deploy.engines import Engines
from shared import broker
from shared.settings import settings
from tests.house import House
from tests.post_office import PostOffice
from workers.app import app

QUEUES = ("decide", "mail", "inbox", "publish")


class Bell:
    """The Valkey that everything rings at; `connect` leads this process to one and forgets the one before."""

    def __init__(self) -> None:
        self.url = ""

    def connect(self, url: str) -> None:
        self.leave()
        settings.cache_clear()
        self.url = app.conf.broker_url = url

    def leave(self) -> None:
        if broker.connection.cache_info().currsize:
            broker.connection().close()
        broker.connection.cache_clear()
        if broker._ear.cache_info().currsize:
            broker._ear().close()
        broker._ear.cache_clear()
        pools.reset()
        app._pool = app.amqp._producer_pool = None

    def messages(self) -> list[tuple[str, str, dict[str, object]]]:
        """The wake-ups that no worker took yet: queue, task, headers."""
        with redis.Redis.from_url(self.url) as client:
            found = [(queue, json.loads(raw)["headers"]) for queue in QUEUES for raw in client.lrange(queue, 0, -1)]
        return [(queue, headers["task"], headers) for queue, headers in found]

    def woken(self) -> list[str]:
        return sorted(task for _, task, _ in self.messages())

    def lose_messages(self) -> None:
        """A worker popped them and died: Celery's way to lose a task."""
        with redis.Redis.from_url(self.url) as client:
            client.delete(*QUEUES)


@pytest.fixture
def bell(house: House, engines: Engines, redis_url: str) -> Iterator[Bell]:
    """An empty Valkey; the house is there too."""
    assert house
    engines.flush_valkey()
    bell = Bell()
    bell.connect(redis_url)
    yield bell
    bell.leave()


@pytest.fixture
def post(house: House) -> PostOffice:
    return PostOffice(house)
