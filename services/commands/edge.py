"""The edge of the command line: what can be foreseen to go wrong is one clear line on stderr, without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError
from typer.core import TyperGroup

from shared.domain.errors import CreneauError
from shared.settings import Settings, settings
from shared.store.base import Db, connect, transaction

UNDEFINED_TABLE = "42P01"
FORM = "DATABASE_URL must read postgresql://user:password@host/name, special characters %-encoded."


class Plain(TyperGroup):
    """The command with all its sub-commands; whatever is wrong with what was typed or found ends in one line."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.TyperException as error:
            if error.message.startswith("Usage:"):  # the help itself, of a group that was called without a command
                raise
            fail(" ".join(error.format_message().split()), exit_code=error.exit_code)
        except CreneauError as error:
            fail(error.message)
        except DBAPIError as error:
            fail(_about_the_database(error))


def fail(message: str, *, exit_code: int = 1) -> NoReturn:
    """Say why and end."""
    typer.echo(f"creneau: {message}", err=True)
    raise typer.Exit(exit_code)


@contextmanager
def book() -> Iterator[Db]:
    """One transaction on the configured database; a CreneauError says what the configuration lacks."""
    checked_settings()
    with transaction() as db:
        yield db


def checked_settings() -> Settings:
    """The settings, when they can be used; a CreneauError names the variable that is wrong, never its value."""
    try:
        found = settings()
    except ValidationError as error:
        wrong = {str(problem["loc"][0]).upper(): problem["type"] for problem in error.errors()}
        missing = [name for name, kind in wrong.items() if kind == "missing"]
        raise _unset(missing) if missing else CreneauError(f"Not usable: {', '.join(wrong)}.") from None
    unset = [name for name in ("database_url", "redis_url") if not getattr(found, name).get_secret_value()]
    if unset:
        raise _unset([name.upper() for name in unset])
    _check_form(found.database_url)
    return found


def _unset(names: list[str]) -> CreneauError:
    which = " and ".join(names)
    return CreneauError(f"Nothing runs here: `make run` first, or set {which} to your own server.")


def _check_form(database_url: SecretStr) -> None:
    url = database_url.get_secret_value()
    try:
        # two @ leave it open where the password ends, and drivers then print a part of it as the host
        if url.partition("?")[0].count("@") > 1:
            raise CreneauError(FORM)
        connect(url, pool_size=1).dispose()
    except (ArgumentError, ValueError):  # their words may quote the URL, password and all
        raise CreneauError(FORM) from None


def _about_the_database(error: DBAPIError) -> str:
    if getattr(error.orig, "sqlstate", None) == UNDEFINED_TABLE:
        return "The database is not migrated: `creneau migrate`."
    return f"The database does not do this: {first_line(error)}"


def first_line(error: DBAPIError) -> str:
    """What the database or its driver said, in one line."""
    return str(error.orig).strip().partition("\n")[0][:300]
