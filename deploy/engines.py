"""Both embedded engines of one folder together: for tests, for benchmarks, and for whoever breaks them on purpose."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.postgres import DATABASE, Postgres
from deploy.valkey import Valkey


@dataclass(frozen=True)
class Urls:
    """Where the engines answer."""

    database_url: str
    redis_url: str


class Engines:
    """PostgreSQL and Valkey under one folder; a leftover of an earlier process is reused, data stay between starts."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder)
        self.valkey = Valkey(folder)

    def start(self) -> Urls:
        """Start what does not run yet; the first start makes the database. StartError says what is in the way."""
        self.postgres.start()
        self.valkey.start()
        self.postgres.create(DATABASE)
        return Urls(self.postgres.url(DATABASE), self.valkey.url())

    def stop(self) -> None:
        """End both, cleanly."""
        self.valkey.stop()
        self.postgres.stop()

    def remove(self) -> None:
        """End both at once, and delete everything that they wrote."""
        self.valkey.kill()
        self.postgres.stop("immediate")
        shutil.rmtree(self.postgres.sockets, ignore_errors=True)
        shutil.rmtree(self.postgres.folder, ignore_errors=True)

    def restart_postgres(self, mode: str = "immediate") -> None:
        """Stop PostgreSQL in that mode ('immediate' is a crash, 'fast' is clean) and start it again."""
        self.postgres.stop(mode)
        self.postgres.start()

    def kill_valkey(self) -> None:
        """Kill Valkey with -9; it stays away until `start_valkey`."""
        self.valkey.kill()

    def start_valkey(self) -> None:
        """Start Valkey again, on the same port unless that was taken since."""
        self.valkey.start()

    def flush_valkey(self) -> None:
        """Let Valkey forget every queue and message."""
        self.valkey.flush()
