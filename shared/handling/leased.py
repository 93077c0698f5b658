"""A mail on the desk of whoever handles it."""

from dataclasses import dataclass, field
from datetime import datetime
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
