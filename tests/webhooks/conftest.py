"""What tests of webhooks stand on: a house, a receiver that it calls, and leave to call this machine."""

from collections.abc import Iterator

import pytest

from shared.settings import settings
from tests.house import House
from tests.webhooks.listening import Listening
from tests.webhooks.receiver import Receiver


@pytest.fixture
def local(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Webhooks may be on this machine."""
    assert house
    monkeypatch.setenv("WEBHOOKS_ALLOW_LOCAL", "true")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def listening(house: House, receiver: Receiver, local: None) -> Listening:
    """A webhook of the house that hears of everything."""
    assert local is None
    return Listening(house, receiver)
