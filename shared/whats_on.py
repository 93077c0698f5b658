"""What is on: the public activities of a site with the sessions that are sure to be held, and nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Row, select, text

from shared.domain.errors import NotFoundError
from shared.store.base import Db
from shared.store.places import Site

AHEAD = timedelta(days=180)
MOST_SESSIONS = 200

# of a combined room the parts are not named: its own name says it
SESSIONS = text("""
SELECT s.id, s.place, s."where", a.id AS activity_id, a.title AS activity, r.title, r.starts_at, r.ends_at,
       r.decided_at, ARRAY(SELECT room.name FROM resource AS room
             WHERE room.id = ANY (r.resource_ids) AND room.kind = 'room' AND NOT EXISTS (
                 SELECT FROM resource AS whole
                 WHERE whole.id = ANY (r.resource_ids) AND room.id = ANY (whole.part_ids))
             ORDER BY room.id) AS rooms
FROM activity AS a JOIN session AS s ON s.activity_id = a.id JOIN reservation AS r ON r.id = s.reservation_id
WHERE a.site_id = :site_id AND a.is_public AND a.cancelled_at IS NULL AND r.state = 'confirmed'
  AND r.ends_at > :now AND r.starts_at < :before
ORDER BY r.starts_at, s.id LIMIT :most
""")

PlaceKind = Literal["onsite", "elsewhere", "online"]


@dataclass(frozen=True, slots=True)
class PublicSession:
    """One meeting: `rooms` when it is in the house, `where` in words when it is elsewhere; online tells no address."""

    id: int
    title: str
    start: datetime
    end: datetime
    place: PlaceKind
    rooms: tuple[str, ...]
    where: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class PublicActivity:
    """An activity with its sessions, the first of which comes next."""

    id: int
    title: str
    sessions: tuple[PublicSession, ...]


@dataclass(frozen=True, slots=True)
class WhatsOn:
    """Of one site; in order of what comes next."""

    site: Site
    activities: tuple[PublicActivity, ...]


def whats_on(db: Db, slug: str, *, now: datetime) -> WhatsOn:
    """The half-year from now on, two hundred sessions at most; raises NotFoundError for a site that is not there."""
    site = db.scalars(select(Site).where(Site.slug == slug)).first()
    if site is None:
        raise NotFoundError("There is no such site.")
    values = {"site_id": site.id, "now": now, "before": now + AHEAD, "most": MOST_SESSIONS}
    rows = db.execute(SESSIONS, values).all()
    order = {id_: place for place, id_ in enumerate(dict.fromkeys(row.activity_id for row in rows))}
    together = groupby(sorted(rows, key=lambda row: order[row.activity_id]), key=lambda row: row.activity_id)
    return WhatsOn(site, tuple(_activity(list(some)) for _, some in together))


def _activity(rows: Sequence[Row[Any]]) -> PublicActivity:
    first = rows[0]
    return PublicActivity(first.activity_id, first.activity, tuple(_session(row) for row in rows))


def _session(row: Row[Any]) -> PublicSession:
    return PublicSession(
        id=row.id,
        # a session is called after its activity, and then by a name of its own
        title=row.title.removeprefix(row.activity).removeprefix(" : "),
        start=row.starts_at,
        end=row.ends_at,
        place=row.place,
        rooms=tuple(row.rooms),
        where=row.where if row.place == "elsewhere" else "",
        decided_at=row.decided_at,
    )
