"""A mail on the desk of whoever handles it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Leased:
    """A mail as it came, and the token of the lease; `zone` is that of its site, in which days are days."""

    id: int
    token: UUID
    site_id: int
    source: str
    peer: str
    is_local: bool
    mail_from: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)
    attempts: int
    failures: int
    received_at: datetime
    zone: str

    @property
    def envelope(self) -> dict[str, Any]:
        """What its row says of it before anybody has looked."""
        return {
            "id": self.id,
            "site_id": self.site_id,
            "source": self.source,
            "peer": self.peer,
            "is_local": self.is_local,
            "mail_from": self.mail_from,
            "recipients": list(self.recipients),
            "raw": self.raw,
            "received_at": self.received_at,
        }
