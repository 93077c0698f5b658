"""The parts of Créneau and their command lines: the one list behind `make run`, compose and systemd."""

import os
import sys
from dataclasses import dataclass

# Celery warns of root in four lines per worker; pickle, its reason, is not accepted here.
CALM = ("-W", "ignore:You're running the worker with superuser privileges")
CELERY = (sys.executable, *CALM, "-m", "celery", "--quiet", "-A", "workers.app", "worker")
LEAN = ("--without-gossip", "--without-mingle")
BEHIND_THE_OTHERS = ("nice", "-n", "19")  # people who wait for a decision come before mails


@dataclass(frozen=True)
class Part:
    """One long-running process of Créneau; `copies` is how many of it one machine runs."""

    name: str
    command: tuple[str, ...]
    copies: int = 1


def parts(*, host: str, port: int) -> tuple[Part, ...]:
    """Every part, in the order in which it reads best; host and port are where the API listens."""
    python = sys.executable
    api = (python, "-m", "uvicorn", "services.api.app:create_app", "--factory", "--no-access-log")
    return (
        Part("api", (*api, "--host", host, "--port", str(port))),
        Part("relay", (python, "-m", "workers.relay")),
        # no thread between the message and the work: one batch at a time is what the rooms' locks allow anyway
        Part("decide", (*CELERY, *_queue("decide", "--pool", "solo"))),
        Part("mail", (*BEHIND_THE_OTHERS, *CELERY, *_queue("mail", "--pool", "threads", "--concurrency", "4"))),
        Part("mailbox", (python, "-m", "services.mailbox")),
        # an answer that came in changes what people see: it comes before the mails that go out; two, for one of them
        # waits for the database most of its time
        Part("inbox", (*CELERY, *_queue("inbox", "--pool", "solo")), copies=2),
        # what is published and who is told: most of its time it waits for others
        Part("publish", (*BEHIND_THE_OTHERS, *CELERY, *_queue("publish", "--pool", "threads", "--concurrency", "4"))),
        # two plain processes that do the same, idempotent work: when one dies the other ticks on
        Part("schedule", (python, "-m", "workers.schedule"), copies=2),
    )


def execute(name: str) -> None:
    """Become the part of that name; does not return. HOST and PORT say where the API listens; KeyError: no such part.

    A copy may be named as the supervisor names it ("schedule-1"), so that systemd can run each of them.
    """
    commands: dict[str, tuple[str, ...]] = {}
    for part in parts(host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "8000"))):
        commands |= dict.fromkeys((part.name, *(f"{part.name}-{copy}" for copy in range(part.copies))), part.command)
    command = commands[name]
    os.execvp(command[0], command)  # noqa: S606 - no shell is the point: signals reach the part itself


def _queue(name: str, *pool: str) -> tuple[str, ...]:
    return ("--queues", name, *pool, *LEAN, "--hostname", f"{name}@%h")
