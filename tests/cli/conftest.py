"""What tests of the command stand on: a migrated database with one Atelier, and a way to type commands."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner, Result

from deploy.engines import Engines
from services.cli import app
from shared.settings import settings
from shared.store.base import engine

Type = Callable[..., Result]


@pytest.fixture
def environment() -> Iterator[pytest.MonkeyPatch]:
    """The environment of one test; settings and connections are read anew before and after it."""
    _forget()
    with pytest.MonkeyPatch.context() as patch:
        yield patch
    _forget()


@pytest.fixture
def empty_database(engines: Engines, redis_url: str, environment: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A database of this test alone, not migrated, which the settings name."""
    name = f"cli_{tmp_path.name}".lower()[:60]
    engines.postgres.create(name)
    environment.setenv("DATABASE_URL", engines.postgres.url(name))
    environment.setenv("REDIS_URL", redis_url)
    environment.setenv("MAIL_DIR", str(tmp_path / "mail"))
    environment.delenv("SMTP_URL", raising=False)
    yield engines.postgres.url(name)
    _forget()
    with psycopg.connect(engines.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def creneau(tmp_path: Path) -> Type:
    """Type a command; `--folder` keeps a Créneau that a developer runs out of it."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["--folder", str(tmp_path / "var"), *words], env={"COLUMNS": "200"})

    return run


@pytest.fixture
def atelier(empty_database: str, creneau: Type) -> str:
    """A migrated database with the Atelier of Arras."""
    assert creneau("migrate").exit_code == 0
    return empty_database


def _forget() -> None:
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()
    settings.cache_clear()
