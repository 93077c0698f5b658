"""Mails over SMTP through a few kept connections, shared by the threads of one process."""

import ssl
import threading
import time
from collections.abc import Callable

from shared.mail import transaction
from shared.mail.contract import Envelope, PassingFailure, Receipt, checked
from shared.mail.server import Server
from shared.mail.wire import Wire


class SmtpMailer:
    """Hands messages to the server of an SMTP_URL; all timeouts are in seconds; safe to call from several threads.

    `answer_timeout` bounds each answer, `dot_timeout` the one to the final dot; a connection idle for `idle_timeout` is
    closed at the next send; at most `connections` are open, a further thread waits for one. `tls` replaces the default
    context (system certificates, verified unless the host is loopback). A malformed URL is a ValueError.
    """

    def __init__(  # each is a bound that an operator or a test sets by name
        self,
        url: str,
        *,
        connect_timeout: float = 5.0,
        answer_timeout: float = 20.0,
        dot_timeout: float = 60.0,
        idle_timeout: float = 30.0,
        connections: int = 8,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server = Server.from_url(url)
        self._tls = tls or self._server.tls()
        self._connect_timeout = connect_timeout
        self._answer_timeout = answer_timeout
        self._dot_timeout = dot_timeout
        self._idle_timeout = idle_timeout
        self._our_name: str | None = None  # for EHLO; smtplib asks the resolver, once is enough
        self._slots = threading.BoundedSemaphore(connections)
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Wire]] = []  # oldest first
        self._closed = False

    def __repr__(self) -> str:
        return f"SmtpMailer({self._server!r})"

    def send(self, envelope: Envelope, message: bytes, *, before_commit: Callable[[], None]) -> Receipt:
        """Send up to the final dot, call `before_commit`, send the dot; the errors are those of `Mailer.send`."""
        envelope = checked(envelope, message)
        with self._slots:
            wire = self._begun(envelope, message)
            try:
                transaction.fill(wire, envelope, message)
                before_commit()
                transaction.check_still_there(wire)
                return transaction.commit(wire, self._dot_timeout)
            finally:
                self._give_back(wire)

    def close(self) -> None:
        """Close what is idle; what is in use closes when its message is done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for _, wire in idle:
            wire.hang_up()

    def _begun(self, envelope: Envelope, message: bytes) -> Wire:
        """A connection whose server has answered MAIL FROM.

        A kept connection may have been closed by the server meanwhile: that is no failure, a fresh one is tried once.
        """
        kept = self._kept()
        if kept is not None:
            try:
                return self._begin(kept, envelope, message)
            except transaction.ConnectionGone:
                pass
        return self._begin(self._fresh(), envelope, message)

    def _begin(self, wire: Wire, envelope: Envelope, message: bytes) -> Wire:
        begun = False
        try:
            transaction.begin(wire, envelope, message)
            begun = True
        finally:
            if not begun:
                self._give_back(wire)
        return wire

    def _fresh(self) -> Wire:
        wire = self._server.open(
            self._tls, self._our_name, connect_timeout=self._connect_timeout, answer_timeout=self._answer_timeout
        )
        self._our_name = wire.local_hostname
        return wire

    def _kept(self) -> Wire | None:
        """The connection used last, if it is still good; the aged ones are closed on the way."""
        now = time.monotonic()
        with self._lock:
            if self._closed:
                raise PassingFailure("the mailer is closed", ambiguous=False)
            aged = [wire for since, wire in self._idle if now - since >= self._idle_timeout]
            self._idle = self._idle[len(aged) :]
            kept = self._idle.pop()[1] if self._idle else None
        for wire in aged:
            wire.hang_up()
        if kept is not None and not kept.is_quiet():
            kept.close()
            return None
        return kept

    def _give_back(self, wire: Wire) -> None:
        # Between the body and the dot a QUIT would be one more line of the message: there, only close.
        if not wire.is_between_messages or wire.sock is None:
            wire.close()
            return
        with self._lock:
            if not self._closed:
                self._idle.append((time.monotonic(), wire))
                return
        wire.hang_up()
