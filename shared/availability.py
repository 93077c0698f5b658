"""What is taken and what is free: busy times, the conflicts behind a refusal, and what to propose instead."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from shared.domain.alternatives import LOOK_AROUND, Alternative, Search, propose
from shared.domain.refusals import Refusal
from shared.domain.slots import Slot
from shared.store.base import Db
from shared.store.places import Site, room_offers
from shared.store.reservations import Reservation

# The database writes the JSON: a month of five rooms is some hundred rows, and an object for each costs more than all
# the rest of the answer.
BUSY_JSON = text("""
SELECT coalesce(json_agg(room ORDER BY room.id), '[]')::text FROM (
    SELECT resource.id, resource.slug, resource.name, resource.kind, resource.seats, coalesce(taken.busy, '[]') AS busy
    FROM resource LEFT JOIN LATERAL (
        SELECT json_agg(slot) AS busy FROM (
            SELECT lower(o.during) AS start, upper(o.during) AS "end", r.state,
                   CASE WHEN :sees_titles THEN r.id END AS reservation, CASE WHEN :sees_titles THEN r.title END AS title
            FROM occupancy AS o JOIN reservation AS r ON r.id = o.reservation_id
            WHERE o.resource_id = resource.id AND o.during && tstzrange(:start, :end)
            ORDER BY lower(o.during)) AS slot) AS taken ON true
    WHERE resource.site_id = :site_id AND (CAST(:slugs AS text[]) IS NULL OR resource.slug = ANY(:slugs))
      AND resource.kind = ANY(:kinds)) AS room
""")

TAKEN = text("""
SELECT resource_id, lower(during) AS starts_at, upper(during) AS ends_at FROM occupancy
WHERE resource_id = ANY(:resource_ids) AND during && tstzrange(:start, :end) AND reservation_id <> :not_of
""")

BEHIND = text("""
SELECT resource.name AS room, resource.slug, r.id, r.title, r.starts_at, r.ends_at, p.name AS person, r.requested_by
FROM jsonb_to_recordset(CAST(:pairs AS jsonb)) AS pair(resource_id bigint, reservation_id bigint)
JOIN resource ON resource.id = pair.resource_id
JOIN reservation AS r ON r.id = pair.reservation_id AND r.site_id = resource.site_id
JOIN person AS p ON p.id = r.requested_by
ORDER BY r.starts_at, r.id LIMIT 20
""")


@dataclass(frozen=True, slots=True)
class BusyQuestion:
    """Which resources (slugs, or None for all of `kinds`), over which span, and whether titles may be seen."""

    site_id: int
    span: Slot
    slugs: list[str] | None
    kinds: tuple[str, ...] = ("room",)
    sees_titles: bool = False


def busy_json(db: Db, question: BusyQuestion) -> str:
    """A JSON array: each resource with its busy times in order."""
    answer: str = db.scalars(
        BUSY_JSON,
        {
            "site_id": question.site_id,
            "start": question.span.start,
            "end": question.span.end,
            "slugs": question.slugs,
            "kinds": list(question.kinds),
            "sees_titles": question.sees_titles,
        },
    ).one()
    return answer


def conflicts_behind(db: Db, refusal: Refusal) -> Sequence[Row[Any]]:
    """The reservations that stand in the way, as they are today: room, slug, id, title, starts_at, ends_at, person."""
    if not refusal.conflicts:
        return []
    pairs = ", ".join(
        f'{{"resource_id": {c.resource_id}, "reservation_id": {c.reservation_id}}}' for c in refusal.conflicts
    )
    return db.execute(BEHIND, {"pairs": f"[{pairs}]"}).all()


def alternatives_to(db: Db, reservation: Reservation, *, now: datetime) -> list[Alternative]:
    """Up to three rooms or times that are free now, nearest to what this reservation asked for; no promise."""
    asked, site = reservation.asked, Site.get(db, reservation.site_id)
    rooms = room_offers(db, site.id)
    busy: defaultdict[int, list[Slot]] = defaultdict(list)
    around = {
        "start": asked.slot.start - LOOK_AROUND,
        "end": asked.slot.end + LOOK_AROUND,
        "resource_ids": sorted({room.id for room in rooms}.union(asked.resource_ids)),
        "not_of": reservation.id,
    }
    for row in db.execute(TAKEN, around):
        busy[row.resource_id].append(Slot(row.starts_at, row.ends_at))
    return propose(
        Search(
            wanted=tuple(asked.resource_ids),
            slot=asked.slot,
            people=asked.people,
            rooms=rooms,
            busy=busy,
            now=now,
            zone=ZoneInfo(site.zone),
            opens=site.opens,
            closes=site.closes,
            only_elsewhere=reservation.refused is not None and reservation.refused.code == "resource_closed",
        )
    )
