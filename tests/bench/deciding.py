"""The decide task alone on a backlog, against the raw rate of its exclusion constraint on the same server."""

import time
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import text

from shared.house import warm_up
from shared.store.base import engine, transaction
from shared.store.places import Resource
from workers.conflicts import decide_some

BACKLOG = 4000
START = datetime(2031, 1, 1, tzinfo=UTC)

FILL = text("""
INSERT INTO reservation (site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at, resource_ids,
                         state, turn, created_at, waiting_since)
SELECT 1, 1, true, 'Atelier', '', 5, s.start, s.start + interval '1 hour', ARRAY[room.id], 'requested',
       nextval('turn'), now(), now()
FROM generate_series(1, :count) AS n
CROSS JOIN LATERAL (SELECT CAST(:rooms AS bigint[]) AS ids) AS r
CROSS JOIN LATERAL (SELECT r.ids[1 + n % cardinality(r.ids)] AS id) AS room
CROSS JOIN LATERAL (SELECT CAST(:start AS timestamptz) + (n / cardinality(r.ids)) * interval '1 hour' AS start) AS s
ORDER BY n
""")
RAW = text("""
INSERT INTO occupancy (resource_id, reservation_id, during)
SELECT r.ids[1 + n % cardinality(r.ids)], :reservation,
       tstzrange(CAST(:start AS timestamptz) + (n / cardinality(r.ids)) * interval '1 hour',
                 CAST(:start AS timestamptz) + (n / cardinality(r.ids) + 1) * interval '1 hour')
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
CROSS JOIN LATERAL (SELECT CAST(:rooms AS bigint[]) AS ids) AS r
ON CONFLICT DO NOTHING
""")


def backlog(rooms: int) -> dict[str, float]:
    """Decided per second with so many rooms, and the raw inserts per second, one and fifty a transaction."""
    ids = _rooms(rooms)
    with transaction() as db:
        db.execute(FILL, {"count": BACKLOG, "rooms": ids, "start": START})
    _analyze()
    warm_up()  # as a worker does before it is ready
    began = time.perf_counter()
    while decide_some():
        pass
    seconds = time.perf_counter() - began
    with transaction() as db:
        confirmed = db.scalars(
            text("SELECT count(*) FROM occupancy WHERE lower(during) >= :start"), {"start": START}
        ).one()
        some = db.scalars(text("SELECT max(id) FROM reservation")).one()
        db.execute(text("DELETE FROM occupancy WHERE lower(during) >= :start"), {"start": START})
        # nor do they count as somebody's share, when it is measured again with every rule on
        db.execute(text("UPDATE reservation SET state = 'cancelled' WHERE starts_at >= :start"), {"start": START})
    if confirmed != BACKLOG:
        raise RuntimeError(f"{confirmed} of {BACKLOG} were confirmed")
    return {
        "rooms": rooms,
        "decided_per_second": round(BACKLOG / seconds),
        "raw_one_a_transaction": round(_raw(ids, some, per_transaction=1)),
        "raw_fifty_a_transaction": round(_raw(ids, some, per_transaction=50)),
    }


def _raw(rooms: list[int], reservation: int, *, per_transaction: int) -> float:
    began = time.perf_counter()
    for first in range(0, BACKLOG, per_transaction):
        values = {"first": first, "last": first + per_transaction - 1, "rooms": rooms, "start": START}
        with transaction() as db:
            db.execute(RAW, values | {"reservation": reservation})
    seconds = time.perf_counter() - began
    with transaction() as db:
        db.execute(text("DELETE FROM occupancy WHERE lower(during) >= :start"), {"start": START})
    return BACKLOG / seconds


def _rooms(count: int) -> list[int]:
    rooms = [
        Resource(
            site_id=1,
            kind="room",
            slug=f"salle-{uuid4().hex[:8]}",
            name=f"Salle {n}",
            seats=30,
            seats_are_assumed=True,
            is_open=True,
        )
        for n in range(count)
    ]
    with transaction() as db:
        db.add_all(rooms)
        db.flush()
        return [room.id for room in rooms]


def _analyze() -> None:
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE reservation, occupancy, event"))
