"""A real SMTP server for tests that keeps what it gets and misbehaves as told, in a thread or as a process of its own.

`python -m tests.mail.server --folder DIR --port 0 --script mixture --seed 1` prints its port and serves until SIGTERM.
"""

import argparse
import asyncio
import random
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Behaviour(StrEnum):
    """What the server does to one message; REFUSE cuts the connection, at its opening or before MAIL is answered."""

    OK = "ok"
    RCPT_4XX = "rcpt-4xx"
    DATA_4XX = "data-4xx"
    RCPT_5XX = "rcpt-5xx"
    DATA_5XX = "data-5xx"
    HANG = "hang"  # keeps the message, then answers late
    DROP_BEFORE_DOT = "drop-before-dot"
    DROP_AFTER_DOT = "drop-after-dot"  # keeps the message, never answers
    REFUSE = "refuse"


FINAL = {Behaviour.RCPT_5XX, Behaviour.DATA_5XX}
ANSWERS = {
    Behaviour.RCPT_4XX: "450 4.2.1 Mailbox busy",
    Behaviour.RCPT_5XX: "550 5.1.1 No such user",
    Behaviour.DATA_4XX: "451 4.3.0 Try again later",
    Behaviour.DATA_5XX: "554 5.7.1 Message refused",
}
SENDER_LINE, RECIPIENT_LINE = b"Return-Path: <", b"Delivered-To: "


@dataclass(frozen=True)
class Kept:
    """One accepted message: the envelope and the bytes as they came, dots unstuffed."""

    sender: str
    recipient: str
    content: bytes


def script(*first: Behaviour, then: Behaviour = Behaviour.OK) -> Iterator[Behaviour]:
    """These behaviours, one for each message or refused connection, then always the last one."""
    return chain(first, repeat(then))


def mixture(seed: int, ok_share: float = 0.6, *, passing: bool = False) -> Iterator[Behaviour]:
    """An endless, repeatable mixture: `ok_share` of the messages pass, the others share all that can go wrong.

    With `passing` nothing goes wrong for good: each message is taken in the end, if it is tried often enough.
    """
    chance = random.Random(seed)
    troubles = [b for b in Behaviour if b is not Behaviour.OK and not (passing and b in FINAL)]
    while True:
        yield Behaviour.OK if chance.random() < ok_share else chance.choice(troubles)


class MailServer(Controller):
    """Listens on loopback; `port` is known after `start()`; `messages` may be read from any thread.

    `behaviours` says what happens to each message, `hang_seconds` how long HANG takes, `folder` keeps messages in a
    maildir instead of memory; other arguments go to aiosmtpd.smtp.SMTP (`authenticator`, `tls_context`...).
    """

    def __init__(
        self,
        behaviours: Iterator[Behaviour] | None = None,
        *,
        port: int = 0,
        hang_seconds: float = 1.0,
        folder: Path | None = None,
        **smtp: Any,
    ) -> None:
        self.behaviours = behaviours or script()
        self.hang_seconds = hang_seconds
        self.connections = 0  # opened since the start
        self.open_connections: set[_Connection] = set()
        self._next: Behaviour | None = None
        self._kept: list[Kept] = []
        self._folder = folder
        self._is_serving = False
        if folder:
            for part in ("tmp", "new", "cur"):
                (folder / part).mkdir(parents=True, exist_ok=True)
        super().__init__(_Handler(self), hostname="127.0.0.1", port=port, server_hostname="mail.test", **smtp)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[Kept]:
        """Everything kept so far, oldest first."""
        return read_folder(self._folder) if self._folder else list(self._kept)

    def factory(self) -> SMTP:
        return _Connection(self, self.handler, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:  # the signature is aiosmtpd's
        self._is_serving = False
        if self._thread is not None:
            self.hang_up(refuse_more=True)
        super().stop(no_assert)

    def hang_up(self, *, refuse_more: bool = False) -> None:
        """Close every open connection, as a server does with idle ones, and wait until they are closed."""
        asyncio.run_coroutine_threadsafe(self._hang_up(refuse_more), self.loop).result(10)

    def keep(self, kept: Kept) -> None:
        if self._folder is None:
            self._kept.append(kept)  # one append is atomic: no lock
            return
        name = f"{time.time_ns()}.{secrets.token_hex(8)}"  # so that sorted names are the order of arrival
        head = SENDER_LINE + kept.sender.encode() + b">\r\n" + RECIPIENT_LINE + kept.recipient.encode() + b"\r\n"
        (self._folder / "tmp" / name).write_bytes(head + kept.content)
        (self._folder / "tmp" / name).rename(self._folder / "new" / name)

    def refuses_connection(self) -> bool:
        if not self._is_serving:  # aiosmtpd's own trial connection is not in the script
            return False
        self.connections += 1
        self._next = self._next or next(self.behaviours)
        return self.next_behaviour() is Behaviour.REFUSE if self._next is Behaviour.REFUSE else False

    def next_behaviour(self) -> Behaviour:
        behaviour, self._next = self._next or next(self.behaviours), None
        return behaviour

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it was just started
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd is half typed
        self._is_serving = True

    async def _hang_up(self, refuse_more: bool) -> None:  # private, named at its one call
        if refuse_more:
            self.server.close()  # type: ignore[union-attr]  # it is running: this is its loop
        while self.open_connections:
            for connection in list(self.open_connections):
                if connection.transport is not None:
                    connection.transport.close()
            await asyncio.sleep(0)


class _Connection(SMTP):
    def __init__(self, server: MailServer, *args: Any, **kwargs: Any) -> None:
        self.server, self.behaviour = server, Behaviour.OK
        super().__init__(*args, **kwargs)

    def connection_made(self, transport: Any) -> None:
        starts_tls = self._original_transport is not None
        super().connection_made(transport)
        self.server.open_connections.add(self)
        if not starts_tls and self.server.refuses_connection():
            transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        # asyncio closes the socket right after this call: counted as open until the client can see it
        self.loop.call_soon(self.server.open_connections.discard, self)

    def cut(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def push(self, status: Any) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        await super().push(status)
        if self.behaviour is Behaviour.DROP_BEFORE_DOT and str(status).startswith("354"):
            self.transport.close()


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_MAIL(  # noqa: N802  # the name is aiosmtpd's
        self, smtp: _Connection, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        smtp.behaviour = self.server.next_behaviour()
        if smtp.behaviour is Behaviour.REFUSE:
            smtp.cut()
        envelope.mail_from = address  # "<>" for the null sender: aiosmtpd takes an empty one for none
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # the name and signature are aiosmtpd's
        self, smtp: _Connection, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if smtp.behaviour in {Behaviour.RCPT_4XX, Behaviour.RCPT_5XX}:
            return ANSWERS[smtp.behaviour]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the name is aiosmtpd's
        self, smtp: _Connection, _session: Session, envelope: Envelope
    ) -> str:
        if smtp.behaviour in {Behaviour.DATA_4XX, Behaviour.DATA_5XX}:
            return ANSWERS[smtp.behaviour]
        for recipient in envelope.rcpt_tos:
            self.server.keep(
                Kept((envelope.mail_from or "").removeprefix("<>"), recipient, envelope.original_content or b"")
            )
        if smtp.behaviour is Behaviour.HANG:
            await asyncio.sleep(self.server.hang_seconds)
        if smtp.behaviour is Behaviour.DROP_AFTER_DOT:
            smtp.cut()
        return f"250 2.0.0 Ok: queued as {len(self.server._kept)}"


def read_folder(folder: Path) -> list[Kept]:
    """What a server process has kept in its maildir so far, oldest first."""
    return [kept_in(path.read_bytes()) for path in sorted((folder / "new").iterdir())]


def kept_in(file: bytes) -> Kept:
    """One file of that maildir."""
    sender, recipient, content = file.split(b"\r\n", 2)
    return Kept(
        sender.removeprefix(SENDER_LINE).removesuffix(b">").decode(),
        recipient.removeprefix(RECIPIENT_LINE).decode(),
        content,
    )


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mail.server", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", choices=["mixture", "passing", *Behaviour], default="ok")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ok-share", type=float, default=0.6)
    parser.add_argument("--hang-seconds", type=float, default=1.0)
    given = parser.parse_args(arguments)
    if given.script in {"mixture", "passing"}:
        behaviours = mixture(given.seed, given.ok_share, passing=given.script == "passing")
    else:
        behaviours = script(then=Behaviour(given.script))
    until = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, until)  # before the server's thread starts, which inherits it
    server = MailServer(behaviours, port=given.port, hang_seconds=given.hang_seconds, folder=given.folder)
    with server:
        print(server.port, flush=True)  # noqa: T201  # the starter reads it
        signal.sigwait(until)


if __name__ == "__main__":
    main(sys.argv[1:])
