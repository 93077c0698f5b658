"""The bell after a mail was taken in: rung beside the conversation, once for many mails that come at once."""

import asyncio

from shared import broker

MAIL = "mail received"


class Ringing:
    """Rings soon after it was told to; a ring that is lost costs until the next tick."""

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def soon(self) -> None:
        """From the loop: a mail server does not wait for the bell."""
        self._told.set()

    def ring(self) -> None:
        """From a thread."""
        broker.ring(MAIL)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._told.wait()
            self._told.clear()
            await asyncio.to_thread(self.ring)
