"""The headers that steer an answer: Prefer: wait (RFC 7240), If-Match (RFC 9110), Idempotency-Key."""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.exceptions import HTTPException

from services.api.access import Anyone
from shared.domain.errors import InvalidInputError
from shared.store.idempotency import Key

LONGEST_WAIT = 30.0
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\"?", re.IGNORECASE)
ETAG = re.compile(r'(?:W/)?"v(\d{1,18})"')


async def wait_seconds(
    prefer: Annotated[str, Header(max_length=200, description="`wait=10` holds the answer")] = "",
) -> float:
    """How long the caller would like to wait for the decision, at most half a minute; 0 without a wish."""
    found = WAIT.search(prefer)
    return min(float(found[1]), LONGEST_WAIT) if found else 0.0


async def expected_version(
    if_match: Annotated[str | None, Header(max_length=100, description="the ETag that you read, or `*`")] = None,
) -> int | None:
    """The version that the caller has read, None for `*`; raises 428 when it is not said."""
    if if_match is None:
        raise HTTPException(428, "Send If-Match with the ETag that you read, so that nobody's change is overwritten.")
    if if_match.strip() == "*":
        return None
    found = ETAG.fullmatch(if_match.strip())
    if found is None:
        raise InvalidInputError('If-Match must be an ETag of this resource, such as "v3", or *.', code="bad_etag")
    return int(found[1])


async def idempotency_key(
    request: Request,
    caller: Anyone,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="any text that is new for each new request; with the same one nothing is done twice",
        ),
    ] = None,
) -> Key | None:
    """The caller's key with the fingerprint of this request: its method, path, query and body."""
    if idempotency_key is None:
        return None
    path = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    asked = b"\n".join((request.method.encode(), path.encode(), await request.body()))
    return Key(caller.identity.person_id, idempotency_key, hashlib.sha256(asked).digest())


def etag(version: int) -> str:
    return f'"v{version}"'


Wait = Annotated[float, Depends(wait_seconds)]
Version = Annotated[int | None, Depends(expected_version)]
IdempotencyKey = Annotated[Key | None, Depends(idempotency_key)]
