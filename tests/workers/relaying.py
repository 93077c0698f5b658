"""A relay that runs in a thread, and events for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from shared import broker
from shared.store.outbox import EventRow
from tests.house import House
from workers import relay

WAITING = "SELECT 1 FROM event WHERE relayed_at IS NULL"


@contextmanager
def running() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    yield
    stop.set()
    broker.ring()  # it need not wait out its tick
    thread.join(10)
    assert not thread.is_alive()


def is_listening() -> bool:
    try:
        return int(broker.connection().info("clients")["blocked_clients"]) == 1
    except redis.RedisError:
        return False


def record(house: House, *types: str) -> None:
    """Events as a process wrote them, of a reservation that exists."""
    [[reservation]] = house.rows("SELECT min(id) FROM reservation")
    if reservation is None:
        reservation = house.ask("flexi-16")
        house.rows("DELETE FROM event RETURNING 1")
    with house.book() as db:
        for type_ in types:
            db.add(
                EventRow(
                    site_id=house.site_id,
                    reservation_id=reservation,
                    type=type_,
                    data={},
                    correlation_id="",
                    recorded_at=house.now,
                )
            )
