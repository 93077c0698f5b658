"""Créneau on one machine: `creneau run` starts the engines, makes the database ready, and keeps every part running."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values

from deploy.bring_up import BringUp
from deploy.console import Console
from deploy.errors import StartError
from deploy.foreground import Foreground
from deploy.parts import parts
from deploy.postgres import DATABASE, Postgres
from deploy.processes import MARK, end, left_over
from deploy.program_file import write_programs
from deploy.sockets import socket_folder
from deploy.valkey import Valkey, free_port, is_free

CHECKOUT = Path(__file__).resolve().parent.parent


def run(port: int, folder: Path) -> int:
    """Run all of Créneau in the foreground until Ctrl-C; 0 when it was asked to stop, 1 when it could not start."""
    folder = folder.resolve()
    try:
        with _only_one(folder):
            return _run(port, folder)
    except StartError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the terminal is where it was started
        return 1


def _run(port: int, folder: Path) -> int:
    end(left_over(folder))
    if not is_free(port):
        raise StartError(f"Port {port} is taken by another program: choose another one, `PORT={port + 1} make run`.")
    given = {name: value for name, value in {**dotenv_values(CHECKOUT / ".env"), **os.environ}.items() if value}
    engines = _prepare_engines(folder, given)
    os.environ.update(_environment(folder, engines, given, port))
    console = Console(folder / "log" / "creneau.log")
    console.say("Starting...")
    sockets = socket_folder(folder)
    (sockets / "supervisor.sock").unlink(missing_ok=True)  # of a supervisor that was killed; the lock says none runs
    bring_up = BringUp(f"http://127.0.0.1:{port}", engines, console, sockets / "supervisor.sock")
    programs = write_programs(folder, sockets, engines, parts(host="127.0.0.1", port=port), cwd=CHECKOUT)
    Foreground(programs, console, bring_up).main()
    return 1 if bring_up.failed else 0


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(f"Créneau already runs here ({folder}): stop it with Ctrl-C in its terminal.") from error
        yield


def _prepare_engines(folder: Path, given: dict[str, str]) -> list[Postgres | Valkey]:
    """The engines that this machine must run itself; what DATABASE_URL and REDIS_URL name runs elsewhere."""
    engines: list[Postgres | Valkey] = []
    if "DATABASE_URL" not in given:
        engines.append(Postgres(folder))
    if "REDIS_URL" not in given:
        engines.append(Valkey(folder))
    for engine in engines:
        engine.stop()  # one that outlived its supervisor: from now on this supervisor watches over it
        engine.prepare()
    return engines


def _mailbox(given: dict[str, str]) -> dict[str, str]:
    """Where mail comes in, unless it is said: from this machine alone, so that only this machine need be trusted."""
    if "MAILBOX_LISTEN" in given or "IMAP_URL" in given:
        return {}
    return {"MAILBOX_LISTEN": f"lmtp://127.0.0.1:{free_port()}", "MAIL_TRUST": "local"}


def _environment(folder: Path, engines: list[Postgres | Valkey], given: dict[str, str], port: int) -> dict[str, str]:
    """What every part finds in its environment; whatever the operator set goes before our defaults."""
    defaults = {
        **_mailbox(given),
        "MAIL_DIR": str(folder / "mail"),
        "PUBLIC_URL": f"http://localhost:{port}",
        "LOG_FORMAT": "console",
        "PYTHONUNBUFFERED": "1",
    }
    for engine in engines:
        if isinstance(engine, Postgres):
            defaults["DATABASE_URL"] = engine.url(DATABASE)
        else:
            defaults["REDIS_URL"] = engine.url()
    return {**defaults, **given, MARK: str(folder)}
