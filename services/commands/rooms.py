"""`creneau room`, `creneau equipment` and `creneau trainer`: what can be booked, until there are pages for it."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import select

from services.commands import words
from services.commands.acting import By, acting
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from shared import furnishing
from shared.availability import conflicts_behind
from shared.domain.errors import CreneauError
from shared.domain.refusals import ROOM_TAKEN, Conflict, Refusal
from shared.store.base import Db
from shared.store.places import Resource, Site

rooms = typer.Typer(no_args_is_help=True, help="The rooms: their seats, whether they can be booked, and combine.")
equipment = typer.Typer(no_args_is_help=True, help="Equipment, which can be booked with a room or without one.")
trainers = typer.Typer(no_args_is_help=True, help="Trainers, who can be booked for a session like a room.")

SlugOf = Annotated[str, typer.Argument(parser=words.slug, metavar="SLUG", help="Its short name, such as flexi-36.")]
Seats = Annotated[int | None, typer.Option(min=1, max=100_000, help="How many people have a seat.")]
Name = Annotated[str, typer.Option(parser=words.line, help="How people call it.")]
Quantity = Annotated[int | None, typer.Option(min=1, max=1000, help="How many there are, of equipment.")]
PARTS = "The rooms that it takes, such as flexi-16 flexi-19."


@rooms.command("list")
def list_rooms(which: Which = None) -> None:
    """List the rooms, trainers and equipment."""
    with book() as db:
        site = site_called(db, which)
        found = db.scalars(select(Resource).where(Resource.site_id == site.id).order_by(Resource.id)).all()
    slugs = {r.id: r.slug for r in found}
    rows = [
        (r.slug, r.name, r.kind, _seats(r), _units(r), " + ".join(slugs[id_] for id_ in r.part_ids), _booking(r))
        for r in found
    ]
    show(("slug", "name", "kind", "seats", "units", "made of", "booking"), rows)


@rooms.command("set")
def set_room(  # noqa: PLR0913, PLR0917  its arguments are the options that can be typed
    slug: SlugOf,
    seats: Seats = None,
    name: Annotated[str | None, typer.Option(parser=words.line, help="How people call it.")] = None,
    is_open: Annotated[bool | None, typer.Option("--open/--closed", help="Whether it can be booked.")] = None,
    quantity: Quantity = None,
    part: Annotated[list[str] | None, typer.Option(parser=words.slug, metavar="SLUG", help=PARTS)] = None,
    by: By = None,
    which: Which = None,
) -> None:
    """Correct a room, equipment or trainer, or close it for booking; what is booked stays booked, and is named."""
    wanted = furnishing.Alteration(name, seats, is_open, quantity, tuple(part) if part else None)
    if wanted == furnishing.Alteration():
        raise CreneauError("Say what is to change: --seats, --name, --open, --closed, --quantity or --part.")
    with book() as db:
        site = site_called(db, which)
        altered = furnishing.alter(db, slug, wanted, by=acting(db, site, "room set", by), now=datetime.now(UTC))
        told = _told(altered.resource)
        concerned = _concerned(db, site, altered)
    typer.echo(told)
    for line in concerned:
        typer.echo(line)


@rooms.command("add")
def add_room(
    slug: SlugOf,
    name: Name,
    seats: Annotated[int, typer.Option(min=1, max=100_000, help="How many people have a seat.")],
    by: By = None,
    which: Which = None,
) -> None:
    """Add a room that can be booked at once."""
    _add(furnishing.NewResource("room", slug, name, seats), "room add", by, which)


@rooms.command("combine")
def combine_rooms(
    slug: SlugOf,
    parts: Annotated[list[str], typer.Argument(parser=words.slug, metavar="ROOM...", help=PARTS)],
    name: Name,
    seats: Annotated[int | None, typer.Option(min=1, help="Else those of its rooms together.")] = None,
    by: By = None,
    which: Which = None,
) -> None:
    """Add a combined room, which takes all its rooms; they are plain rooms, never combinations themselves."""
    _add(furnishing.NewResource("room", slug, name, seats, parts=tuple(parts)), "room combine", by, which)


@equipment.command("add")
def add_equipment(slug: SlugOf, name: Name, quantity: Quantity = None, by: By = None, which: Which = None) -> None:
    """Add equipment, of which nobody gets more at a time than there is."""
    _add(furnishing.NewResource("equipment", slug, name, quantity=quantity), "equipment add", by, which)


@trainers.command("add")
def add_trainer(
    slug: SlugOf,
    person: Annotated[str, typer.Option(parser=words.address, metavar="MAIL", help="The trainer's mail address.")],
    name: Name,
    by: By = None,
    which: Which = None,
) -> None:
    """Add a trainer, so that no two sessions get the same one at a time."""
    _add(furnishing.NewResource("trainer", slug, name, person=person), "trainer add", by, which)


def _add(new: furnishing.NewResource, command: str, by: str | None, which: str | None) -> None:
    with book() as db:
        site = site_called(db, which)
        added = furnishing.add(db, new, by=acting(db, site, command, by), now=datetime.now(UTC))
    typer.echo(_told(added))


def _told(resource: Resource) -> str:
    """In one line, such as 'flexi-16: Flexi 16, 14 seats, open.' for a room."""
    counted = {"room": f", {_seats(resource)} seats", "equipment": f", {resource.quantity} of them", "trainer": ""}
    return f"{resource.slug}: {resource.name}{counted[resource.kind]}, {_booking(resource)}."


def _concerned(db: Db, site: Site, altered: furnishing.Altered) -> list[str]:
    """A line for each booking that stands all the same, so that somebody can talk to its owner."""
    conflicts = tuple(Conflict(altered.resource.id, id_) for id_ in altered.concerned)
    zone = ZoneInfo(site.zone)
    return [
        f"Stands all the same: {row.id}, {row.starts_at.astimezone(zone):%Y-%m-%d %H:%M}, {row.title}, {row.person}."
        for row in conflicts_behind(db, Refusal(ROOM_TAKEN, conflicts=conflicts))
    ]


def _seats(resource: Resource) -> str:
    if resource.seats is None:
        return "-"
    return f"{resource.seats} (assumed)" if resource.seats_are_assumed else str(resource.seats)


def _units(resource: Resource) -> str:
    return str(resource.quantity) if resource.kind == "equipment" else "-"


def _booking(resource: Resource) -> str:
    return "open" if resource.is_open else "closed"
