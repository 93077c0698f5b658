"""Which Atelier a command is about, and `creneau site`."""

from typing import Annotated

import typer
from sqlalchemy import select

from services.commands import words
from services.commands.edge import book
from services.commands.tables import show
from shared.domain.errors import CreneauError, NotFoundError
from shared.store.base import Db
from shared.store.places import Site

app = typer.Typer(no_args_is_help=True, help="The Atelier itself: its name, contact and mail domain.")
Which = Annotated[
    str | None, typer.Option("--site", help="The Atelier, such as arras; may be left out while there is one.")
]


@app.command("list")
def list_sites() -> None:
    """List the Ateliers of this installation."""
    with book() as db:
        sites = db.scalars(select(Site).order_by(Site.id)).all()
    rows = [(site.slug, site.name, site.contact_address, site.mail_domain, site.zone) for site in sites]
    show(("site", "name", "contact", "mail domain", "zone"), rows)


@app.command("set")
def set_site(
    which: Which = None,
    name: Annotated[str | None, typer.Option(parser=words.line, help="How it is called in mails.")] = None,
    contact: Annotated[str | None, typer.Option(parser=words.address, help="Where people write to.")] = None,
    mail_domain: Annotated[
        str | None, typer.Option(parser=words.domain, help="The domain that invitations come from, and answers go to.")
    ] = None,
) -> None:
    """Change the Atelier's name, contact address or mail domain."""
    wanted = {"name": name, "contact_address": contact, "mail_domain": mail_domain}
    changes = {field: value for field, value in wanted.items() if value is not None}
    if not changes:
        raise CreneauError("Say what is to change: --name, --contact or --mail-domain.")
    with book() as db:
        site = site_called(db, which)
        for field, value in changes.items():
            setattr(site, field, value)
    typer.echo(f"{site.slug}: {site.name}, contact {site.contact_address}, mail domain {site.mail_domain}.")


def site_called(db: Db, slug: str | None) -> Site:
    """The Atelier of that name, or the only one; raises NotFoundError with the names that there are."""
    sites = db.scalars(select(Site).order_by(Site.id)).all()
    if not sites:
        raise NotFoundError("The database is empty: `creneau migrate` fills it.")
    found = [site for site in sites if slug in (site.slug, None)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(site.slug for site in sites)
    raise NotFoundError(f"There is no site called {slug!r}: {names}." if slug else f"Say --site, one of: {names}.")
