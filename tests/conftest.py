"""What every test may stand on: real engines of its own, and no way out of this machine."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.engines import Engines
from shared.settings import settings
from shared.store.base import engine
from shared.store.migrate import upgrade
from tests.house import House, furnished

CHECKOUT = Path(__file__).parent.parent
RUNS = CHECKOUT / "var" / "test"  # one folder per pytest run, named by its process; one in it per xdist worker
RUN = "CRENEAU_TEST_RUN"


def pytest_configure() -> None:
    """Name this run for its xdist workers, and shut the way out."""
    os.environ.setdefault(RUN, str(os.getpid()))
    sys.addaudithook(_refuse_to_leave_the_machine)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this run started, after Ctrl-C too, and what a killed run left behind."""
    if hasattr(config, "workerinput"):  # an xdist worker: whoever started it sweeps
        return
    for run in RUNS.glob("*"):
        if run.name == os.environ[RUN] or not psutil.pid_exists(int(run.name)):
            for worker in run.iterdir():
                Engines(worker).remove()
            shutil.rmtree(run, ignore_errors=True)


@pytest.fixture(scope="session")
def engines(worker_id: str) -> Iterator[Engines]:
    """PostgreSQL and Valkey for this worker alone; tests that break engines start their own."""
    engines = Engines(RUNS / os.environ[RUN] / worker_id)
    engines.start()
    yield engines
    engines.remove()


@pytest.fixture(scope="session")
def redis_url(engines: Engines) -> str:
    """This worker's Valkey."""
    return engines.valkey.url()


@pytest.fixture(scope="session")
def database_url(engines: Engines, redis_url: str) -> Iterator[str]:
    """This worker's database, migrated once; `settings()` names it and this worker's Valkey."""
    url = engines.postgres.url("creneau")
    upgrade(url)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", url)
        environment.setenv("REDIS_URL", redis_url)
        environment.setenv("MAIL_DIR", str(engines.postgres.folder / "mail"))
        environment.setenv("MAIL_TRUST", "local")
        for name in ("SMTP_URL", "MAILBOX_LISTEN", "IMAP_URL", "IMAP_DONE_FOLDER"):
            environment.delenv(name, raising=False)
        settings.cache_clear()
        yield url
    settings.cache_clear()


def _refuse_to_leave_the_machine(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    here = ("127.", "::1", "localhost", "0.0.0.0")  # the last one: whoever connects to it reaches this machine
    if isinstance(address, tuple) and not str(address[0]).startswith(here):
        raise PermissionError(f"a test wanted to reach {address}: tests stay on this machine")


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """An Atelier with rooms and people in an otherwise empty book."""
    assert database_url
    engine.cache_clear()
    yield furnished()
    engine().dispose()
