"""Feeds: published, read cold, warm and as 304, and what it costs those who decide that calendars are kept."""

import json
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from shared.store.base import engine, transaction
from tests.bench import deciding
from tests.bench.system import running
from workers.calendars import publish_batch

ENTRIES = 10_000
COLD, WARM = 7, 200

ROOM = text("""
INSERT INTO resource (site_id, kind, slug, name, seats) VALUES (1, 'room', :slug, 'Salle des abonnés', 30) RETURNING id
""")
FILL = text("""
INSERT INTO reservation (site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at, resource_ids,
                         state, created_at, decided_at)
SELECT 1, 1, true, 'Atelier storyboard, ' || n || 'e groupe du collège Péguy', 'Apporter un carnet et des feutres.', 24,
       s.start, s.start + interval '1 hour', ARRAY[CAST(:room AS bigint)], 'confirmed', now(), now()
FROM generate_series(1, :count) AS n
CROSS JOIN LATERAL (SELECT date_trunc('day', now()) - interval '300 days' + n * interval '1 hour' AS start) AS s
""")
CHANGE = text("UPDATE calendar SET change = change + 1, changed_at = clock_timestamp() WHERE kind = 'room'")
FORGET = (
    text("DELETE FROM calendar_mark"),
    text("UPDATE reservation SET unpublished_since = NULL WHERE unpublished_since IS NOT NULL"),
)

Results = dict[str, dict[str, float]]


def feed(folder: Path, token: str) -> Results:
    """A room with ten thousand entries: how fast they are rendered, and how fast they are read over HTTP."""
    slug = f"salle-{uuid4().hex[:8]}"
    with transaction() as db:
        room = db.scalars(ROOM, {"slug": slug}).one()
        db.execute(FILL, {"room": room, "count": ENTRIES})
    seconds = _publish()
    _analyze()
    results: Results = {"entries published": {"per_second": round(ENTRIES / seconds)}}
    with running(folder, "api") as port:
        address = _feed(port, token, slug)
        _call(address)  # connections and code are there
        for name, encoding in (("as it is", "identity"), ("gzip", "gzip"), ("br", "br")):
            results[f"feed of {ENTRIES:,} entries, {name}"] = _read(address, encoding)
        results[f"feed of {ENTRIES:,} entries, 304"] = _not_modified(address)
    return results


def beside_deciders(folder: Path) -> Results:
    """A backlog decided without marks, with them, and with somebody who publishes what is decided meanwhile."""
    found: dict[str, list[float]] = {"no marks": [], "marks": [], "marks, published": []}
    for _ in range(3):  # in turn, for the machine is not the same from minute to minute
        with _without_marks():
            found["no marks"].append(_backlog())
        found["marks"].append(_backlog())
        with running(folder, "publish", "schedule"):
            found["marks, published"].append(_backlog())
    return {
        f"backlog of {deciding.BACKLOG}, 5 rooms, {name}": {"decided_per_second": statistics.median(rates)}
        for name, rates in found.items()
    }


def _publish() -> float:
    began = time.perf_counter()
    while publish_batch():
        pass
    return time.perf_counter() - began


def _read(address: str, encoding: str) -> dict[str, float]:
    cold = []
    for _ in range(COLD):
        with transaction() as db:
            db.execute(CHANGE)
        cold.append(_timed(address, encoding))
    warm = [_timed(address, encoding) for _ in range(WARM // 10)]
    _, size, _ = _call(address, **{"Accept-Encoding": encoding})
    return {"cold_p50_ms": _ms(cold), "warm_p50_ms": _ms(warm), "kilobytes": size // 1000}


def _not_modified(address: str) -> dict[str, float]:
    _, _, tag = _call(address)
    times = sorted(_timed(address, "gzip", tag) for _ in range(WARM))
    return {"p50_ms": _ms(times), "p99_ms": round(times[int(WARM * 0.99)] * 1000, 1)}


def _timed(address: str, encoding: str, tag: str = "") -> float:
    began = time.perf_counter()
    _call(address, **{"Accept-Encoding": encoding} | ({"If-None-Match": tag} if tag else {}))
    return time.perf_counter() - began


def _call(address: str, **headers: str) -> tuple[int, int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            return answer.status, len(answer.read()), answer.headers["ETag"]
    except urllib.error.HTTPError as answer:
        if answer.code != 304:
            raise
        return 304, 0, ""


def _feed(port: int, token: str, slug: str) -> str:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps({"kind": "room", "of": slug}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/feeds", body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        secret = json.load(answer)["address"].rpartition("/")[2]
    return f"http://127.0.0.1:{port}/calendars/{secret}"


def _backlog() -> float:
    rate = deciding.backlog(5)["decided_per_second"]
    with transaction() as db:
        for statement in FORGET:
            db.execute(statement)
    return rate


@contextmanager
def _without_marks() -> Iterator[None]:
    """As if there were no calendars."""
    with transaction() as db:
        db.execute(text("ALTER TABLE reservation DISABLE TRIGGER USER"))
    try:
        yield
    finally:
        with transaction() as db:
            db.execute(text("ALTER TABLE reservation ENABLE TRIGGER USER"))


def _analyze() -> None:
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE reservation, calendar, calendar_entry, calendar_member"))


def _ms(times: list[float]) -> float:
    return round(statistics.median(times) * 1000, 1)
