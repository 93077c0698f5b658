"""Taking a mail in: its bytes and its envelope become a row, and nothing is read yet.

Whoever calls commits, and only then says to the mail server that the mail is ours. A crash in between brings the mail
again; the digest of the same bytes to the same recipients is there already then, and the mail is taken in once.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import text

from shared.inbox.recipients import LONGEST, normalized, sites_of
from shared.store.base import Db

MOST_BYTES = 10_000_000
LONGEST_PEER = 200

# of a mail that is there already nothing is changed: it may be handled by now
STORE = text("""
INSERT INTO inbound_mail (site_id, source, peer, is_local, mail_from, recipients, digest, raw, received_at, not_before)
VALUES (:site_id, :source, :peer, :is_local, :mail_from, :recipients, :digest, :raw, :now, :now)
ON CONFLICT (site_id, digest) DO NOTHING RETURNING id
""")
KNOWN = text("SELECT id FROM inbound_mail WHERE site_id = :site_id AND digest = :digest")


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail came: by what, from which peer, from whom ('' for the null sender) and to which of our addresses."""

    source: Literal["lmtp", "smtp", "imap", "file"]
    mail_from: str
    recipients: tuple[str, ...]
    peer: str = ""
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows of a mail, one for each site, and those of its recipients who are nobody here."""

    ids: tuple[int, ...]
    unknown: tuple[str, ...]


def receive(db: Db, envelope: Envelope, raw: bytes, *, now: datetime) -> Taken:
    """Write the mail down, once for each site that it is for; the caller commits, and then acknowledges.

    ValueError for what no caller may let in: more than MOST_BYTES, or a sender that is no text of an envelope.
    """
    if len(raw) > MOST_BYTES:
        raise ValueError(f"a mail of more than {MOST_BYTES} bytes")
    if not is_sender(envelope.mail_from):
        raise ValueError("not the sender of an envelope")
    sites = sites_of(db, envelope.recipients)
    ids = [_store(db, site_id, envelope, own, raw, now) for site_id, own in sorted(_by_site(sites).items())]
    return Taken(tuple(ids), tuple(to for to in envelope.recipients if normalized(to) not in sites))


def is_sender(address: str) -> bool:
    """Printable, so that the database takes it, and of bounded length; it may have letters beyond ASCII (RFC 6531)."""
    return len(address) <= LONGEST and address.isprintable()


def digest_of(recipients: tuple[str, ...], raw: bytes) -> bytes:
    """The same for the same bytes to the same recipients, in whatever order these were named."""
    digest = hashlib.sha256()
    for recipient in sorted(recipients):
        digest.update(recipient.encode() + b"\n")
    digest.update(b"\n")
    digest.update(raw)
    return digest.digest()


def _by_site(sites: Mapping[str, int]) -> dict[int, tuple[str, ...]]:
    grouped: defaultdict[int, list[str]] = defaultdict(list)
    for address, site_id in sorted(sites.items()):
        grouped[site_id].append(address)
    return {site_id: tuple(addresses) for site_id, addresses in grouped.items()}


def _store(db: Db, site_id: int, envelope: Envelope, own: tuple[str, ...], raw: bytes, now: datetime) -> int:
    digest = digest_of(own, raw)
    values = {
        "site_id": site_id,
        "source": envelope.source,
        "peer": envelope.peer[:LONGEST_PEER],
        "is_local": envelope.is_local,
        "mail_from": normalized(envelope.mail_from),
        "recipients": list(own),
        "digest": digest,
        "raw": raw,
        "now": now,
    }
    new = db.scalars(STORE, values).first()
    return int(new if new is not None else db.scalars(KNOWN, {"site_id": site_id, "digest": digest}).one())
