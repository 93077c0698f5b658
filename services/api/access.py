"""Who is calling: a bearer token becomes a caller with a role; no request without one reads or writes anything."""

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select
from starlette.exceptions import HTTPException

from shared.domain.errors import NotAllowedError
from shared.store.base import transaction
from shared.store.outbox import Actor
from shared.store.people import Person, Role, Token, digest_of
from shared.store.places import Site

REMEMBERED_SECONDS = 5.0  # so long a revoked token may still be heard by a process that just heard it
MOST_REMEMBERED = 10_000

bearer = HTTPBearer(auto_error=False, description="Made by `creneau token`.")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token speaks for, and where."""

    person_id: int
    site_id: int
    zone: str
    address: str
    role: Role


@dataclass(frozen=True, slots=True)
class Caller:
    """An identity in the course of one request."""

    identity: Identity
    correlation_id: str
    source: str = ""

    @property
    def is_coordinator(self) -> bool:
        return self.identity.role is Role.COORDINATOR

    @property
    def is_partner(self) -> bool:
        return self.identity.role is Role.PARTNER

    @property
    def site_id(self) -> int:
        return self.identity.site_id

    @property
    def actor(self) -> Actor:
        return Actor(self.identity.person_id, self.site_id, self.is_coordinator, self.correlation_id, self.source)


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


async def caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Caller:
    """The caller; raises 401 without a token that is known and not revoked."""
    tokens: Tokens = request.app.state.tokens
    identity = await tokens.identity_of(credentials.credentials) if credentials else None
    if identity is None:
        raise HTTPException(
            401,
            "Send a token in the Authorization header, as in 'Bearer crn_…'; `creneau token` makes one.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    source = f"api {request.client.host}" if request.client else "api"
    return Caller(identity, request.scope["correlation_id"], source)


async def booker(who: Annotated[Caller, Depends(caller)]) -> Caller:
    """A caller who may book: partners receive invitations, and see what is free."""
    if who.is_partner:
        raise NotAllowedError("A partner's token reads; ask the Atelier to book for you.")
    return who


Anyone = Annotated[Caller, Depends(caller)]
Booker = Annotated[Caller, Depends(booker)]


def _look_up(digest: bytes) -> Identity | None:
    with transaction() as db:
        row = db.execute(
            select(Token.person_id, Token.site_id, Token.role, Person.address, Site.zone)
            .join(Person, Person.id == Token.person_id)
            .join(Site, Site.id == Token.site_id)
            .where(Token.digest == digest, Token.revoked_at.is_(None))
        ).first()
    return Identity(row.person_id, row.site_id, row.zone, row.address, row.role) if row else None
