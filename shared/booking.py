"""The use cases of a reservation: request, change, cancel. Deciding lives next door, in deciding.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import select, text, update

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
from shared.store.idempotency import Idempotency, Key, claim, recall
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
    resource_ids: dict[tuple[int, str], int] = field(default_factory=dict)


# One statement for the whole batch: a round trip costs more than a row. Ids and turns count up in the order of `n`.
KEEP = text("""
WITH wish AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('reservation', 'id')) AS id, nextval('turn') AS turn, w.*
    FROM jsonb_to_recordset(CAST(:wishes AS jsonb)) AS w(
        n int, site_id bigint, person_id bigint, by_coordinator boolean, title text, note text, people bigint,
        starts_at timestamptz, ends_at timestamptz, resource_ids bigint[], correlation_id text, invitees jsonb)
), kept AS (
    INSERT INTO reservation (id, site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at,
                             resource_ids, state, turn, created_at, waiting_since, correlation_id)
    SELECT id, site_id, person_id, by_coordinator, title, note, people, starts_at, ends_at,
           resource_ids, 'requested', turn, :now, :now, correlation_id
    FROM wish
), invited AS (
    INSERT INTO attendee (reservation_id, address, name, language, role)
    SELECT wish.id, i.address, i.name, i.language, i.role
    FROM wish, jsonb_to_recordset(wish.invitees) AS i(address text, name text, language text, role text)
), recorded AS (
    INSERT INTO event (site_id, reservation_id, type, data, person_id, correlation_id, recorded_at)
    SELECT site_id, id, 'ReservationRequested', '{}', person_id, correlation_id, :now FROM wish ORDER BY n
)
SELECT n, id FROM wish
""")


def request(db: Db, wishes: Sequence[Wish], *, now: datetime) -> list[int | CreneauError]:
    """Enter the wishes as requested reservations, in this order: the id of each, or the error that stands in its way.

    A wish whose Idempotency-Key was used before for the same request gets the reservation made then.
    """
    batch = _Batch(wishes)
    _find_resources(db, batch)
    _recognise_keys(db, batch, now)
    twins = _twins(batch)
    fresh = [n for n in range(len(wishes)) if n not in batch.results and n not in twins]
    if fresh:
        rows = [_row(n, batch) for n in fresh]
        kept = db.execute(KEEP, {"wishes": orjson.dumps(rows).decode(), "now": now})
        batch.results.update({row.n: row.id for row in kept})
        _remember(db, batch, fresh)
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


def _find_resources(db: Db, batch: _Batch) -> None:
    slugs = sorted({slug for wish in batch.wishes for slug in wish.resources})
    found = db.execute(select(Resource.site_id, Resource.slug, Resource.id).where(Resource.slug.in_(slugs)))
    batch.resource_ids = {(row.site_id, row.slug): row.id for row in found}
    for n, wish in enumerate(batch.wishes):
        missing = [slug for slug in wish.resources if (wish.by.site_id, slug) not in batch.resource_ids]
        if missing:
            batch.results[n] = InvalidInputError(
                f"There is no room or resource called {missing[0][:60]!r} here.", code="unknown_resource"
            )


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


def _remember(db: Db, batch: _Batch, fresh: list[int]) -> None:
    for n in fresh:
        key, result = batch.wishes[n].key, batch.results[n]
        if key is not None and isinstance(result, int):
            db.execute(
                update(Idempotency)
                .where(Idempotency.person_id == key.person_id, Idempotency.key == key.key)
                .values(reservation_id=result)
            )


def _reused() -> KeyReusedError:
    return KeyReusedError("This Idempotency-Key was used before with another request: take a new one.")


def _row(n: int, batch: _Batch) -> dict[str, object]:
    wish = batch.wishes[n]
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
        "resource_ids": sorted(batch.resource_ids[wish.by.site_id, slug] for slug in set(wish.resources)),
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
