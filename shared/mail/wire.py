"""One SMTP connection whose server is not trusted: bounded answers, one deadline for each, no injected plaintext."""

import re
import smtplib
import socket
import ssl
import time
from typing import Any

MAX_LINES = 100  # of one answer; EHLO's, the longest, has some twenty
MAX_LINE = 2048  # octets; RFC 5321 4.5.3.1.5 says 512
ANSWER = re.compile(rb"([2-5][0-9]{2})([ -].*|)", re.DOTALL)


class Wire(smtplib.SMTP):
    """smtplib with answers read by ourselves; what goes wrong is SMTPServerDisconnected, the socket closed."""

    def __init__(self, *args: Any, answer_timeout: float, **kwargs: Any) -> None:
        self.answer_timeout = answer_timeout
        self.is_between_messages = False
        self._unread = b""
        super().__init__(*args, **kwargs)
        self.command_encoding = "utf-8"  # the same bytes for ASCII; more is sent only where SMTPUTF8 is offered

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        reply = super().connect(*args, **kwargs)
        if self.sock is not None:
            try:
                # The dot follows the body in a packet of its own, which Nagle would hold back for 40 ms.
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:  # reset right after its greeting
                self.close()
                raise
        return reply

    def starttls(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Go encrypted, refusing what was slipped in between the plain answer and the handshake (CVE-2021-38371)."""
        reply = super().starttls(*args, **kwargs)
        if self._unread:
            self.close()
            raise smtplib.SMTPServerDisconnected("plain text was injected before TLS")
        return reply

    def getreply(self, timeout: float | None = None) -> tuple[int, bytes]:
        """One answer, its lines joined by LF, all of it within `timeout` seconds however slowly it drips."""
        deadline = time.monotonic() + (timeout or self.answer_timeout)
        lines: list[bytes] = []
        try:
            while len(lines) < MAX_LINES:
                answer = ANSWER.fullmatch(self._line(deadline))
                if answer is None:
                    raise smtplib.SMTPServerDisconnected("the server's answer is not SMTP")
                lines.append(answer[2][1:].strip())
                if not answer[2].startswith(b"-"):
                    return int(answer[1]), b"\n".join(lines)
            raise smtplib.SMTPServerDisconnected("the server's answer has too many lines")
        except OSError:
            self.close()
            raise

    def is_quiet(self) -> bool:
        """Neither a hang-up nor an answer that nobody asked for is waiting to be read."""
        if self._unread or self.sock is None:
            return False
        self.sock.settimeout(0)
        try:
            self._unread = self.sock.recv(MAX_LINE)
        except (BlockingIOError, ssl.SSLWantReadError):
            self.sock.settimeout(self.answer_timeout)
            return True
        except OSError:
            self.close()
            return False
        self.sock.settimeout(self.answer_timeout)
        return False

    def hang_up(self) -> None:
        """Leave politely, without waiting for the answer."""
        try:
            if self.sock is not None:
                self.putcmd("QUIT")
        except smtplib.SMTPServerDisconnected:
            pass  # it left before us
        finally:
            self.close()

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._unread:
            left = deadline - time.monotonic()
            if len(self._unread) > MAX_LINE:
                raise smtplib.SMTPServerDisconnected("the server's answer has an overlong line")
            if self.sock is None:
                raise smtplib.SMTPServerDisconnected("the connection is closed")
            if left <= 0:
                raise smtplib.SMTPServerDisconnected("the server did not answer in time")
            self._unread += self._received(self.sock, left)
        line, _, self._unread = self._unread.partition(b"\n")
        return line.rstrip(b"\r")

    def _received(self, sock: socket.socket, timeout: float) -> bytes:
        sock.settimeout(timeout)
        try:
            more = sock.recv(MAX_LINE)
        except TimeoutError:
            raise smtplib.SMTPServerDisconnected("the server did not answer in time") from None
        except OSError as error:
            raise smtplib.SMTPServerDisconnected(f"connection lost: {error.strerror}") from error
        sock.settimeout(self.answer_timeout)
        if not more:
            raise smtplib.SMTPServerDisconnected("the server closed the connection")
        return more


class TlsWire(Wire, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""
