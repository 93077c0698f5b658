"""The process that takes mail in: `python -m services.mailbox` listens and fetches as configured, until SIGTERM."""

import asyncio
import signal
import sys

import structlog

from services.mailbox.doors import doors
from services.mailbox.fetching import Poller
from services.mailbox.listening import Listener
from services.mailbox.post_box import PostBox
from services.mailbox.ringing import Ringing
from shared import log
from shared.settings import settings
from shared.store.base import engine

GRACE = 3.0

logger = structlog.get_logger()


def main() -> None:
    log.configure("mailbox")
    try:
        asyncio.run(take_mail_in())
    except (ValueError, OSError) as error:  # a form that is wrong, or an address that is taken
        logger.error("cannot take mail in", reason=str(error))  # noqa: TRY400  the line says it all
        sys.exit(1)


async def take_mail_in() -> None:
    """Until SIGTERM or SIGINT; with nothing configured it waits for them idly, so that nobody starts it again."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    conf, ringing = settings(), Ringing()
    boxes = [PostBox.from_url(conf.imap_url.get_secret_value(), conf.imap_done_folder)] if conf.imap_url else []
    pollers = [Poller(box, ringing.ring) for box in boxes]
    listener = Listener(ringing)
    bell = asyncio.create_task(ringing.run())
    if not await listener.open(doors(conf.mailbox_listen)) and not pollers:
        logger.warning("no mail comes in: neither MAILBOX_LISTEN nor IMAP_URL is set")
    for poller in pollers:
        poller.start()
    await stop.wait()
    for poller in pollers:
        poller.stop()
    await listener.close()
    for poller in pollers:
        await asyncio.to_thread(poller.join, GRACE)
    bell.cancel()
    engine().dispose()


if __name__ == "__main__":
    main()
