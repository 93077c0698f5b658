"""The processes of Créneau as its supervisor runs them, each of which can be killed, frozen and brought back."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.engines import Engines, Urls
from deploy.parts import parts
from deploy.processes import MARK, end, left_over, wait_until
from deploy.valkey import free_port
from tests.chaos.faults import Fault

CHECKOUT = Path(__file__).parents[2]
COPIES = {"decide": 2, "mail": 2, "inbox": 2, "schedule": 2}
GRACE = 10


@dataclass
class Process:
    """One process that comes back when it is told to, with its output in one file."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def send(self, number: int) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self.running is not None:
            self.running.wait()

    def terminate(self) -> bool:
        """Ask it to end, and kill it after a grace as the supervisor does; whether it went by itself."""
        self.send(signal.SIGTERM)
        if self.running is not None:
            try:
                self.running.wait(GRACE)
            except subprocess.TimeoutExpired:
                self.kill()
                return False
        return True


@dataclass
class World:
    """Engines, mail server and parts of one installation, in folders of their own."""

    engines: Engines
    urls: Urls
    logs: Path
    mails: Path
    seed: int = 0
    port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    lmtp_port: int = field(default_factory=free_port)
    story: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    processes: dict[str, Process] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._add("smtp", self.smtp_command("passing"))
        for part in parts(host="127.0.0.1", port=self.port):
            copies = COPIES.get(part.name, 1)
            for copy in range(copies):
                self._add(f"{part.name}-{copy}" if copies > 1 else part.name, part.command)

    def start(self, *names: str) -> None:
        """Start these processes, or all of them; returns when the API and the mail server answer, if they are there."""
        for name in names or self.processes:
            self.processes[name].start()
        assert "api" not in (names or self.processes) or wait_until(self.is_ready, seconds=40), self.tail("api")
        assert "smtp" not in (names or self.processes) or wait_until(self.takes_mail, seconds=20), self.tail("smtp")

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.base_url}/readyz", timeout=5).is_success
        return False

    def takes_mail(self) -> bool:
        return self.processes["smtp"].log.read_text().strip().endswith(str(self.smtp_port))

    def smtp_command(self, script: str) -> tuple[str, ...]:
        server = (sys.executable, "-m", "tests.mail.server", "--folder", str(self.mails), "--hang-seconds", "1.5")
        return (*server, "--port", str(self.smtp_port), "--script", script, "--seed", str(self.seed))

    def heal(self) -> None:
        """The mail server behaves from now on, and nothing else breaks."""
        smtp = self.processes["smtp"]
        smtp.terminate()
        smtp.command = self.smtp_command("ok")
        smtp.start()
        self.tell("calm: the mail server takes everything from now on")

    def suffer(self, faults: list[Fault]) -> None:
        """Let the faults happen at their times; returns when the last one is over."""
        self.began = time.monotonic()
        healers = []
        for fault in faults:
            threading.Event().wait(max(0.0, self.began + fault.at - time.monotonic()))
            self.tell(f"{fault.kind} (back after {fault.away:.1f} s)")
            healer = threading.Thread(target=self._break, args=(fault,), name=fault.kind)
            healer.start()
            healers.append(healer)
            if not fault.kind.startswith("freeze"):
                healer.join()  # one thing at a time breaks beside the frozen one, else nothing would ever run
        for healer in healers:
            healer.join()

    def close(self) -> None:
        """End everything; nothing stays behind."""
        for process in self.processes.values():
            process.send(signal.SIGCONT)
            process.kill()
        end(left_over(self.engines.postgres.folder), grace=0)

    def tell(self, line: str) -> None:
        self.story.append(f"{time.monotonic() - self.began:7.2f} s  {line}")

    def tail(self, name: str) -> str:
        """The last words of a process."""
        return self.processes[name].log.read_text()[-3000:]

    def _break(self, fault: Fault) -> None:
        verb, what = fault.kind.split(" ")
        if what == "valkey":
            self._break_valkey(verb, fault.away)
        elif what == "postgres":
            self.engines.restart_postgres("immediate")
        else:
            self._break_part(verb, self.processes[what], fault.away)
        self.tell(f"{what} is back")

    def _break_valkey(self, verb: str, away: float) -> None:
        if verb == "flush":
            self.engines.flush_valkey()
            return
        self.engines.kill_valkey()
        threading.Event().wait(away)
        self.engines.start_valkey()

    def _break_part(self, verb: str, process: Process, away: float) -> None:
        if verb == "freeze":
            process.send(signal.SIGSTOP)
            threading.Event().wait(away)
            process.send(signal.SIGCONT)
            return
        if verb == "kill":
            process.kill()
        elif not process.terminate():
            self.tell(f"{process.name} did not end within {GRACE} s of SIGTERM and was killed")
        threading.Event().wait(away)
        process.start()

    def _add(self, name: str, command: tuple[str, ...]) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": self.urls.database_url,
            "REDIS_URL": self.urls.redis_url,
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "MAILBOX_LISTEN": f"lmtp://127.0.0.1:{self.lmtp_port}",
            "MAIL_TRUST": "local",
            "LOG_FORMAT": "console",
            "PYTHONUNBUFFERED": "1",
            MARK: str(self.engines.postgres.folder),
        }
        self.processes[name] = Process(name, command, environment, self.logs / f"{name}.log")
