"""Which addresses are ours: that of our invitations, those that bounces come back to, and those of the rooms.

Case matters in none of them, though RFC 5321 would let it: calendars and people write addresses as they like.
"""

import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, or_, select

from shared.store.base import Db
from shared.store.places import Resource, Site

RESERVATIONS = "reservations"
ROOMS = "rooms."
_BOUNCES = re.compile(r"bounces\+(?P<key>[0-9a-f]{32})", re.ASCII)
LONGEST = 254  # RFC 5321 4.5.3.1.3


def normalized(address: str) -> str:
    """As it is kept and compared."""
    return address.strip().lower()


def sites_of(db: Db, addresses: Iterable[str]) -> dict[str, int]:
    """The site of each address that is ours, by the address in lower case; what is nobody's is left out.

    Should two sites have one mail domain, it is the first one's: `creneau doctor` warns of it.
    """
    wanted = {normalized(address) for address in addresses}
    parts = {address: _parts(address) for address in wanted if _is_plausible(address)}
    domains = {domain for _, domain in parts.values()} | {
        domain.removeprefix(ROOMS) for _, domain in parts.values() if domain.startswith(ROOMS)
    }
    if not domains:
        return {}
    rows = db.execute(
        select(func.lower(Site.mail_domain).label("domain"), Site.id)
        .where(func.lower(Site.mail_domain).in_(domains))
        .order_by(Site.id.desc())
    )
    by_domain = {row.domain: row.id for row in rows}
    found = {
        address: by_domain[domain] for address, (local, domain) in parts.items() if domain in by_domain and _own(local)
    }
    rooms = {
        address: (by_domain[domain.removeprefix(ROOMS)], local)
        for address, (local, domain) in parts.items()
        if domain.startswith(ROOMS) and domain.removeprefix(ROOMS) in by_domain
    }
    return found | _of_rooms(db, rooms)


def bounce_key(address: str) -> UUID | None:
    """Which delivery a bounce to that address is about; None when it is no address for bounces."""
    found = _BOUNCES.fullmatch(_parts(normalized(address))[0])
    return UUID(found["key"]) if found else None


def is_of_room(recipient: str) -> bool:
    """One of our addresses is that of a room, or of something else that can be booked."""
    return not _own(_parts(recipient)[0])


def is_own(address: str, recipient: str) -> bool:
    """An address is one of ours, as that recipient is."""
    local, domain = _parts(normalized(address))
    ours = _parts(recipient)[1].removeprefix(ROOMS)
    return domain == ROOMS + ours or (domain == ours and _own(local))


def _of_rooms(db: Db, rooms: dict[str, tuple[int, str]]) -> dict[str, int]:
    if not rooms:
        return {}
    named = [
        (Resource.site_id == site_id) & (Resource.kind == kind) & (Resource.slug == slug)
        for site_id, (kind, _, slug) in ((site_id, local.partition("-")) for site_id, local in rooms.values())
    ]
    there = {(r.site_id, r.mail_local_part) for r in db.scalars(select(Resource).where(or_(*named)))}
    return {address: site_id for address, (site_id, local) in rooms.items() if (site_id, local) in there}


def _own(local: str) -> bool:
    return local == RESERVATIONS or _BOUNCES.fullmatch(local) is not None


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    return local, domain


def _is_plausible(address: str) -> bool:
    """Nothing that the database could not even be asked for."""
    return 0 < len(address) <= LONGEST and address.isascii() and address.isprintable()
