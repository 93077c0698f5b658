"""What runs in a folder already, and how it is started in the background for as long as somebody needs it."""

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.errors import StartError
from deploy.postgres import DATABASE, Postgres
from deploy.processes import end, left_over, wait_until
from deploy.valkey import Valkey

API = "services.api.app:create_app"


def environment_of(folder: Path) -> dict[str, str]:
    """What the parts of that folder are told: where its embedded engines are, as far as these run, and the rest."""
    found: dict[str, str] = {}
    if (folder / "postgres").is_dir() and (postgres := Postgres(folder)).answers():
        found["DATABASE_URL"] = postgres.url(DATABASE)
    if (valkey := Valkey(folder)).answers():
        found["REDIS_URL"] = valkey.url()
    if found:
        found["MAIL_DIR"] = str(folder / "mail")
    if found and (port := port_of(folder)):
        found["BASE_URL"] = f"http://localhost:{port}"
    return found


def port_of(folder: Path) -> int | None:
    """Where the API of that folder listens; None when none runs."""
    for process in left_over(folder):
        command = process.cmdline()
        if API in command:
            return int(command[command.index("--port") + 1])
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
