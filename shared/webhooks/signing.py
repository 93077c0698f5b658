"""Secrets and signatures (Standard Webhooks 1.0, 'Signature scheme'): HMAC-SHA256 over id, moment and body."""

import secrets
from base64 import b64encode
from datetime import UTC, datetime
from uuid import UUID

from standardwebhooks import Webhook as Signer

SECRET_BYTES = 32


def new_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def message_id(key: UUID) -> str:
    """The webhook-id: the same for every attempt, and what a receiver deduplicates by."""
    return f"msg_{key.hex}"


def headers(key: UUID, body: bytes, keys: tuple[str, ...], *, now: datetime) -> dict[str, str]:
    """What goes before one attempt at sending `body`, signed with each of these secrets."""
    # the library writes whatever zone a moment has as UTC
    moment, identity = now.astimezone(UTC), message_id(key)
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Signer(secret).sign(identity, moment, body.decode()) for secret in keys),
    }
