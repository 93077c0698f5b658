"""Without usable settings every command says in one line what is missing, and never what a secret is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import Result

from deploy.engines import Engines
from services.cli import app
from services.commands.edge import Plain

Type = Callable[..., Result]
SECRET = "hunter2"


def _commands(group: Plain, *before: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [before]
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found += _commands(command, *before, name)
        else:
            found.append((*before, name))
    return found


@pytest.mark.parametrize("words", _commands(get_command(app)), ids=" ".join)
def test_every_command_explains_itself(creneau: Type, words: tuple[str, ...]) -> None:
    helped = creneau(*words, "--help")

    assert helped.exit_code == 0
    usage, explained, *_ = helped.stdout.split("\n\n")
    assert usage.startswith("Usage: ")
    assert explained.rstrip().endswith(".")


@pytest.fixture
def nothing_set(environment: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Neither a server nor a .env file."""
    environment.chdir(tmp_path)
    environment.setenv("DATABASE_URL", "")  # empty counts as not set, and hides a developer's .env
    environment.setenv("REDIS_URL", "")
    return environment


@pytest.mark.parametrize("words", [("token", "list"), ("migrate",), ("part", "relay"), ("room", "list")], ids=" ".join)
@pytest.mark.usefixtures("nothing_set")
def test_without_a_database_the_operator_reads_what_to_do(creneau: Type, words: tuple[str, ...]) -> None:
    answer = creneau(*words)

    assert answer.exit_code == 1
    told = "Nothing runs here: `make run` first, or set DATABASE_URL and REDIS_URL to your own server."
    assert answer.stderr == f"creneau: {told}\n"


@pytest.mark.usefixtures("nothing_set")
def test_engines_that_run_in_the_folder_are_found(creneau: Type, tmp_path: Path) -> None:
    engines = Engines(tmp_path / "var")
    try:
        engines.start()
        migrated = creneau("migrate")
        listed = creneau("room", "list")
    finally:
        engines.remove()

    assert migrated.exit_code == 0, migrated.stderr
    assert "flexi-36" in listed.stdout


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://creneau:{SECRET}@127.0.0.1/creneau",
        f"creneau:{SECRET}@127.0.0.1/creneau",
        f"postgresql://creneau:pass@{SECRET}@127.0.0.1/creneau",
        f"postgresql://creneau:{SECRET}@127.0.0.1:port/creneau",
        f"postgresql://creneau:{SECRET}@127.0.0.1:1/creneau",
    ],
    ids=["another scheme", "no scheme", "an @ in the password", "a port of letters", "nobody listens"],
)
@pytest.mark.parametrize("words", [("token", "list"), ("migrate",), ("doctor",)], ids=" ".join)
def test_a_database_that_is_not_there_gives_no_secret_away(
    creneau: Type, environment: pytest.MonkeyPatch, redis_url: str, url: str, words: tuple[str, ...]
) -> None:
    environment.setenv("DATABASE_URL", url)
    environment.setenv("REDIS_URL", redis_url)

    answer = creneau(*words)

    assert answer.exit_code == 1
    assert SECRET not in answer.output
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert len(answer.stderr.splitlines()) == (0 if words == ("doctor",) else 1)


def test_a_malformed_setting_is_named_without_its_value(
    creneau: Type, environment: pytest.MonkeyPatch, redis_url: str
) -> None:
    environment.setenv("DATABASE_URL", "postgresql://127.0.0.1/creneau")
    environment.setenv("REDIS_URL", redis_url)
    environment.setenv("LOG_FORMAT", SECRET)

    assert creneau("token", "list").stderr == "creneau: Not usable: LOG_FORMAT.\n"


@pytest.mark.usefixtures("nothing_set")
def test_looking_for_engines_leaves_the_environment_alone_when_none_run(creneau: Type) -> None:
    before = dict(os.environ)

    creneau("token", "list")

    assert dict(os.environ) == before
