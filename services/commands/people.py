"""`creneau token` and `creneau partner`: who may call, and who is invited."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy import select

from services.commands import words
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from shared.domain.errors import InvalidInputError, NotFoundError
from shared.store.people import Organisation, Person, Role, Token, organisation_called, person_called
from shared.store.places import Site

tokens = typer.Typer(no_args_is_help=True, help="Tokens, with which people and programs call the API.")
partners = typer.Typer(no_args_is_help=True, help="Partners, who have no account and receive invitations.")


class Language(StrEnum):
    FR = "fr"
    EN = "en"


@tokens.command("new")
def new_token(
    person: Annotated[str, typer.Option(parser=words.address, metavar="MAIL", help="The person's mail address.")],
    name: Annotated[str, typer.Option(parser=words.line, help="The person's name, taken when the address is new.")],
    role: Annotated[Role, typer.Option(help="What the token may do; a partner's token only reads.")],
    which: Which = None,
    label: Annotated[str | None, typer.Option(parser=words.line, help="What it is for, for the list.")] = None,
) -> None:
    """Make a token and print it, this once; only its digest is kept."""
    with book() as db:
        site = site_called(db, which)
        owner = person_called(db, site.id, address=person, name=name)
        secret = Token.issue(db, owner, role, label=label or "", now=datetime.now(UTC))
    typer.echo(f"A {role} token of {owner.name} <{owner.address}> for {site.slug}, shown this once:", err=True)
    typer.echo(secret)


@tokens.command("list")
def list_tokens() -> None:
    """List the tokens: whose, for what, since when; never the tokens themselves."""
    query = (
        select(Token, Person, Site.slug)
        .join(Person, Person.id == Token.person_id)
        .join(Site, Site.id == Token.site_id)
        .order_by(Token.id)
    )
    with book() as db:
        found = db.execute(query).all()
    rows = [
        (str(token.id), site, token.role, f"{owner.name} <{owner.address}>", token.label, *_since(token))
        for token, owner, site in found
    ]
    show(("id", "site", "role", "person", "label", "made", "revoked"), rows)


@tokens.command("revoke")
def revoke_token(token_id: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1)]) -> None:
    """Revoke a token; within five seconds nobody listens to it any more."""
    with book() as db:
        token = db.get(Token, token_id)
        if token is None:
            raise NotFoundError(f"There is no token {token_id}: `creneau token list` names those that there are.")
        was_revoked = token.revoked_at is not None
        token.revoked_at = token.revoked_at or datetime.now(UTC)
    typer.echo(f"Token {token_id} {'was revoked before' if was_revoked else 'is revoked'}.")


@partners.command("add")
def add_partner(
    name: Annotated[str, typer.Argument(parser=words.line, metavar="NAME", help="How it is called, such as Caf 62.")],
    contact: Annotated[str, typer.Option(parser=words.address, metavar="MAIL", help="Who gets its invitations.")],
    contact_name: Annotated[str | None, typer.Option(parser=words.line, help="That person's or team's name.")] = None,
    language: Annotated[Language, typer.Option(help="The language of its mails.")] = Language.FR,
    which: Which = None,
) -> None:
    """Add a partner, whose contact is invited to everything that is registered for it."""
    with book() as db:
        site = site_called(db, which)
        if organisation_called(db, site.id, name):
            raise InvalidInputError(f"There is a partner called {name!r} already.")
        db.add(
            Organisation(
                site_id=site.id,
                name=name,
                contact_name=contact_name or "",
                contact_address=contact,
                language=language.value,
            )
        )
    typer.echo(f"{name}: invitations go to {contact}, in {'French' if language is Language.FR else 'English'}.")


@partners.command("list")
def list_partners(which: Which = None) -> None:
    """List the partners and their contacts."""
    with book() as db:
        site = site_called(db, which)
        found = db.scalars(
            select(Organisation).where(Organisation.site_id == site.id).order_by(Organisation.name)
        ).all()
    show(("partner", "contact", "language"), [(o.name, _contact(o), o.language) for o in found])


def _contact(partner: Organisation) -> str:
    return f"{partner.contact_name} <{partner.contact_address or '-'}>".strip()


def _since(token: Token) -> tuple[str, str]:
    revoked = f"{token.revoked_at:%Y-%m-%d}" if token.revoked_at else "-"
    return f"{token.created_at:%Y-%m-%d}", revoked
