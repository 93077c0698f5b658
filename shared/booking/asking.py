"""Asking: wishes become requested reservations, many in one statement, each key once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import text

from shared.domain.errors import (
    CreneauError,
    InvalidInputError,
    KeyReusedError,
)
from shared.domain.slots import Slot
from shared.store.attendees import Invitee
from shared.store.base import Db
from shared.store.idempotency import Key, claim, recall
from shared.store.outbox import Actor
from shared.store.places import resources_named


@dataclass(frozen=True, slots=True)
class Wish:
    """A reservation that somebody asks for; `resources` are slugs of the site, all or none of which are given.

    `owner_id` is the person whose reservation it will be, when that is not who asks; `quantities` says of which
    equipment (slug) how many; `on_conflict` is refuse or wait, or for a date of a series one of its own words;
    `option_until` asks for an option; `override` is a coordinator's reason to set rules aside.
    """

    by: Actor
    title: str
    slot: Slot
    resources: tuple[str, ...]
    people: int = 0
    note: str = ""
    invitees: tuple[Invitee, ...] = ()
    key: Key | None = None
    owner_id: int | None = None
    layout: str = ""
    quantities: Mapping[str, int] = field(default_factory=dict)
    on_conflict: str = "refuse"
    option_until: datetime | None = None
    override: str = ""
    date_of: "DateOf | None" = None


@dataclass(frozen=True, slots=True)
class DateOf:
    """Which date of which series a reservation is, and the turn that all its dates have."""

    series_id: int
    recurs_at: datetime
    turn: int


@dataclass(slots=True)
class _Batch:
    """The wishes of one call on their way into the tables; each ends with an id or an error."""

    wishes: Sequence[Wish]
    results: dict[int, int | CreneauError] = field(default_factory=dict)


# One statement for the whole batch: a round trip costs more than a row. Ids and turns count up in the order of `n`;
# a wish for something that is not there is not kept, and neither is its key.
KEEP = text("""
WITH wish AS MATERIALIZED (
    SELECT w.*, p.organisation_id, found.count, coalesce(found.ids, '{}') AS resource_ids
    FROM jsonb_to_recordset(CAST(:wishes AS jsonb)) AS w(
        n int, site_id bigint, person_id bigint, owner_id bigint, by_coordinator boolean, title text, note text,
        people bigint, layout text, quantities jsonb, starts_at timestamptz, ends_at timestamptz, resources text[],
        on_conflict text, option_until timestamptz, override text, series_id bigint, recurs_at timestamptz,
        turn bigint, correlation_id text, source text, invitees jsonb, key text)
    JOIN person AS p ON p.id = w.owner_id
    CROSS JOIN LATERAL (
        -- a combined room is asked for with all its parts
        SELECT count(DISTINCT r.id) AS count, array_agg(DISTINCT part ORDER BY part) AS ids
        FROM resource AS r CROSS JOIN LATERAL unnest(r.id || r.part_ids) AS part
        WHERE r.site_id = w.site_id AND r.slug = ANY(w.resources)) AS found
), good AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('reservation', 'id')) AS id, coalesce(turn, nextval('turn')) AS turn_,
           ordered.*
    FROM (SELECT * FROM wish WHERE count = cardinality(resources) ORDER BY n) AS ordered
), kept AS (
    INSERT INTO reservation (id, site_id, requested_by, organisation_id, by_coordinator, title, note, people, layout,
                             quantities, starts_at, ends_at, resource_ids, on_conflict, option_until, override_reason,
                             series_id, recurs_at, state, turn, created_at, waiting_since, correlation_id)
    SELECT id, site_id, owner_id, organisation_id, by_coordinator, title, note, people, layout,
           quantities, starts_at, ends_at, resource_ids, on_conflict, option_until, override,
           series_id, recurs_at, 'requested', turn_, :now, :now, correlation_id
    FROM good
), invited AS (
    INSERT INTO attendee (reservation_id, address, name, language, role)
    SELECT good.id, i.address, i.name, i.language, i.role
    FROM good, jsonb_to_recordset(good.invitees) AS i(address text, name text, language text, role text)
), recorded AS (
    INSERT INTO event (site_id, reservation_id, type, data, person_id, on_behalf_of, source, reason, correlation_id,
                       recorded_at)
    SELECT site_id, id, 'ReservationRequested', '{}', person_id, nullif(owner_id, person_id), source, override,
           correlation_id, :now
    FROM good ORDER BY n
), remembered AS (
    UPDATE idempotency AS i SET reservation_id = good.id
    FROM good WHERE i.person_id = good.person_id AND i.key = good.key
), forgotten AS (
    DELETE FROM idempotency AS i USING wish LEFT JOIN good USING (n)
    WHERE good.n IS NULL AND i.person_id = wish.person_id AND i.key = wish.key
)
SELECT n, good.id FROM wish LEFT JOIN good USING (n)
""")


def request(db: Db, wishes: Sequence[Wish], *, now: datetime) -> list[int | CreneauError]:
    """Enter the wishes as requested reservations, in this order: the id of each, or the error that stands in its way.

    A wish whose Idempotency-Key was used before for the same request gets the reservation made then.
    """
    batch = _Batch(wishes)
    _recognise_keys(db, batch, now)
    twins = _twins(batch)
    fresh = [n for n in range(len(wishes)) if n not in batch.results and n not in twins]
    if fresh:
        rows = [_row(n, wishes[n]) for n in fresh]
        for row in db.execute(KEEP, {"wishes": orjson.dumps(rows).decode(), "now": now}).all():
            batch.results[row.n] = row.id if row.id is not None else _missing(db, wishes[row.n])
    return [batch.results[twins.get(n, n)] for n in range(len(wishes))]


def _missing(db: Db, wish: Wish) -> CreneauError:
    """The error that names what is not there."""
    try:
        resources_named(db, wish.by.site_id, sorted({*wish.resources, *wish.quantities}))
    except InvalidInputError as error:
        return error
    return InvalidInputError("A room was renamed at this very moment: ask again.", code="unknown_resource")


def _recognise_keys(db: Db, batch: _Batch, now: datetime) -> None:
    keyed = [(n, wish.key) for n, wish in enumerate(batch.wishes) if wish.key is not None and n not in batch.results]
    asked: dict[tuple[int, str], Key] = {}
    for _, key in keyed:
        asked.setdefault((key.person_id, key.key), key)
    fresh = claim(db, list(asked.values()), now)
    for n, key in keyed:
        first = asked[key.person_id, key.key]
        if (key.person_id, key.key) not in fresh:
            known = recall(db, key)
            is_same = known.fingerprint == key.fingerprint and known.reservation_id is not None
            batch.results[n] = known.reservation_id if is_same and known.reservation_id else _reused()
        elif first.fingerprint != key.fingerprint:
            batch.results[n] = _reused()


def _twins(batch: _Batch) -> dict[int, int]:
    """Wishes that came twice with one key in this batch: the later one's place, and the first one's."""
    first: dict[Key, int] = {}
    places = [(n, first.setdefault(w.key, n)) for n, w in enumerate(batch.wishes) if w.key and n not in batch.results]
    return {n: first_n for n, first_n in places if n != first_n}


def _reused() -> KeyReusedError:
    return KeyReusedError("This Idempotency-Key was used before with another request: take a new one.")


def _row(n: int, wish: Wish) -> dict[str, object]:
    return {
        "n": n,
        "site_id": wish.by.site_id,
        "person_id": wish.by.person_id,
        "owner_id": wish.owner_id or wish.by.person_id,
        "by_coordinator": wish.by.is_coordinator,
        "title": wish.title,
        "note": wish.note,
        "people": wish.people,
        "layout": wish.layout,
        "quantities": dict(wish.quantities),
        "starts_at": wish.slot.start,
        "ends_at": wish.slot.end,
        "resources": sorted({*wish.resources, *wish.quantities}),
        "on_conflict": wish.on_conflict,
        "option_until": wish.option_until,
        "override": wish.override,
        "series_id": wish.date_of.series_id if wish.date_of else None,
        "recurs_at": wish.date_of.recurs_at if wish.date_of else None,
        "turn": wish.date_of.turn if wish.date_of else None,
        "source": wish.by.source,
        "key": wish.key.key if wish.key else None,
        "correlation_id": wish.by.correlation_id,
        "invitees": [
            {"address": i.address, "name": i.name, "language": i.language, "role": i.role} for i in wish.invitees
        ],
    }
