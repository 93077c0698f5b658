"""The use cases of a reservation: request, change, cancel. Deciding lives next door, in deciding.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import select, text

from shared.domain.errors import (
    CreneauError,
    InvalidInputError,
    KeyReusedError,
    NotAllowedError,
    RefusedError,
    StaleVersionError,
)
from shared.domain.refusals import Refusal
from shared.domain.rules import Request, people_have_seats
from shared.domain.slots import Slot
from shared.store.base import Db
from shared.store.idempotency import Key, claim, recall
from shared.store.outbox import Actor
from shared.store.places import Resource, resources_named
from shared.store.reservations import Invitee, Reservation


@dataclass(frozen=True, slots=True)
class Wish:
    """A reservation that somebody asks for; `resources` are slugs of the site, all or none of which are given."""

    by: Actor
    title: str
    slot: Slot
    resources: tuple[str, ...]
    people: int = 0
    note: str = ""
    invitees: tuple[Invitee, ...] = ()
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become different; None leaves it as it is."""

    slot: Slot | None = None
    resources: tuple[str, ...] | None = None
    title: str | None = None
    note: str | None = None
    people: int | None = None

    @property
    def words(self) -> dict[str, str]:
        return {name: value for name in ("title", "note") if (value := getattr(self, name)) is not None}


@dataclass(slots=True)
class _Batch:
    """The wishes of one call on their way into the tables; each ends with an id or an error."""

    wishes: Sequence[Wish]
    results: dict[int, int | CreneauError] = field(default_factory=dict)


# One statement for the whole batch: a round trip costs more than a row. Ids and turns count up in the order of `n`;
# a wish for something that is not there is not kept, and neither is its key.
KEEP = text("""
WITH wish AS MATERIALIZED (
    SELECT w.*, coalesce(found.ids, '{}') AS resource_ids
    FROM jsonb_to_recordset(CAST(:wishes AS jsonb)) AS w(
        n int, site_id bigint, person_id bigint, by_coordinator boolean, title text, note text, people bigint,
        starts_at timestamptz, ends_at timestamptz, resources text[], correlation_id text, invitees jsonb, key text)
    CROSS JOIN LATERAL (
        SELECT array_agg(r.id ORDER BY r.id) AS ids FROM resource AS r
        WHERE r.site_id = w.site_id AND r.slug = ANY(w.resources)) AS found
), good AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('reservation', 'id')) AS id, nextval('turn') AS turn, ordered.*
    FROM (SELECT * FROM wish WHERE cardinality(resource_ids) = cardinality(resources) ORDER BY n) AS ordered
), kept AS (
    INSERT INTO reservation (id, site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at,
                             resource_ids, state, turn, created_at, waiting_since, correlation_id)
    SELECT id, site_id, person_id, by_coordinator, title, note, people, starts_at, ends_at,
           resource_ids, 'requested', turn, :now, :now, correlation_id
    FROM good
), invited AS (
    INSERT INTO attendee (reservation_id, address, name, language, role)
    SELECT good.id, i.address, i.name, i.language, i.role
    FROM good, jsonb_to_recordset(good.invitees) AS i(address text, name text, language text, role text)
), recorded AS (
    INSERT INTO event (site_id, reservation_id, type, data, person_id, correlation_id, recorded_at)
    SELECT site_id, id, 'ReservationRequested', '{}', person_id, correlation_id, :now FROM good ORDER BY n
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


def change(
    db: Db, reservation_id: int, wanted: Change, *, version: int | None, by: Actor, now: datetime
) -> Reservation:
    """Change words at once and ask for another time or other rooms; raises StaleVersionError when it changed since."""
    reservation = own(db, reservation_id, by=by)
    if version is not None and reservation.version != version:
        raise StaleVersionError("Somebody changed this reservation since you read it: read it again.")
    slot = wanted.slot or reservation.slot
    rooms = (
        sorted(resource.id for resource in resources_named(db, by.site_id, list(wanted.resources)))
        if wanted.resources is not None
        else reservation.resource_ids
    )
    people = reservation.people if wanted.people is None else wanted.people
    if (slot, rooms) != (reservation.slot, reservation.resource_ids):
        reservation.want(db, slot, rooms, people, by=by, now=now)
        people = reservation.people  # decided with the move
    elif reservation.is_moving and (wanted.slot or wanted.resources is not None):
        reservation.withdraw_move(db, by=by, now=now)
    elif reservation.is_moving:
        reservation.wanted_people = people  # the latest count goes with the move that waits
    if people != reservation.people:
        _check_seats(db, reservation, people, by=by, now=now)
    reservation.describe(db, by=by, now=now, people=people, **wanted.words)
    return reservation


def cancel(db: Db, reservation_id: int, *, reason: str, by: Actor, now: datetime) -> Reservation:
    """Give a reservation back; a reservation that is cancelled already raises WrongStateError."""
    reservation = own(db, reservation_id, by=by)
    reservation.cancel(db, reason=reason, by=by, now=now)
    return reservation


def own(db: Db, reservation_id: int, *, by: Actor) -> Reservation:
    """The reservation, locked, for somebody who may change it; raises NotFoundError or NotAllowedError."""
    reservation = Reservation.locked(db, by.site_id, reservation_id)
    if not by.is_coordinator and reservation.requested_by != by.person_id:
        raise NotAllowedError("Only who asked for a reservation, or a coordinator, may change it.")
    return reservation


def _missing(db: Db, wish: Wish) -> CreneauError:
    """The error that names what is not there."""
    try:
        resources_named(db, wish.by.site_id, list(wish.resources))
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
        "by_coordinator": wish.by.is_coordinator,
        "title": wish.title,
        "note": wish.note,
        "people": wish.people,
        "starts_at": wish.slot.start,
        "ends_at": wish.slot.end,
        "resources": sorted(set(wish.resources)),
        "key": wish.key.key if wish.key else None,
        "correlation_id": wish.by.correlation_id,
        "invitees": [
            {"address": i.address, "name": i.name, "language": i.language, "role": i.role} for i in wish.invitees
        ],
    }


def _check_seats(db: Db, reservation: Reservation, people: int, *, by: Actor, now: datetime) -> None:
    resources = db.scalars(select(Resource).where(Resource.id.in_(reservation.resource_ids)))
    wanted = [resource.as_wanted() for resource in resources]
    refusal: Refusal | None = people_have_seats(Request(reservation.slot, people, wanted, by.is_coordinator, now))
    if refusal is not None:
        raise RefusedError(refusal)
