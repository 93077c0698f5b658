"""`creneau room` and `creneau trainer`: what can be booked, until there are pages for it."""

from typing import Annotated

import typer
from sqlalchemy import select

from services.commands import words
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from shared.domain.errors import CreneauError, InvalidInputError, NotFoundError
from shared.store.base import Db
from shared.store.people import Person, person_called
from shared.store.places import Resource, Site

rooms = typer.Typer(no_args_is_help=True, help="The rooms: their seats, and whether they can be booked.")
trainers = typer.Typer(no_args_is_help=True, help="Trainers, who can be booked for a session like a room.")

SlugOf = Annotated[str, typer.Argument(parser=words.slug, metavar="SLUG", help="Its short name, such as flexi-36.")]
Seats = Annotated[int | None, typer.Option(min=1, max=100_000, help="How many people have a seat.")]
Name = Annotated[str, typer.Option(parser=words.line, help="How people call it.")]


@rooms.command("list")
def list_rooms(which: Which = None) -> None:
    """List the rooms, trainers and equipment."""
    with book() as db:
        site = site_called(db, which)
        found = db.scalars(select(Resource).where(Resource.site_id == site.id).order_by(Resource.id)).all()
    rows = [(r.slug, r.name, r.kind, _seats(r), "open" if r.is_open else "closed") for r in found]
    show(("slug", "name", "kind", "seats", "booking"), rows)


@rooms.command("set")
def set_room(
    slug: SlugOf,
    seats: Seats = None,
    name: Annotated[str | None, typer.Option(parser=words.line, help="How people call it.")] = None,
    is_open: Annotated[bool | None, typer.Option("--open/--closed", help="Whether it can be booked.")] = None,
    which: Which = None,
) -> None:
    """Correct a room's seats or name, or close it for booking; reservations that stand are not touched."""
    if seats is None and name is None and is_open is None:
        raise CreneauError("Say what is to change: --seats, --name, --open or --closed.")
    with book() as db:
        room = _resource(db, site_called(db, which), slug)
        if seats is not None:
            if room.kind != "room":
                raise InvalidInputError(f"{slug} is a {room.kind}: only rooms have seats.")
            room.seats, room.seats_are_assumed = seats, False
        room.name = room.name if name is None else name
        room.is_open = room.is_open if is_open is None else is_open
    typer.echo(f"{room.slug}: {room.name}, {_seats(room)} seats, {'open' if room.is_open else 'closed'}.")


@rooms.command("add")
def add_room(
    slug: SlugOf,
    name: Name,
    seats: Annotated[int, typer.Option(min=1, max=100_000, help="How many people have a seat.")],
    which: Which = None,
) -> None:
    """Add a room that can be booked at once."""
    with book() as db:
        _add(db, site_called(db, which), slug, name, kind="room", seats=seats)
    typer.echo(f"{slug}: {name}, {seats} seats, open.")


@trainers.command("add")
def add_trainer(
    slug: SlugOf,
    person: Annotated[str, typer.Option(parser=words.address, metavar="MAIL", help="The trainer's mail address.")],
    name: Name,
    which: Which = None,
) -> None:
    """Add a trainer, so that no two sessions get the same one at a time."""
    with book() as db:
        site = site_called(db, which)
        known = person_called(db, site.id, address=person, name=name)
        _add(db, site, slug, name, kind="trainer", person=known)
    typer.echo(f"{slug}: {name} <{person}> can be booked.")


def _add(
    db: Db, site: Site, slug: str, name: str, *, kind: str, seats: int | None = None, person: Person | None = None
) -> None:
    if db.scalars(select(Resource.id).where(Resource.site_id == site.id, Resource.slug == slug)).first():
        raise InvalidInputError(f"{slug} exists already: `creneau room set {slug}` changes it.")
    db.add(
        Resource(
            site_id=site.id,
            kind=kind,
            slug=slug,
            name=name,
            seats=seats,
            seats_are_assumed=False,
            is_open=True,
            person_id=person.id if person else None,
        )
    )


def _resource(db: Db, site: Site, slug: str) -> Resource:
    found = db.scalars(select(Resource).where(Resource.site_id == site.id, Resource.slug == slug)).first()
    if found is None:
        raise NotFoundError(f"There is no {slug} in {site.slug}: `creneau room list` names what there is.")
    return found


def _seats(resource: Resource) -> str:
    if resource.seats is None:
        return "-"
    return f"{resource.seats} (assumed)" if resource.seats_are_assumed else str(resource.seats)
