"""Who reads: HTTP Basic with a token as the password, which is all that calendar programs can be given; or Bearer."""

import binascii
from base64 import b64decode
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from shared.access import Identity, Tokens


async def identity(request: Request) -> Identity:
    """Whom the token speaks for, whatever the user name; raises 401."""
    tokens: Tokens = request.app.state.tokens
    secret = _secret(request.headers.get("authorization", ""))
    found = await tokens.identity_of(secret) if secret else None
    if found is None:
        raise HTTPException(
            401,
            "Sign in with your mail address, and a token as the password; `creneau token` makes one.",
            headers={"WWW-Authenticate": 'Basic realm="Creneau", charset="UTF-8"'},
        )
    return found


Known = Annotated[Identity, Depends(identity)]


def _secret(header: str) -> str:
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(credentials.strip(), validate=True).decode().partition(":")[2].strip()
    except (binascii.Error, UnicodeDecodeError):
        return ""
