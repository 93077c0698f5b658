"""Who is calling: a bearer token becomes a caller with a role; no request without one reads or writes anything."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from shared.access import Identity, Tokens
from shared.domain.errors import NotAllowedError
from shared.store.outbox import Actor
from shared.store.people import Role

bearer = HTTPBearer(auto_error=False, description="Made by `creneau token`.")


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
