"""Organisations, the people of a site, and the tokens they call with."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson
from sqlalchemy import ForeignKey, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Db, Numbered

MAKE_KNOWN = text("""
INSERT INTO person (site_id, address, name, organisation_id)
SELECT :site_id, p.address, p.name, o.id
FROM jsonb_to_recordset(CAST(:people AS jsonb)) AS p(address text, name text, organisation text)
LEFT JOIN organisation AS o ON o.site_id = :site_id AND o.name = p.organisation
ORDER BY p.address ON CONFLICT DO NOTHING
""")


class Role(StrEnum):
    TRAINER = "trainer"
    COORDINATOR = "coordinator"
    PARTNER = "partner"


class Organisation(Numbered, Base):
    """A partner: Plan Séquence, Caf 62, a collège."""

    __tablename__ = "organisation"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    contact_name: Mapped[str]
    contact_address: Mapped[str | None]
    language: Mapped[str]


class PersonGroup(Numbered, Base):
    """People for whom the site has rules of their own."""

    __tablename__ = "person_group"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    slug: Mapped[str]
    name: Mapped[str]


class Person(Numbered, Base):
    """Somebody of the site who may call; the address is unique in the site, whatever its case."""

    __tablename__ = "person"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    address: Mapped[str]
    language: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("person_group.id"))
    """the group whose policy goes for this person"""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    came_by_mail: Mapped[bool] = mapped_column(default=False)
    """nobody has entered them: they asked for a room by mail, which this house lets strangers do"""


class Token(Numbered, Base):
    """A bearer token; only its SHA-256 is kept, which is enough for 256 random bits."""

    __tablename__ = "token"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role]
    digest: Mapped[bytes] = mapped_column(unique=True)
    label: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    @classmethod
    def issue(cls, db: Db, person: Person, role: Role, *, label: str, now: datetime) -> str:
        """A new token for that person, in clear; it cannot be read again."""
        secret = f"crn_{secrets.token_urlsafe(32)}"
        db.add(
            cls(
                site_id=person.site_id,
                person_id=person.id,
                role=role,
                digest=digest_of(secret),
                label=label,
                created_at=now,
            )
        )
        return secret


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def person_called(db: Db, site_id: int, *, address: str, name: str, language: str = "fr") -> Person:
    """The person of that address, made when new."""
    db.execute(
        insert(Person)
        .values(site_id=site_id, address=address.lower(), name=name, language=language)
        .on_conflict_do_nothing()
    )
    return db.scalars(select(Person).where(Person.site_id == site_id, Person.address == address.lower())).one()


@dataclass(frozen=True, slots=True)
class Introduction:
    """Somebody by address in lower case, with the name and the organisation to be known by when the address is new."""

    address: str
    name: str
    organisation: str = ""


def people_called(db: Db, site_id: int, introduced: Iterable[Introduction]) -> dict[str, Person]:
    """The people of these addresses, made when new."""
    rows = [{"address": i.address, "name": i.name, "organisation": i.organisation} for i in introduced]
    if not rows:
        return {}
    db.execute(MAKE_KNOWN, {"site_id": site_id, "people": orjson.dumps(rows).decode()})
    addresses = [row["address"] for row in rows]
    found = db.scalars(select(Person).where(Person.site_id == site_id, Person.address.in_(addresses)))
    return {person.address: person for person in found}


def is_of_the_house(db: Db, person_id: int) -> bool:
    """Whether this person holds more than a partner's token, and so may read what others come for."""
    tokens = select(Token.id).where(
        Token.person_id == person_id, Token.role != Role.PARTNER, Token.revoked_at.is_(None)
    )
    return db.scalars(tokens.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may do who does not show a token: `is_known` may book, as a coordinator or not."""

    is_known: bool
    is_coordinator: bool


def standing_of(db: Db, person: Person) -> Standing:
    """By the tokens that they could show.

    Known is who may book (a live token that is not a partner's), and whom somebody of the house entered without ever
    giving a token: by an import, or as a trainer. Whose tokens were all revoked is not.
    """
    roles: set[Role] = set()
    had_one = False
    for role, revoked_at in db.execute(select(Token.role, Token.revoked_at).where(Token.person_id == person.id)):
        had_one = True
        if revoked_at is None:
            roles.add(role)
    is_known = bool(roles - {Role.PARTNER}) or not (had_one or person.came_by_mail)
    return Standing(is_known, Role.COORDINATOR in roles)


def organisation_called(db: Db, site_id: int, name: str) -> Organisation | None:
    return db.scalars(select(Organisation).where(Organisation.site_id == site_id, Organisation.name == name)).first()


def group_of(db: Db, person_id: int) -> int:
    """The group of people that goes for somebody; 0: none."""
    return db.scalars(select(Person.group_id).where(Person.id == person_id)).one() or 0
