"""The embedded engines keep what they are given, whatever ends them."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from deploy.engines import Engines, Urls
from deploy.errors import StartError
from deploy.sockets import LONGEST_FOLDER


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    Engines(tmp_path / "var").remove()


def test_what_was_written_is_there_after_a_stop_and_a_start(folder: Path) -> None:
    _write_in_both(Engines(folder).start())
    Engines(folder).stop()

    assert _read_from_both(Engines(folder).start()) == ("Arras", b"Arras")


def test_what_was_committed_is_there_after_a_crash(folder: Path) -> None:
    engines = Engines(folder)
    urls = engines.start()
    _write_in_both(urls)
    with redis.Redis.from_url(urls.redis_url) as client:
        client.waitaof(1, 0, 2000)

    engines.restart_postgres("immediate")
    engines.kill_valkey()
    engines.start_valkey()

    assert _read_from_both(urls) == ("Arras", b"Arras")


def test_engines_left_over_by_a_killed_process_are_reused(folder: Path) -> None:
    first, second = Engines(folder), Engines(folder)
    urls = first.start()

    assert second.start() == urls
    assert (second.postgres.pid(), second.valkey.pid()) == (first.postgres.pid(), first.valkey.pid())


def test_flushing_valkey_forgets_its_messages_only(folder: Path) -> None:
    engines = Engines(folder)
    urls = engines.start()
    _write_in_both(urls)

    engines.flush_valkey()

    assert _read_from_both(urls) == ("Arras", None)


def test_valkey_moves_when_a_stranger_took_its_port(folder: Path) -> None:
    engines = Engines(folder)
    before = engines.start()
    _write_in_both(before)
    engines.stop()
    with socket.create_server(("127.0.0.1", int(before.redis_url.rpartition(":")[2].removesuffix("/0")))):
        after = engines.start()

    assert after.redis_url != before.redis_url
    assert _read_from_both(after) == ("Arras", b"Arras")


def test_valkey_asks_for_its_password(folder: Path) -> None:
    urls = Engines(folder).start()
    stranger = "redis://" + urls.redis_url.partition("@")[2]

    with redis.Redis.from_url(stranger) as client, pytest.raises(redis.AuthenticationError):
        client.get("site")


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    engines = Engines(tmp_path / ("a" * LONGEST_FOLDER) / "var")
    try:
        _write_in_both(engines.start())
    finally:
        engines.remove()


def test_data_of_another_major_version_are_left_alone_with_a_line_that_says_what_to_do(folder: Path) -> None:
    engines = Engines(folder)
    engines.start()
    engines.stop()
    (folder / "postgres" / "PG_VERSION").write_text("17\n")

    with pytest.raises(StartError, match=r"PostgreSQL 17, this is 18: dump it .* move the folder away"):
        engines.start()


def test_nobody_else_may_read_the_password(folder: Path) -> None:
    Engines(folder).start()

    assert (folder / "valkey" / "valkey.conf").stat().st_mode & 0o077 == 0


def _write_in_both(urls: Urls) -> None:
    with psycopg.connect(urls.database_url) as connection:
        connection.execute("CREATE TABLE written (site text)")
        connection.execute("INSERT INTO written VALUES ('Arras')")
    with redis.Redis.from_url(urls.redis_url) as client:
        client.set("site", "Arras")


def _read_from_both(urls: Urls) -> tuple[str, bytes | None]:
    with psycopg.connect(urls.database_url) as connection:
        (row,) = connection.execute("SELECT site FROM written").fetchall()
    with redis.Redis.from_url(urls.redis_url) as client:
        value = client.get("site")
    assert value is None or isinstance(value, bytes)
    return str(row[0]), value
