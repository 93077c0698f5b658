"""What `make run` shows and keeps: every part's lines behind its name, and one line when a part falls."""

import logging
from collections import defaultdict
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from supervisor import events
from supervisor.states import SupervisorStates

MEGABYTE = 1_000_000


class Console:
    """Writes to the terminal and to a rotated file; hears of lines and falls from supervisor's events."""

    def __init__(self, file: Path) -> None:
        self.path = file
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = logging.getLogger("creneau.console")
        self._file.setLevel(logging.INFO)
        self._file.propagate = False
        self._file.addHandler(RotatingFileHandler(file, maxBytes=10 * MEGABYTE, backupCount=3, encoding="utf-8"))
        self._begun: dict[str, bytes] = defaultdict(bytes)

    def subscribe(self) -> None:
        """Hear what supervisor has to say, from now on."""
        events.subscribe(events.ProcessLogEvent, self._show_output)
        events.subscribe(events.ProcessStateExitedEvent, self._show_fall)
        events.subscribe(events.ProcessStateBackoffEvent, self._show_fall)
        events.subscribe(events.ProcessStateFatalEvent, self._show_end)

    def say(self, text: str, *, of: str = "creneau") -> None:
        """Show a text, each line of it behind the name of the part that it is of."""
        for line in text.splitlines():
            self._file.info("%-10s %s", of, line)
            with suppress(OSError):  # a closed terminal must not stop the supervisor: it would orphan every part
                print(f"{of:<10} {line}", flush=True)  # noqa: T201 - the terminal is what this is for

    def note(self, text: str) -> None:
        """Write a text to the file only."""
        self._file.info(text)

    def keep_secret(self, text: str) -> None:
        """Show a text once and write it nowhere."""
        with suppress(OSError):
            print(f"{'creneau':<10} {text}", flush=True)  # noqa: T201 - the terminal is what this is for

    def _show_output(self, event: events.ProcessLogEvent) -> None:
        name = event.process.config.name
        *lines, self._begun[name] = (self._begun[name] + event.data).split(b"\n")
        for line in lines:
            self.say(line.decode(errors="replace"), of=name)

    def _show_fall(self, event: events.ProcessStateEvent) -> None:
        name, status = event.process.config.name, event.process.exitstatus
        how = {None: "as soon as it had started", -1: "killed by a signal"}.get(status, f"exit {status}")
        self.say(f"{name} ended by itself ({how}); it is started again.")

    def _show_end(self, event: events.ProcessStateEvent) -> None:
        if event.process.config.options.mood < SupervisorStates.RUNNING:  # given up because everything stops
            return
        name = event.process.config.name
        self.say(f"{name} does not stay up and is given up: its lines above say why. Mend it, then `make run` again.")
