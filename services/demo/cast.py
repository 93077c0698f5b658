"""Who plays: a coordinator and a trainer with tokens of their own for as long as the demo takes, and two partners."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import update

from services.commands.edge import book, checked_settings
from services.commands.site import site_called
from services.demo.programme import PARTNERS
from shared.domain.errors import CreneauError
from shared.store.base import Db
from shared.store.people import Organisation, Role, Token, digest_of, organisation_called, person_called
from shared.store.places import Site

PEOPLE = {
    Role.COORDINATOR: ("coordination@atelier-demo.example", "Agathe Coordin (démo)"),
    Role.TRAINER: ("formatrice@atelier-demo.example", "Louise Formatrice (démo)"),
}
BY_SMTP = (
    "SMTP_URL is set, and the demo's mails must not leave this machine: run it on an installation without SMTP_URL."
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Their tokens, and the partners that the demo may name; `mails` is where their mails can be read."""

    coordinator: str
    trainer: str
    partners: frozenset[str] = frozenset()
    mails: str = ""


@contextmanager
def cast_of(token: str | None) -> Iterator[Cast]:
    """The cast: everybody with the token that was given, or else people made for the demo, whose tokens end with it."""
    if token:
        yield Cast(token, token)
        return
    conf = checked_settings()
    if conf.smtp_url:
        raise CreneauError(BY_SMTP)
    with book() as db:
        site = site_called(db, None)
        tokens = {role: _token(db, site, role) for role in PEOPLE}
        partners = frozenset(name for name in PARTNERS if _is_ours(db, site, name))
    try:
        yield Cast(tokens[Role.COORDINATOR], tokens[Role.TRAINER], partners, str(conf.mail_dir.absolute()))
    finally:
        digests = [digest_of(secret) for secret in tokens.values()]
        with book() as db:
            db.execute(update(Token).where(Token.digest.in_(digests)).values(revoked_at=datetime.now(UTC)))


def _token(db: Db, site: Site, role: Role) -> str:
    address, name = PEOPLE[role]
    person = person_called(db, site.id, address=address, name=name)
    return Token.issue(db, person, role, label="démonstration", now=datetime.now(UTC))


def _is_ours(db: Db, site: Site, name: str) -> bool:
    """Whether that partner's mails go to the demo's address; a real partner of that name is never written to."""
    address, contact = PARTNERS[name]
    known = organisation_called(db, site.id, name)
    if known is None:
        db.add(
            Organisation(
                site_id=site.id, name=name, contact_name=contact, contact_address=address, language=site.language
            )
        )
        return True
    return known.contact_address == address
