"""Furnishing a house: its rooms, rooms that combine, equipment and trainers, each change on record.

What is booked stays booked, whatever is changed here; who is concerned is said, so that a person can talk to them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, text

from shared.domain.crowded import Held, crowding
from shared.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from shared.store.base import Db
from shared.store.house import lock_house
from shared.store.occupancies import look_again
from shared.store.outbox import Actor, record_about_house
from shared.store.people import person_called
from shared.store.places import Resource, resources_named

Kind = Literal["room", "trainer", "equipment"]
KINDS = {"room": "a room", "trainer": "a trainer", "equipment": "equipment"}
OWNERS = {
    "seats": ("room", "only rooms have seats"),
    "parts": ("room", "only rooms combine others"),
    "quantity": ("equipment", "only equipment has a quantity"),
    "person": ("trainer", "only trainers have a mail address"),
}

HELD = text("""
SELECT reservation_id, lower(during) AS start, upper(during) AS "end", count(*) AS units FROM occupancy
WHERE resource_id = :id AND during && tstzrange(:now, NULL) GROUP BY reservation_id, during
""")
# what waits to be decided, or in line, holds nothing yet, and is asked for with the parts of today
ASKED_FOR = text("""
SELECT id, starts_at FROM reservation
WHERE site_id = :site_id AND state IN ('requested', 'tentative', 'confirmed', 'waitlisted') AND ends_at > :now
  AND (resource_ids @> ARRAY[CAST(:id AS bigint)] OR wanted_resource_ids @> ARRAY[CAST(:id AS bigint)])
ORDER BY starts_at, id
""")


@dataclass(frozen=True, slots=True)
class NewResource:
    """`parts` are the rooms that a combined room is made of, `person` is the mail address of a trainer."""

    kind: Kind
    slug: str
    name: str
    seats: int | None = None
    quantity: int | None = None
    parts: tuple[str, ...] = ()
    person: str = ""


@dataclass(frozen=True, slots=True)
class Alteration:
    """What is to become different; None leaves it as it is."""

    name: str | None = None
    seats: int | None = None
    is_open: bool | None = None
    quantity: int | None = None
    parts: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Altered:
    """A resource as it is now, and the reservations that stand although they could not be had any more."""

    resource: Resource
    concerned: tuple[int, ...]


def add(db: Db, new: NewResource, *, by: Actor, now: datetime) -> Resource:
    """Something more that can be booked at once; raises InvalidInputError for what makes no sense together."""
    _coordinators_only(by)
    lock_house(db, by.site_id)
    if db.scalars(select(Resource.id).where(Resource.site_id == by.site_id, Resource.slug == new.slug)).first():
        raise InvalidInputError(f"There is something called {new.slug!r} here already.", code="slug_taken")
    _check_kind(new.kind, new.slug, new)
    parts = _parts(db, new.parts, by) if new.parts else []
    resource = Resource(
        site_id=by.site_id,
        kind=new.kind,
        slug=new.slug,
        name=new.name,
        seats=_seats_together(parts) if parts and new.seats is None else new.seats,
        seats_are_assumed=bool(parts) and new.seats is None,
        is_open=True,
        quantity=new.quantity or 1,
        part_ids=[part.id for part in parts],
        person_id=person_called(db, by.site_id, address=new.person, name=new.name).id if new.person else None,
    )
    db.add(resource)
    db.flush()
    record_about_house(db, f"{new.kind}:{new.slug}", "ResourceAdded", {"after": _shown(db, resource)}, by=by, now=now)
    return resource


def alter(db: Db, slug: str, wanted: Alteration, *, by: Actor, now: datetime) -> Altered:
    """Change what is named; raises WrongStateError for the parts of a combined room that is booked.

    Something is taken out of use by closing it: what is booked stays, and nobody books it any more.
    """
    _coordinators_only(by)
    lock_house(db, by.site_id)  # no decision is made between looking at what is booked and the change
    resource = db.scalars(select(Resource).where(Resource.site_id == by.site_id, Resource.slug == slug)).first()
    if resource is None:
        raise NotFoundError(f"There is no room or resource called {slug[:60]!r} here.")
    _check_kind(resource.kind, slug, wanted)
    before = _shown(db, resource)
    if wanted.parts is not None:
        _recombine(db, resource, wanted.parts, by=by, now=now)
    for field in ("name", "seats", "is_open", "quantity"):
        value = getattr(wanted, field)
        setattr(resource, field, getattr(resource, field) if value is None else value)
    resource.seats_are_assumed = resource.seats_are_assumed and wanted.seats is None
    db.flush()
    after = _shown(db, resource)
    changed = [field for field in after if after[field] != before[field]]
    if changed:
        data = {"before": {f: before[f] for f in changed}, "after": {f: after[f] for f in changed}}
        record_about_house(db, f"{resource.kind}:{slug}", "ResourceChanged", data, by=by, now=now)
        look_again(db, by.site_id, now=now)
    return Altered(resource, _concerned(db, resource, changed, now))


def _check_kind(kind: str, slug: str, what: NewResource | Alteration) -> None:
    """Raises InvalidInputError for what that kind of resource does not have."""
    for field, (owner, sentence) in OWNERS.items():
        if kind != owner and getattr(what, field, None) not in (None, "", ()):
            raise InvalidInputError(f"{slug} is {KINDS[kind]}: {sentence}.", code="wrong_kind")
    if isinstance(what, NewResource) and kind == "trainer" and not what.person:
        raise InvalidInputError("A trainer has a mail address.", code="person_required")


def _parts(db: Db, slugs: tuple[str, ...], by: Actor) -> list[Resource]:
    """The rooms that combine: plain ones that are open, for combinations are explicit and never transitive."""
    parts = resources_named(db, by.site_id, sorted(set(slugs)))
    if len(parts) < 2:  # noqa: PLR2004
        raise InvalidInputError("A combined room is made of two rooms at least.", code="bad_parts")
    for part in parts:
        if part.kind != "room":
            raise InvalidInputError(f"{part.slug} is a {part.kind}: only rooms combine.", code="bad_parts")
        if part.part_ids:
            raise InvalidInputError(f"{part.slug} is a combination itself: name its rooms.", code="bad_parts")
        if not part.is_open:
            raise InvalidInputError(f"{part.slug} is closed, so that nobody could book the whole.", code="bad_parts")
    return parts


def _recombine(db: Db, resource: Resource, slugs: tuple[str, ...], *, by: Actor, now: datetime) -> None:
    """Other parts; not while it is booked, for a booking holds the parts of its day, whatever its name says later."""
    if not resource.part_ids:
        raise InvalidInputError(f"{resource.slug} is no combined room: add one that is.", code="bad_parts")
    parts = [part.id for part in _parts(db, slugs, by)]
    if parts == resource.part_ids:
        return
    booked = db.execute(ASKED_FOR, {"site_id": by.site_id, "id": resource.id, "now": now}).all()
    if booked:
        raise WrongStateError(
            f"{resource.slug} is asked for or booked {len(booked)} times, next on {booked[0].starts_at:%Y-%m-%d}: "
            "add another combined room and close this one.",
            reservations=[row.id for row in booked[:20]],
        )
    resource.part_ids = parts


def _seats_together(parts: list[Resource]) -> int | None:
    seats = [part.seats for part in parts if part.seats is not None]
    return sum(seats) if len(seats) == len(parts) else None


def _shown(db: Db, resource: Resource) -> dict[str, Any]:
    """What the record says of it."""
    parts = db.scalars(select(Resource.slug).where(Resource.id.in_(resource.part_ids)).order_by(Resource.id))
    return {
        "name": resource.name,
        "seats": resource.seats,
        "seats_are_assumed": resource.seats_are_assumed,
        "is_open": resource.is_open,
        "quantity": resource.quantity,
        "parts": list(parts),
    }


def _concerned(db: Db, resource: Resource, changed: list[str], now: datetime) -> tuple[int, ...]:
    """Who holds what was closed, or is there when more is held than there is now; in order of time."""
    is_closed, is_less = "is_open" in changed and not resource.is_open, "quantity" in changed
    if not is_closed and not is_less:
        return ()
    rows = db.execute(HELD, {"id": resource.id, "now": now}).all()
    held = sorted(Held(row.start, row.end, row.units, row.reservation_id) for row in rows)
    found = held if is_closed else crowding(held, resource.quantity)
    return tuple(dict.fromkeys(stay.owner for stay in found))


def _coordinators_only(by: Actor) -> None:
    if not by.is_coordinator:
        raise NotAllowedError("Only a coordinator changes what can be booked.")
