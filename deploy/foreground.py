"""The library `supervisor`, in the foreground of one terminal and inside this process."""

import signal
import threading
from pathlib import Path

from supervisor import events
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.supervisord import Supervisor

from deploy.bring_up import BringUp
from deploy.console import Console


class Foreground(Supervisor):  # type: ignore[misc]  # supervisor ships no types
    """Runs the programs of a configuration until Ctrl-C, SIGTERM or the end of the terminal."""

    def __init__(self, programs: Path, console: Console, bring_up: BringUp) -> None:
        options = ServerOptions()
        options.realize(["-c", str(programs)])
        options.first = True
        options.test = False
        super().__init__(options)
        self._console = console
        self._bring_up = bring_up

    def main(self) -> None:
        """Return when every program has ended."""
        try:
            super().main()
        except ExitNow:  # how supervisor leaves its loop
            return

    def runforever(self) -> None:
        """Called by supervisor when it is set up: from here on events reach us and programs are watched."""
        self._console.subscribe()
        events.subscribe(events.SupervisorStoppingEvent, self._say_goodbye)
        # supervisor would restart everything: for a closed terminal that is wrong
        signal.signal(signal.SIGHUP, lambda *_: self.options.signal_receiver.receive(signal.SIGTERM, None))
        # a thread, because database work takes its time while supervisor must start the engines it waits for
        threading.Thread(target=self._bring_up.run, daemon=True).start()
        super().runforever()

    def _say_goodbye(self, _: events.SupervisorStoppingEvent) -> None:
        self._bring_up.cancelled = True
        self._console.say("Stopping...")
