"""Whom we take mail for, and how it is taken in: what is answered to MAIL, RCPT and at the end of DATA."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Literal

import structlog
from aiosmtpd.smtp import Envelope as Given
from aiosmtpd.smtp import Session
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.inbox.receiving import Envelope, is_sender, receive
from shared.inbox.recipients import normalized, sites_of
from shared.store.base import engine, reading, transaction

MOST_RECIPIENTS = 100
OK = "250 2.6.0 the mail is ours"
AWAY = "451 4.3.0 our database is away for a moment, try again"
UNKNOWN = "550 5.1.1 nobody here has that address"
DATABASE_AWAY = (DBAPIError, PoolTimeoutError)

log = structlog.get_logger()


class Reception:
    """The hooks of aiosmtpd for one protocol, and what happens to a whole mail; `ring` is called after each."""

    def __init__(self, protocol: Literal["lmtp", "smtp"], ring: Callable[[], None]) -> None:
        self._protocol = protocol
        self._ring = ring

    async def handle_EHLO(  # noqa: N802  aiosmtpd finds its hooks by these names
        self, _: object, session: Session, __: object, name: str, answers: list[str]
    ) -> list[str]:
        """RFC 2033 section 5 has LMTP servers take several commands at once, which reading line by line does."""
        session.host_name = name
        return [*answers[:-1], "250-PIPELINING", *answers[-1:]]

    async def handle_MAIL(  # noqa: N802  aiosmtpd calls it by this name
        self, _: object, __: Session, given: Given, address: str, options: list[str]
    ) -> str:
        if not is_sender(_sender(address)):
            return "553 5.1.7 that sender cannot be written down"
        given.mail_from = address
        given.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802  aiosmtpd calls it by this name
        self, _: object, __: Session, given: Given, address: str, options: list[str]
    ) -> str:
        if len(given.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients for one mail"
        try:
            is_ours = await asyncio.to_thread(_is_ours, address)
        except DATABASE_AWAY as error:
            return _is_away(error)
        if not is_ours:
            return UNKNOWN
        given.rcpt_tos.append(address)
        given.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """A bug of ours is no reason to lose a mail: whoever sent it tries again."""
        log.error("unforeseen error", exc_info=error)
        return "451 4.3.0 something went wrong here, try again later"

    async def take(self, session: Session, given: Given, content: bytes) -> list[str]:
        """Store the mail and commit; the answer for each recipient, in their order."""
        peer, is_local = _peer(session.peer)
        envelope = Envelope(self._protocol, _sender(given.mail_from), tuple(given.rcpt_tos), peer, is_local)
        try:
            unknown = await asyncio.to_thread(_store, envelope, content)
        except DATABASE_AWAY as error:
            return [_is_away(error)] * len(given.rcpt_tos)
        self._ring()
        return [UNKNOWN if address in unknown else OK for address in given.rcpt_tos]


Taker = Callable[[Session, Given, bytes], Awaitable[list[str]]]


def _is_ours(address: str) -> bool:
    with reading() as db:
        return normalized(address) in sites_of(db, [address])


def _store(envelope: Envelope, content: bytes) -> tuple[str, ...]:
    """In a thread; killed after the commit and before the answer, the mail comes again and is known by its digest."""
    with transaction() as db:
        taken = receive(db, envelope, content, now=datetime.now(UTC))
    log.info("mail taken in", mails=taken.ids, source=envelope.source, size=len(content))
    return taken.unknown


def _sender(address: str | None) -> str:
    return address if address and address != "<>" else ""


def _is_away(error: Exception) -> str:
    log.warning("database away, mail is to come again", error=str(getattr(error, "orig", error))[:200])
    engine().dispose()
    return AWAY


def _peer(peer: Any) -> tuple[str, bool]:
    """Who speaks, and whether that is this machine; over a unix socket nobody else does."""
    if not isinstance(peer, tuple):
        return "unix", True
    address = ip_address(str(peer[0]).partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address), bool((mapped or address).is_loopback)
