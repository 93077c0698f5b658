"""In whose name a command changes the house: the record names a coordinator, and the command that was typed."""

from typing import Annotated
from uuid import uuid4

import typer
from sqlalchemy import select

from services.commands import words
from shared.domain.errors import NotFoundError
from shared.store.base import Db
from shared.store.outbox import Actor
from shared.store.people import Person, Role, Token
from shared.store.places import Site

By = Annotated[
    str | None,
    typer.Option(
        "--by",
        parser=words.address,
        metavar="MAIL",
        help="The coordinator who does it; else the Atelier's own address.",
    ),
]


def acting(db: Db, site: Site, command: str, by: str | None = None) -> Actor:
    """A coordinator of that site; raises NotFoundError when there is none."""
    person = _coordinator(db, site, by)
    return Actor(person.id, site.id, is_coordinator=True, correlation_id=uuid4().hex, source=f"creneau {command}")


def _coordinator(db: Db, site: Site, address: str | None) -> Person:
    """Somebody with a coordinator's token, by default whoever has the Atelier's own address."""
    tokens = select(Token.person_id).where(
        Token.site_id == site.id, Token.role == Role.COORDINATOR, Token.revoked_at.is_(None)
    )
    people = db.scalars(select(Person).where(Person.id.in_(tokens)).order_by(Person.id)).all()
    if address is not None:
        people = [person for person in people if person.address == address]
    if not people:
        who = f"{address} has no" if address else "Nobody has a"
        raise NotFoundError(f"{who} coordinator's token here: `creneau token new --role coordinator`.")
    return next((person for person in people if person.address == site.contact_address), people[0])
