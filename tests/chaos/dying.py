"""A piece of Créneau's work in a process of its own that kills or freezes itself at a named point.

`python -m tests.chaos.dying send before-the-dot`; without a point it lives, and does all that there is to do.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from services.mailbox import reception
from services.mailbox.__main__ import take_mail_in
from shared import broker, holds
from shared.deciding import following
from shared.handling import acting
from shared.invitations import deliver
from shared.mail import transaction
from workers import conflicts, invitations, mailbox, relay, timers, webhooks


def point(number: int, module: Any, name: str, *, after: bool = False) -> Callable[[], None]:
    """Get that signal just before a function is called, or just after."""

    def arm() -> None:
        original = getattr(module, name)

        def deadly(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs) if after else None
            os.kill(os.getpid(), number)
            return result if after else original(*args, **kwargs)

        setattr(module, name, deadly)

    return arm


POINTS = {
    "before-committing": point(signal.SIGKILL, deliver, "point_of_no_return"),
    "frozen-before-committing": point(signal.SIGSTOP, deliver, "point_of_no_return"),
    "before-the-dot": point(signal.SIGKILL, transaction, "commit"),
    "after-the-dot": point(signal.SIGKILL, transaction, "commit", after=True),
    "after-the-wake-up": point(signal.SIGKILL, relay, "wake", after=True),
    "after-the-strike": point(signal.SIGKILL, holds, "_run"),
    "after-the-deed": point(signal.SIGKILL, holds, "_run", after=True),
    "after-the-decision": point(signal.SIGKILL, following, "follow", after=True),
    "before-the-bell": point(signal.SIGKILL, broker, "ring"),
    "after-the-fan-out": point(signal.SIGKILL, relay, "mark_relayed", after=True),
    "before-the-call": point(signal.SIGKILL, webhooks, "_answer_to"),
    "after-the-answer": point(signal.SIGKILL, webhooks, "_settle"),
    "frozen-after-the-answer": point(signal.SIGSTOP, webhooks, "_settle"),
    "before-a-mail-is-stored": point(signal.SIGKILL, reception, "_store"),
    "after-a-mail-is-stored": point(signal.SIGKILL, reception, "_store", after=True),
    "after-the-lease": point(signal.SIGKILL, mailbox, "look"),
    "frozen-after-the-lease": point(signal.SIGSTOP, mailbox, "look"),
    "after-the-effects": point(signal.SIGKILL, acting, "dispatch", after=True),
    "after-the-note": point(signal.SIGKILL, webhooks, "_settle", after=True),
}
WORK: dict[str, Callable[[], object]] = {
    "send": invitations.send_batch,
    "relay": relay.relay,
    "timers": timers.run_one,
    "decide": conflicts.decide_some,
    "listen": lambda: asyncio.run(take_mail_in()),
    "inbox": mailbox.handle_batch,
    "webhooks": webhooks.send_some,
    "everything": lambda: relay.relay() or invitations.send_batch(),
}


def main(work: str, *points: str) -> None:
    for name in points:
        POINTS[name]()
    while WORK[work]():
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
