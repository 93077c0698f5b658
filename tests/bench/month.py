"""The month of five rooms, read by eight clients, with few, many and very many reservations in the book."""

import itertools
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime

from sqlalchemy import text

from shared.store.base import engine, transaction
from tests.bench.client import Answer, Call, Client, closed_loop

# Five years around the month that is read: 20,000 reservations are 11 a day in five rooms, as full as a house can be.
# A million of them are fifty such houses, for the same book serves all Ateliers.
YEARS = 5
PER_SITE = 20_000

SITES = text("""
INSERT INTO site (slug, name, address, zone, language, contact_address, mail_domain, opens, closes)
SELECT 'atelier-' || n, 'Atelier ' || n, '', 'Europe/Paris', 'fr', 'a@example.org', 'example.org', '08:00', '20:00'
FROM generate_series(CAST(:from_site AS int), CAST(:to_site AS int)) AS n ON CONFLICT DO NOTHING
""")
ROOMS = text("""
INSERT INTO resource (site_id, kind, slug, name, seats)
SELECT site.id, 'room', 'salle-' || n, 'Salle ' || n, 30 FROM site, generate_series(1, 5) AS n
WHERE site.slug LIKE 'atelier-%' ON CONFLICT DO NOTHING
""")
RESERVATIONS = text("""
WITH room AS (
    SELECT site_id, id FROM resource
    WHERE site_id = ANY(CAST(:sites AS bigint[])) AND kind = 'room' AND slug NOT LIKE 'salle-%-%'
), wanted AS (
    SELECT nextval(pg_get_serial_sequence('reservation', 'id')) AS id, room.site_id, room.id AS room_id,
           CAST(:start AS timestamptz) + (n * (CAST(:years AS int) * interval '365 days' / (:per_site / 5))) AS start
    FROM room, generate_series(0, :per_site / 5 - 1) AS n
), kept AS (
    INSERT INTO reservation (id, site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at,
                             resource_ids, state, created_at, decided_at)
    SELECT id, site_id, 1, true, 'Atelier storyboard, 4e B du collège Péguy', '', 24, start, start + interval '3 hours',
           ARRAY[room_id], 'confirmed', now(), now() FROM wanted
)
INSERT INTO occupancy (resource_id, reservation_id, during)
SELECT room_id, id, tstzrange(start, start + interval '3 hours') FROM wanted
""")
MONTH = "/api/rooms/free-busy?from=2027-11-01T00:00:00Z&to=2027-12-01T00:00:00Z"


def fill(stored: int) -> None:
    """Have so many reservations in the book: first those of the house that is read, then those of other Ateliers."""
    first = {"start": datetime(2025, 6, 1, 8, tzinfo=UTC), "years": YEARS, "per_site": min(stored, PER_SITE)}
    others = stored // PER_SITE - 1
    with transaction() as db:
        db.execute(text("SET LOCAL statement_timeout = 0"))
        db.execute(text("TRUNCATE reservation CASCADE"))
        db.execute(text("DELETE FROM resource WHERE slug LIKE 'salle-%-%'"))  # of the backlogs: five rooms are read
        db.execute(SITES, {"from_site": 1, "to_site": max(others, 0)})
        db.execute(ROOMS)
        sites = list(db.scalars(text("SELECT id FROM site WHERE slug LIKE 'atelier-%' OR slug = 'arras' ORDER BY id")))
        for site in sites[: max(others, 0) + 1]:
            db.execute(RESERVATIONS, first | {"sites": [site]})
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE reservation, occupancy"))


async def read(port: int, token: str, *, seconds: float) -> dict[str, float]:
    """The month, again and again."""
    run = await closed_loop(port, token, _months(), clients=8, seconds=seconds)
    wrong = [answer for answer in run.answers if answer.status != 200]
    if wrong:
        raise RuntimeError(f"{wrong[0].status}: {wrong[0].body[:300]!r}")
    return run.summary() | {"bytes": len(run.answers[0].body), "entries": run.answers[0].body.count(b'"start"')}


def _months() -> Iterator[Call]:
    def call(client: Client) -> Awaitable[Answer]:
        return client.get(MONTH)

    return itertools.repeat(call)
