"""`creneau run` as its operator meets it: started, broken, stopped and started again."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.engines import Engines
from deploy.processes import end, left_over, wait_until
from deploy.supervision import run
from deploy.valkey import free_port

RUN = (
    "import sys; from pathlib import Path; from deploy.supervision import run; sys.exit(run({port}, Path({folder!r})))"
)


class Terminal:
    """A terminal in which somebody runs Créneau."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.screen = folder.with_suffix(".screen")
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        """`make run`, until it says that it is ready."""
        command = [sys.executable, "-c", RUN.format(port=self.port, folder=str(self.folder))]
        # empty, so that neither this test run's engines nor those of a developer's .env are used
        embedded = {**os.environ, "DATABASE_URL": "", "REDIS_URL": ""}
        with self.screen.open("wb") as screen:
            self.process = subprocess.Popen(command, stdout=screen, stderr=screen, env=embedded, start_new_session=True)
        assert self.shows("Créneau is ready"), self.screen.read_text()

    def shows(self, text: str) -> bool:
        """The text appears, at once or soon."""
        return wait_until(lambda: text in self.screen.read_text() or self.process.poll() is not None, seconds=40) and (
            text in self.screen.read_text()
        )

    def part(self, command: str) -> psutil.Process | None:
        """The process that runs that command for this terminal."""
        found = [child for child in psutil.Process(self.process.pid).children() if command in _command(child)]
        return found[0] if found else None

    def leave(self, how: int) -> int:
        """Send a signal, as Ctrl-C or a closing window does, and wait for the end."""
        self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def clean_up(self) -> None:
        """Whatever the test did: nothing stays."""
        self.process.kill()
        self.process.wait()
        end(left_over(self.folder), grace=0)
        Engines(self.folder).remove()


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path_factory.mktemp("run") / "var")
    try:
        terminal.start()
        yield terminal
    finally:
        terminal.clean_up()


def test_the_operator_reads_where_to_call_and_with_which_token(terminal: Terminal) -> None:
    screen = terminal.screen.read_text()

    assert f"http://127.0.0.1:{terminal.port}" in screen
    assert len(re.findall("token, shown this once", screen)) == 1
    assert "shown this once" not in (terminal.folder / "log" / "creneau.log").read_text()


def test_a_part_that_is_killed_is_started_again_and_said_in_one_line(terminal: Terminal) -> None:
    killed = terminal.part("workers.relay")
    assert killed
    killed.kill()

    assert terminal.shows("relay ended by itself (killed by a signal); it is started again.")
    assert wait_until(lambda: terminal.part("workers.relay") not in (None, killed), seconds=10)


def test_an_engine_that_is_killed_is_started_again(terminal: Terminal) -> None:
    Engines(terminal.folder).kill_valkey()

    assert terminal.shows("valkey ended by itself (killed by a signal); it is started again.")
    assert wait_until(Engines(terminal.folder).valkey.answers, seconds=10)


def test_a_second_start_of_the_same_checkout_is_told_so(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(free_port(), terminal.folder) == 1

    assert re.fullmatch(r"Créneau already runs here \(.*\): stop it with Ctrl-C in its terminal\.\n", _said(capsys))


def test_a_taken_port_is_told_with_what_to_do(
    terminal: Terminal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(terminal.port, tmp_path / "var") == 1

    another = f"choose another one, `PORT={terminal.port + 1} make run`."
    assert _said(capsys) == f"Port {terminal.port} is taken by another program: {another}\n"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP], ids=["Ctrl-C", "a closed window"])
def test_it_stops_cleanly_and_finds_its_data_again(terminal: Terminal, how: int) -> None:
    family = psutil.Process(terminal.process.pid).children(recursive=True)

    assert terminal.leave(how) == 0
    assert [child for child in family if child.is_running()] == []
    assert left_over(terminal.folder) == []

    terminal.start()
    assert "shown this once" not in terminal.screen.read_text()


def test_after_kill_9_a_new_start_takes_over_what_was_left(terminal: Terminal) -> None:
    orphans = psutil.Process(terminal.process.pid).children()

    terminal.leave(signal.SIGKILL)
    assert left_over(terminal.folder) != []
    terminal.start()

    assert [orphan for orphan in orphans if orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE] == []


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


def _said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err
