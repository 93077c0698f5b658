"""Migrations: run again and by several at once without harm, and in step with the models."""

import importlib
import pkgutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, String, Text, inspect, orm, text

from deploy.engines import Engines
from shared import deciding, store
from shared.store.base import Base, connect
from shared.store.migrate import _config, is_current, upgrade
from tests.house import House

for module in pkgutil.iter_modules(store.__path__):  # imported, so that Base knows all
    if not module.ispkg:
        importlib.import_module(f"shared.store.{module.name}")


@pytest.fixture
def empty(engines: Engines, database_url: str) -> Iterator[str]:
    """The address of a database without any table."""
    admin = connect(database_url, pool_size=1)
    name = "creneau_empty"
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield engines.postgres.url("creneau").replace("/creneau", f"/{name}")
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def stands_at_the_newest(engine: Engine) -> bool:
    with engine.connect() as connection:
        return is_current(connection)


def test_an_empty_database_is_brought_to_the_newest_schema_and_stays_there(empty: str) -> None:
    engine = connect(empty, pool_size=1)
    assert not stands_at_the_newest(engine)
    upgrade(empty)
    assert stands_at_the_newest(engine)
    assert tables(engine) == {*Base.metadata.tables, "alembic_version"}
    upgrade(empty)
    assert stands_at_the_newest(engine)
    engine.dispose()


def test_several_starts_at_once_migrate_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for start in [pool.submit(upgrade, empty) for _ in range(4)]:
            start.result()
    engine = connect(empty, pool_size=1)
    with engine.connect() as connection:
        assert len(connection.execute(text("SELECT FROM alembic_version")).all()) == 1
        assert is_current(connection)
    engine.dispose()


def test_a_database_that_is_ahead_or_behind_is_not_current(empty: str) -> None:
    upgrade(empty)
    engine = connect(empty, pool_size=1)
    with engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of tomorrow'"))
        assert not is_current(connection)
    engine.dispose()


def of_columns_and_foreign_keys(connection: Connection) -> list[object]:
    """What the models and the tables disagree about; the constraints that only SQL knows are tested by behaviour."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
    flat: list[object] = []
    for difference in compare_metadata(context, Base.metadata):
        flat.extend(difference if isinstance(difference, list) else [difference])
    kinds = {"add_table", "remove_table", "add_column", "remove_column", "add_fk", "remove_fk"}
    kinds |= {"modify_nullable", "modify_type"}
    return [d for d in flat if isinstance(d, tuple) and d[0] in kinds and not _is_known(d)]


def _is_known(difference: tuple[Any, ...]) -> bool:
    match difference:
        case ("remove_column", _, "occupancy", column):
            return bool(column.name == "during")  # read and written in SQL only
        case ("modify_type", _, _, _, _, there, here):
            return isinstance(there, Text) and isinstance(here, String)  # one type to PostgreSQL
    return False


def test_models_and_tables_agree(house: House) -> None:
    with house.book() as db:
        assert of_columns_and_foreign_keys(db.connection()) == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("lock_timeout", "5s"),
        ("statement_timeout", "20s"),
        ("idle_in_transaction_session_timeout", "20s"),
        ("TimeZone", "UTC"),
        ("application_name", "creneau"),
    ],
)
def test_everything_that_waits_is_bounded(house: House, setting: str, value: str) -> None:
    [row] = house.rows("SELECT current_setting(:setting) AS value", setting=setting)
    assert row.value == value


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://x", "x", ""])
def test_another_engine_than_postgresql_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL must begin with postgresql://"):
        connect(url)


BOOKED_BEFORE = """
INSERT INTO site (slug, name, address, zone, language, contact_address, mail_domain, opens, closes)
VALUES ('arras', 'Atelier', 'Arras', 'Europe/Paris', 'fr', 'a@example.org', 'creneau.example', '08:00', '20:00');
INSERT INTO person (site_id, name, address) VALUES (1, 'Anne', 'anne@example.org');
INSERT INTO resource (site_id, kind, slug, name, seats) VALUES (1, 'room', 'flexi-16', 'Flexi 16', 16);
INSERT INTO reservation (site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at, resource_ids,
                         state, turn, created_at, waiting_since)
SELECT 1, 1, false, 'Atelier', '', 5, '2027-11-09 08:00Z', '2027-11-09 11:00Z', '{1}', state, turn, now(), since
FROM (VALUES ('confirmed', NULL, NULL), ('requested', nextval('turn'), now())) AS of(state, turn, since);
INSERT INTO occupancy (resource_id, reservation_id, during) VALUES (1, 1, '[2027-11-09 08:00Z, 2027-11-09 11:00Z)');
"""


def test_what_was_booked_before_the_rules_is_still_booked_and_decided_by_them(
    empty: str,
) -> None:
    own = connect(empty, pool_size=2)
    with own.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text(BOOKED_BEFORE))
        connection.commit()
    upgrade(empty)
    with orm.Session(own) as db, db.begin():
        decided = deciding.decide(db, now=datetime(2027, 11, 1, tzinfo=UTC))
        assert decided.ids == (2,)
        states = db.execute(text("SELECT state FROM reservation ORDER BY id")).scalars().all()
        assert states == ["confirmed", "refused"]
    own.dispose()
