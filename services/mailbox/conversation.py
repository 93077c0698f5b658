"""What is said between a mail server and us: aiosmtpd's SMTP and LMTP, with DATA as our own.

aiosmtpd keeps a line without an end in memory, however long it grows, and answers once where LMTP wants an answer for
each recipient (RFC 2033 section 4.2).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope

from services.mailbox.budget import Budget, Share
from shared.inbox.receiving import MOST_BYTES

# for a whole DATA, or between two commands; RFC 5321 4.5.3.2 asks servers to wait this long for a command
PATIENCE = 300.0
# mail servers keep a connection for many mails; nobody needs the other commands often
MOST_CALLS = {"MAIL": 1000, "RCPT": 10_000, "DATA": 1000, "RSET": 2000, "NOOP": 1000, "*": 20}
DOT = b".\r\n"
TOO_LARGE = "552 5.3.4 the mail is too large"
TOO_MUCH_AT_ONCE = "452 4.3.1 too many large mails at once, try again later"

Take = Callable[[Any, Envelope, bytes], Awaitable[list[str]]]


class Conversing(SMTP):
    """One connection; `is_busy` while a mail is being taken in, when the process had better not end."""

    # RFC 5321 allows lines of 1000 bytes, and old programs write longer ones into HTML
    line_length_limit = 65_536

    def __init__(self, hooks: Any, take: Take, budget: Budget, on_rest: Callable[["Conversing"], None]) -> None:
        super().__init__(
            hooks,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            ident="Creneau",
            hostname="creneau",
            timeout=PATIENCE,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            command_call_limit=MOST_CALLS,
            loop=asyncio.get_running_loop(),
        )
        self._take = take
        self._budget = budget
        self._on_rest = on_rest
        self.is_busy = False

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._on_rest(self)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802  aiosmtpd finds it by this name
        if await self.check_helo_needed():
            return
        given = self.envelope
        if given is None or not given.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        self.is_busy = True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            with self._budget.share() as share:
                for answer in await self._answers(given, share):
                    await self.push(answer)
        finally:
            self.envelope = self._create_envelope()
            self.is_busy = False
            self._on_rest(self)

    async def _answers(self, given: Envelope, share: Share) -> list[str]:
        """One for each recipient in LMTP, one for all in SMTP."""
        content = await self._read_content(share)
        if isinstance(content, str):
            answers = [content] * len(given.rcpt_tos)
        else:
            answers = await self._take(self.session, given, content)
        return answers if isinstance(self, LMTP) else answers[:1]

    async def _read_content(self, share: Share) -> bytes | str:
        """The mail without dots that were doubled, or why it is not taken; of such a mail nothing is kept."""
        lines: list[bytes] = []
        size, is_at_start, refusal = 0, True, ""
        while True:
            piece = await self._read_piece()
            if is_at_start and piece == DOT:
                return refusal or b"".join(lines)
            if is_at_start and piece.startswith(b"."):
                piece = piece[1:]
            is_at_start = piece.endswith(b"\r\n")
            size += len(piece)
            if size > MOST_BYTES:
                refusal = TOO_LARGE
            elif not share.takes(len(piece)):
                refusal = refusal or TOO_MUCH_AT_ONCE
            if refusal:
                lines.clear()
                share.end()
            else:
                lines.append(piece)
            if size > 2 * MOST_BYTES:  # whoever was told SIZE and goes on means no good
                await self.push("421 4.3.4 too much mail data, goodbye")
                raise ConnectionResetError

    async def _read_piece(self) -> bytes:
        """A line, or a piece of a long one that ends in nothing which may be half of its end."""
        try:
            return bytes(await self._reader.readuntil(b"\r\n"))
        except asyncio.LimitOverrunError as overrun:
            return bytes(await self._reader.readexactly(overrun.consumed))


class SmtpConversation(Conversing):
    """RFC 5321."""


class LmtpConversation(Conversing, LMTP):
    """RFC 2033."""


class TooBusy(asyncio.Protocol):
    """Says so and hangs up: there are enough connections already."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101  a stream's
        transport.write(b"421 4.3.2 too many connections, try again later\r\n")
        transport.close()
