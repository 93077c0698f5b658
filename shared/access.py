"""Whom a token speaks for: looked up in the book, and remembered for a few seconds."""

import asyncio
import time
from dataclasses import dataclass

from sqlalchemy import select

from shared.store.base import transaction
from shared.store.people import Person, Role, Token, digest_of
from shared.store.places import Site

REMEMBERED_SECONDS = 5.0  # so long a revoked token may still be heard by a process that just heard it
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token speaks for, and where."""

    person_id: int
    site_id: int
    zone: str
    address: str
    role: Role


class Tokens:
    """Looks tokens up, and remembers for a few seconds what it found, unknown tokens too."""

    def __init__(self) -> None:
        self._remembered: dict[bytes, tuple[float, Identity | None]] = {}

    async def identity_of(self, secret: str) -> Identity | None:
        digest = digest_of(secret)
        until, identity = self._remembered.get(digest, (0.0, None))
        if until < time.monotonic():
            identity = await asyncio.to_thread(_look_up, digest)
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[digest] = (time.monotonic() + REMEMBERED_SECONDS, identity)
        return identity


def _look_up(digest: bytes) -> Identity | None:
    with transaction() as db:
        row = db.execute(
            select(Token.person_id, Token.site_id, Token.role, Person.address, Site.zone)
            .join(Person, Person.id == Token.person_id)
            .join(Site, Site.id == Token.site_id)
            .where(Token.digest == digest, Token.revoked_at.is_(None))
        ).first()
    return Identity(row.person_id, row.site_id, row.zone, row.address, row.role) if row else None
