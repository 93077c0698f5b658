"""The connection to PostgreSQL and the base of all tables."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Engine, Enum, Identity, create_engine, event, orm
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DisconnectionError

from shared.settings import settings

Db = orm.Session

# Bounds on everything that waits: a stuck lock or a forgotten transaction must not hold up the venue.
TIMEOUTS = "-c lock_timeout=5s -c statement_timeout=20s -c idle_in_transaction_session_timeout=20s -c timezone=UTC"


class Base(orm.DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy's own way to declare it
        datetime: DateTime(timezone=True),
        # the value is what the column holds and its CHECK knows
        StrEnum: Enum(StrEnum, native_enum=False, values_callable=lambda kind: [member.value for member in kind]),
        int: BigInteger,
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        list[int]: ARRAY(BigInteger),
    }


class Numbered:
    """A table whose rows count up; the order of ids is the order of arrival."""

    id: orm.Mapped[int] = orm.mapped_column(Identity(always=False), primary_key=True)


def connect(database_url: str, *, pool_size: int = 10) -> Engine:
    """An engine on that URL, which gives fresh connections after PostgreSQL was restarted."""
    scheme, _, rest = database_url.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("DATABASE_URL must begin with postgresql://")  # and is not repeated: it holds a password
    engine = create_engine(
        f"postgresql+psycopg://{rest}",
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        connect_args={"options": TIMEOUTS, "connect_timeout": 5, "application_name": "creneau"},
    )
    event.listen(engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _: object, __: object) -> None:
    """Have the pool replace a connection that the server closed while it was idle.

    The end of a stream can be seen without asking: `pool_pre_ping` asks, and costs three round trips each time.
    """
    ear = select.poll()
    ear.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if ear.poll(0):
        raise DisconnectionError("closed by the server")


@lru_cache
def engine() -> Engine:
    """The engine of this process, made on first use."""
    return connect(settings().database_url.get_secret_value())


@contextmanager
def reading() -> Iterator[Db]:
    """For reads alone: each statement stands for itself, which is all that READ COMMITTED promises, two trips fewer."""
    with orm.Session(engine().execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False) as db:
        yield db


@contextmanager
def transaction() -> Iterator[Db]:
    """One unit of work of a process edge: committed at the end, rolled back on any error."""
    with orm.Session(engine(), expire_on_commit=False) as db, db.begin():
        yield db
