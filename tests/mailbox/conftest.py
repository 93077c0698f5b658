"""The listener, running in a thread on a free port, as mail servers meet it."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, Self

import pytest

from services.mailbox.doors import Door
from services.mailbox.listening import Listener
from services.mailbox.ringing import Ringing
from shared import broker
from tests.house import House


class Running:
    """A listener with one door, until the end of the block."""

    def __init__(self, protocol: Literal["lmtp", "smtp"]) -> None:
        self.rings = 0
        self._protocol = protocol
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """As SIGTERM does it; a second time changes nothing."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        assert not self._thread.is_alive()

    async def _run(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        ringing = Ringing()
        bell = asyncio.create_task(ringing.run())
        self.listener = Listener(ringing)
        [door] = await self.listener.open([Door(self._protocol, "127.0.0.1", 0)])
        self.port = door.port
        self._started.set()
        await self._stop.wait()
        await self.listener.close()
        bell.cancel()


class Wire:
    """A connection on which one may say what no library would."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._file = self.socket.makefile("rb")
        self.greeting = self.hear()

    def say(self, *lines: bytes) -> None:
        self.socket.sendall(b"".join(line + b"\r\n" for line in lines))

    def ask(self, line: bytes) -> str:
        self.say(line)
        return self.hear()

    def hear(self) -> str:
        """One answer, its lines joined; '' when the other side has hung up."""
        lines = []
        while line := self._file.readline():
            lines.append(line.decode().rstrip())
            if line[3:4] != b"-":
                break
        return "\n".join(lines)

    def close(self) -> None:
        self._file.close()
        self.socket.close()


Listen = Callable[..., Running]


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the bell was rung for."""
    rung: list[str] = []
    monkeypatch.setattr(broker, "ring", rung.append)
    return rung


@pytest.fixture
def lmtp(house: House, rings: list[str]) -> Iterator[Running]:
    assert house
    assert rings == []
    with Running("lmtp") as running:
        yield running


@pytest.fixture
def smtp(house: House, rings: list[str]) -> Iterator[Running]:
    assert house
    assert rings == []
    with Running("smtp") as running:
        yield running


@contextmanager
def client(running: Running, kind: type[smtplib.SMTP] = smtplib.LMTP) -> Iterator[smtplib.SMTP]:
    """Somebody's mail server."""
    with kind("127.0.0.1", running.port, timeout=20) as session:
        yield session


@contextmanager
def wire(running: Running) -> Iterator[Wire]:
    connection = Wire(running.port)
    try:
        yield connection
    finally:
        connection.close()


def mails(house: House) -> list[Any]:
    return house.rows("SELECT * FROM inbound_mail ORDER BY id")
