"""The system under measurement: engines and parts of its own, in a folder of its own, on a free port."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from deploy.engines import Engines
from deploy.parts import parts
from shared.seed import first_start
from shared.settings import settings
from shared.store.base import engine, transaction
from shared.store.migrate import upgrade


@dataclass(frozen=True)
class System:
    """Where it listens, a coordinator's token, and where its logs go."""

    folder: Path
    port: int
    token: str
    database_url: str


@contextmanager
def engines_at(folder: Path) -> Iterator[tuple[str, str]]:
    """Real engines with a migrated, seeded database; their URL and the coordinator's token. Settings point at them."""
    Engines(folder).remove()  # what an interrupted run left behind
    folder.mkdir(parents=True)
    engines = Engines(folder)
    urls = engines.start()
    os.environ |= {"DATABASE_URL": urls.database_url, "REDIS_URL": urls.redis_url, "MAIL_DIR": str(folder / "mail")}
    settings.cache_clear()
    engine.cache_clear()
    try:
        upgrade(urls.database_url)
        token = str(first_start(urls.database_url))
        _without_rules()
        yield urls.database_url, token
    finally:
        engine().dispose()
        engines.remove()


def _without_rules() -> None:
    """Five rooms and no policy, so that numbers compare with earlier ones; `every_rule_on` has more than these."""
    with transaction() as db:
        db.execute(text("DELETE FROM policy"))
        db.execute(text("DELETE FROM resource WHERE part_ids <> '{}'"))


@contextmanager
def running(folder: Path, *names: str, **environment: str) -> Iterator[int]:
    """Those parts as processes, logging to files; the port of the API."""
    port = _free_port()
    processes = []
    for part in parts(host="127.0.0.1", port=port):
        if part.name in names:
            for copy in range(part.copies):
                log = (folder / f"{part.name}-{copy}.log").open("wb")
                env = os.environ | {"LOG_FORMAT": "json"} | environment
                processes.append(subprocess.Popen(part.command, stdout=log, stderr=log, env=env))
                log.close()
    try:
        if "api" in names:
            _wait_until_ready(port)
        yield port
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)  # polling until the port answers


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
