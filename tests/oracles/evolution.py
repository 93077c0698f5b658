"""Evolution Data Server and libical as peers; tests that want them are skipped aloud where they are not installed."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parent / "gnome.py"
PYTHON = "/usr/bin/python3"  # the system's own: that is where GNOME's libraries are
NEEDS = "import gi; gi.require_version('ECal', '2.0'); gi.require_version('EDataServer', '1.2')"


def is_installed() -> bool:
    """Whether `make oracles` was here."""
    if not (shutil.which("dbus-run-session") and Path(PYTHON).exists()):
        return False
    return subprocess.run([PYTHON, "-c", NEEDS], check=False, capture_output=True).returncode == 0


@contextmanager
def evolution(folder: Path) -> Iterator["Evolution"]:
    """A session of its own, with a home in that folder; skips the test where there is none."""
    if not is_installed():
        pytest.skip("Evolution Data Server is not installed: make oracles")
    run = folder / "run"
    run.mkdir(mode=0o700)
    environment = {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(run),
        "GSETTINGS_BACKEND": "memory",
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
    }
    command = ["dbus-run-session", "--", PYTHON, "-W", "ignore", str(PROGRAM)]
    log = folder / "log"
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        log.open("w") as said,
        subprocess.Popen(command, env=environment, stderr=said, start_new_session=True, **pipes) as process,
    ):
        try:
            yield Evolution(process, log)
            assert process.stdin
            process.stdin.close()  # the program ends, and the session's bus with all that it started
            process.wait(20)
        finally:
            with suppress(ProcessLookupError):  # it ended, as it should
                os.killpg(process.pid, signal.SIGKILL)


class Evolution:
    """Has the program do something, and gives its answer."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log

    def do(self, what: str, **how: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps({"do": what, **how}), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, f"it died when it was to {what}: {self._log.read_text()[-2000:]}"
        return json.loads(answer)
