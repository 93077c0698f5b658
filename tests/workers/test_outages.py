"""The engines go away and come back: nothing is lost, and whoever waits goes on without being told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from deploy.engines import Engines
from deploy.processes import wait_until
from deploy.valkey import Valkey
from shared import broker
from shared.settings import settings
from shared.store.base import engine
from shared.store.migrate import upgrade
from tests.house import House, furnished
from tests.workers.conftest import Bell
from tests.workers.relaying import WAITING, is_listening, record, running
from workers import relay, waking

SEND, ANNOUNCE = "invitations.send", "invitations.announce"


@pytest.fixture
def own_valkey(bell: Bell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """A Valkey to break, which the bell leads to."""
    valkey = Valkey(tmp_path)
    valkey.start()
    monkeypatch.setenv("REDIS_URL", valkey.url())
    bell.connect(valkey.url())
    yield valkey
    bell.leave()
    valkey.kill()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def own_engines(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engines]:
    """A PostgreSQL to break, migrated, which this process works with; the Valkey stays."""
    engines = Engines(tmp_path / "var")
    url = engines.start().database_url
    upgrade(url)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    settings.cache_clear()
    if engine.cache_info().currsize:
        engine().dispose()  # what the house has open
    engine.cache_clear()
    yield engines
    engine().dispose()
    engine.cache_clear()
    engines.remove()
    monkeypatch.undo()
    settings.cache_clear()


def test_without_valkey_events_are_marked_and_the_tick_stands_in(house: House, bell: Bell, own_valkey: Valkey) -> None:
    waking.wake(SEND)
    own_valkey.kill()
    record(house, "ReservationConfirmed")

    with structlog.testing.capture_logs() as logs:
        assert relay.relay() == 1
        broker.ring()
        broker.is_awake(ANNOUNCE)
    assert {line["event"] for line in logs} == {"broker away, the tick stands in"}
    assert house.rows(WAITING) == []

    own_valkey.start()

    def is_woken() -> bool:
        waking.wake(ANNOUNCE)
        return ANNOUNCE in bell.woken()

    assert wait_until(is_woken, seconds=5)


def test_the_relay_hears_the_bell_again_when_valkey_is_back(house: House, bell: Bell, own_valkey: Valkey) -> None:
    with running():
        assert wait_until(is_listening, seconds=5)
        own_valkey.kill()
        record(house, "ReservationConfirmed")
        assert wait_until(lambda: house.rows(WAITING) == [], seconds=10)
        own_valkey.start()
        assert wait_until(is_listening, seconds=10)
        record(house, "ReservationConfirmed")
        assert wait_until(lambda: ANNOUNCE in bell.woken(), seconds=10)


def test_the_relay_goes_on_after_postgresql_crashed(bell: Bell, own_engines: Engines) -> None:
    house = furnished()
    record(house, "ReservationConfirmed")
    with running():
        assert wait_until(lambda: house.rows(WAITING) == [], seconds=5)
        own_engines.postgres.stop("immediate")
        own_engines.postgres.start()
        bell.lose_messages()
        record(house, "ReservationConfirmed")
        assert wait_until(lambda: house.rows(WAITING) == [], seconds=10)
        assert ANNOUNCE in bell.woken()


def test_a_woken_task_waits_for_postgresql_and_then_works(bell: Bell, own_engines: Engines) -> None:
    assert bell
    inside = furnished()
    own_engines.postgres.stop("immediate")
    with structlog.testing.capture_logs() as logs:
        waking.drain(SEND, lambda: bool(inside.rows("SELECT 1 WHERE false")))
    assert [line["event"] for line in logs] == ["database away or busy, the tick goes on"]
    own_engines.postgres.start()
    seen: list[object] = []
    waking.drain(SEND, lambda: bool(seen.extend(inside.rows("SELECT 1"))))
    assert seen == [(1,)]
