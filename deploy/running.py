"""What runs in a folder already, and how it is started in the background for as long as somebody needs it."""

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from deploy.errors import StartError
from deploy.postgres import DATABASE, Postgres
from deploy.processes import end, left_over, wait_until
from deploy.valkey import Valkey

API = "services.api.app:create_app"


TOLD = (
    "DATABASE_URL",
    "REDIS_URL",
    "SMTP_URL",
    "MAIL_DIR",
    "MAILBOX_LISTEN",
    "IMAP_URL",
    "IMAP_DONE_FOLDER",
    "MAIL_TRUST",
    "MAIL_AUTHSERV_ID",
    "MAIL_RESOLVERS",
)


def environment_of(folder: Path) -> dict[str, str]:
    """What the API that runs in that folder was told; without one, where its embedded engines are, if they run."""
    api = _api_of(folder)
    if api:
        told = api.environ()
        return {name: told[name] for name in TOLD if told.get(name)}
    found: dict[str, str] = {}
    if (folder / "postgres").is_dir() and (postgres := Postgres(folder)).answers():
        found["DATABASE_URL"] = postgres.url(DATABASE)
    if (valkey := Valkey(folder)).answers():
        found["REDIS_URL"] = valkey.url()
    return {**found, "MAIL_DIR": str(folder / "mail")} if found else found


def port_of(folder: Path) -> int | None:
    """Where the API of that folder listens; None when none runs."""
    api = _api_of(folder)
    if api is None:
        return None
    command = api.cmdline()
    return int(command[command.index("--port") + 1])


def _api_of(folder: Path) -> psutil.Process | None:
    for process in left_over(folder):
        with suppress(psutil.Error):  # it has just ended
            if API in process.cmdline():
                return process
    return None


@contextmanager
def in_background(folder: Path, port: int) -> Iterator[None]:
    """`creneau run`, ready, until the end of the block; StartError says why it is not."""
    command = [sys.executable, "-m", "services.cli", "--folder", str(folder), "run", "--port", str(port)]
    with subprocess.Popen(  # a session of its own: Ctrl-C is for us, who then stop it
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        screen = _Screen(process)
        try:
            if not wait_until(lambda: screen.is_ready or screen.has_ended, seconds=90) or screen.has_ended:
                raise StartError(screen.last_line or f"Créneau did not start; {folder}/log says why.")
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
                end(left_over(folder))


class _Screen:
    """Reads what the started Créneau says: a secret is passed on to our terminal, for it is said only once."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.is_ready = self.has_ended = False
        self._lines: deque[str] = deque(maxlen=1)
        self._process = process
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def last_line(self) -> str:
        return "".join(self._lines).removeprefix("creneau").strip()

    def _read(self) -> None:
        for raw in self._process.stdout or ():
            text = raw.decode(errors="replace").rstrip()
            if "shown this once" in text:
                print(text.removeprefix("creneau").strip())  # noqa: T201 - the terminal is what this is for
            elif text.startswith("creneau") and "Stopping..." not in text:
                self._lines.append(text)
            self.is_ready = self.is_ready or "Créneau is ready" in text
        self.has_ended = True
