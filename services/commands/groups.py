"""`creneau group`: people for whom the house has rules of their own."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select

from services.commands import words
from services.commands.acting import By, acting
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from shared import ruling
from shared.domain.errors import CreneauError
from shared.store.people import Person, PersonGroup

app = typer.Typer(no_args_is_help=True, help="Groups of people, for whom the house has rules of their own.")


@app.command("set")
def set_group(
    slug: Annotated[str, typer.Argument(parser=words.slug, metavar="SLUG", help="Its short name, such as staff.")],
    people: Annotated[
        list[str] | None,
        typer.Argument(parser=words.address, metavar="MAIL...", help="Who is in it, all of them; nobody is in two."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(parser=words.line, help="What it is called; needed for a new one.")
    ] = None,
    by: By = None,
    which: Which = None,
) -> None:
    """Make a group, rename it, and say who is in it; `creneau policy set --group` says what goes for them."""
    with book() as db:
        site = site_called(db, which)
        known = db.scalars(select(PersonGroup).where(PersonGroup.site_id == site.id, PersonGroup.slug == slug)).first()
        called = name or (known.name if known else None)
        if called is None:
            raise CreneauError("A new group needs a --name.")
        actor = acting(db, site, "group set", by)
        ruling.set_group(db, slug, called, people or [], by=actor, now=datetime.now(UTC))
    count = len(set(people or ()))
    typer.echo(f"{slug}: {called}, {count} {'person' if count == 1 else 'people'}.")


@app.command("list")
def list_groups(which: Which = None) -> None:
    """List the groups and who is in them."""
    with book() as db:
        site = site_called(db, which)
        found = db.scalars(select(PersonGroup).where(PersonGroup.site_id == site.id).order_by(PersonGroup.slug)).all()
        people = {
            group.id: list(db.scalars(select(Person.address).where(Person.group_id == group.id))) for group in found
        }
    show(("group", "name", "people"), [(group.slug, group.name, ", ".join(people[group.id])) for group in found])
