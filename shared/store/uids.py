"""The UID under which a reservation is known elsewhere, and which reservation is known under a UID.

In a file its own one where it was taken over from another calendar; else one that names its number and the moment when
it was asked for, which together no other installation has. In invitations and calendars always the latter: of what was
taken over, several may have had one UID. It is written down by whoever needs it first, and never made anew: the mail
domain may change, a UID never does.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from sqlalchemy import select, text

from shared.domain.slots import Slot
from shared.domain.states import State
from shared.store.base import Db
from shared.store.calendars import CalendarEntry
from shared.store.places import Site
from shared.store.reservations import Reservation
from shared.store.series import Series

_OURS = re.compile(r"(?P<id>[1-9][0-9]{0,17})-(?P<moment>[0-9]{8}T[0-9]{12})Z@\S+", re.ASCII)
_MOMENT = "%Y%m%dT%H%M%S%f"

FIND = text("""
WITH named AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:uids AS jsonb)) AS u(uid text, id bigint, created_at timestamptz)
), found AS (
    SELECT named.uid, r.id FROM named JOIN reservation AS r ON r.site_id = :site_id AND r.imported_uid = named.uid
    WHERE r.imported_uid <> ''
    UNION SELECT named.uid, i.reservation_id FROM named JOIN invitation AS i ON i.uid = named.uid
    UNION SELECT named.uid, coalesce(e.reservation_id, s.head_id) FROM named JOIN calendar_entry AS e
        ON e.site_id = :site_id AND e.uid = named.uid LEFT JOIN series AS s ON s.id = e.series_id
    UNION SELECT named.uid, named.id FROM named JOIN reservation AS r USING (id) WHERE r.created_at = named.created_at
)
SELECT found.uid, r.id, r.state, r.starts_at, r.ends_at, r.resource_ids
FROM found JOIN reservation AS r USING (id) WHERE r.site_id = :site_id ORDER BY r.id
""")


@dataclass(frozen=True, slots=True)
class Known:
    """A reservation that is in the book."""

    id: int
    state: State
    slot: Slot
    resource_ids: list[int]


def uid_of(reservation_id: int, created_at: datetime, imported_uid: str, mail_domain: str) -> str:
    return imported_uid or f"{reservation_id}-{created_at.astimezone(UTC):{_MOMENT}}Z@{mail_domain}"


def series_uid(series_id: int, created_at: datetime, mail_domain: str) -> str:
    """That of a series as a whole, whichever reservation is its first one by now."""
    return f"series-{series_id}-{created_at.astimezone(UTC):{_MOMENT}}Z@{mail_domain}"


def uid_in_calendars(db: Db, reservation: Reservation) -> str:
    """The UID of an entry that nobody was invited to yet: as calendars show it already, or as they will."""
    series = db.get_one(Series, reservation.series_id) if reservation.series_id is not None else None
    shown = db.scalars(
        select(CalendarEntry.uid).where(
            CalendarEntry.series_id == series.id if series else CalendarEntry.reservation_id == reservation.id
        )
    ).first()
    if shown is not None:
        return shown
    domain = Site.get(db, reservation.site_id).mail_domain
    if series is not None:
        return series_uid(series.id, series.created_at, domain)
    return uid_of(reservation.id, reservation.created_at, "", domain)


def known_as(db: Db, site_id: int, uids: Collection[str]) -> dict[str, list[Known]]:
    """The reservations of a site under each UID, in the order of their ids; one that nobody knows is left out."""
    found: dict[str, list[Known]] = {}
    rows = [{"uid": uid, **_parts(uid)} for uid in uids]
    for row in db.execute(FIND, {"site_id": site_id, "uids": orjson.dumps(rows).decode()}) if rows else ():
        known = Known(row.id, State(row.state), Slot(row.starts_at, row.ends_at), row.resource_ids)
        found.setdefault(row.uid, []).append(known)
    return found


def _parts(uid: str) -> dict[str, object]:
    """The number and the moment in a UID of ours."""
    found = _OURS.fullmatch(uid)
    try:
        moment = datetime.strptime(found["moment"], _MOMENT).replace(tzinfo=UTC) if found else None
    except ValueError:
        moment = None
    return {"id": int(found["id"]), "created_at": moment} if found and moment else {}
