"""The listener: a server for each door, a bounded number of connections, and an end that loses no mail."""

import asyncio
import stat
from collections.abc import Iterable
from contextlib import suppress

import structlog

from services.mailbox.budget import Budget
from services.mailbox.conversation import Conversing, LmtpConversation, SmtpConversation, TooBusy
from services.mailbox.doors import Door
from services.mailbox.reception import Reception
from services.mailbox.ringing import Ringing

MOST_CONNECTIONS = 100
MOST_IN_MEMORY = 200_000_000
GRACE = 5.0

log = structlog.get_logger()


class Listener:
    """Listens at every door until it is closed."""

    def __init__(self, ringing: Ringing) -> None:
        self._ringing = ringing
        self._servers: list[asyncio.Server] = []
        self._open: set[Conversing] = set()
        self._budget = Budget(MOST_IN_MEMORY)
        self._rest = asyncio.Event()

    async def open(self, doors: Iterable[Door]) -> list[Door]:
        """Begin to listen; the doors as they are, with the ports that were free where none was named."""
        return [await self._open_one(door) for door in doors]

    async def close(self) -> None:
        """Take no more connections, let mails that are on their way come in, and hang up."""
        for server in self._servers:
            server.close()
        self._hang_up(idle_only=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet(), GRACE)
        self._hang_up(idle_only=False)

    async def _open_one(self, door: Door) -> Door:
        loop = asyncio.get_running_loop()
        if door.path:
            if door.path.is_socket():  # of a process that was killed
                door.path.unlink()
            server = await loop.create_unix_server(lambda: self._converse(door), door.path)
            # the mail server's group is to be that of the socket's folder, or ours
            door.path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP)
        else:
            server = await loop.create_server(lambda: self._converse(door), door.host, door.port)
            door = Door(door.protocol, door.host, server.sockets[0].getsockname()[1])
        self._servers.append(server)
        log.info("listening for mail", door=str(door))
        return door

    def _converse(self, door: Door) -> asyncio.Protocol:
        if len(self._open) >= MOST_CONNECTIONS:
            log.warning("too many connections", most=MOST_CONNECTIONS)
            return TooBusy()
        reception = Reception(door.protocol, self._ringing.soon)
        kind = LmtpConversation if door.protocol == "lmtp" else SmtpConversation
        conversation = kind(reception, reception.take, self._budget, self._rests)
        self._open.add(conversation)
        return conversation

    def _rests(self, conversation: Conversing) -> None:
        """It has taken a mail in, or is over."""
        if conversation.transport is None:
            self._open.discard(conversation)
        self._rest.set()

    async def _quiet(self) -> None:
        while any(conversation.is_busy for conversation in self._open):
            self._rest.clear()
            await self._rest.wait()

    def _hang_up(self, *, idle_only: bool) -> None:
        for conversation in list(self._open):
            if conversation.transport and not (idle_only and conversation.is_busy):
                conversation.transport.close()
