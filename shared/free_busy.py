"""Free and busy: when each resource is taken, with what it takes to set up and clear; the database writes the JSON.

A month of five rooms is some hundred rows, and an object for each would cost more than all the rest of the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from shared.domain.slots import Slot
from shared.store.base import Db

# What is said of every entry, and of those about which there is more to say. Most are not: so the month is written as
# fast as if there were neither buffers nor layouts nor holds.
_SHORT = 'entry.start, entry."end", entry.state, entry.reservation, entry.title'
_LONG = f"""{_SHORT}, nullif(entry.begins, entry.start) AS set_up_until,
            nullif(entry.ends, entry."end") AS clearing_from, entry.hold, entry.layout, entry.units"""
_BUSY = """
SELECT json_agg(CASE WHEN entry.begins = entry.start AND entry.ends = entry."end" AND entry.hold IS NULL
                          AND entry.layout IS NULL AND entry.units IS NULL
                     THEN row_to_json(short) ELSE row_to_json(long) END) AS busy FROM (
    SELECT lower(o.during) AS start, upper(o.during) AS "end", r.starts_at AS begins, r.ends_at AS ends, r.state,
           r.hold, {units} AS units, CASE WHEN :is_inside THEN nullif(r.layout, '') END AS layout,
           CASE WHEN :is_inside THEN r.id END AS reservation,
           CASE WHEN :sees_titles OR :is_inside AND (
                    r.requested_by = :person_id OR NOT r.resource_ids && CAST(:untitled AS bigint[]))
                THEN r.title END AS title
    FROM {source} WHERE {condition} ORDER BY lower(o.during)) AS entry
CROSS JOIN LATERAL (SELECT {short}) AS short CROSS JOIN LATERAL (SELECT {long}) AS long
"""
_ALONE = _BUSY.format(
    source="occupancy AS o JOIN reservation AS r ON r.id = o.reservation_id",
    condition="NOT is_several AND o.resource_id = resource.id AND o.during && tstzrange(:start, :end)",
    units="NULL::int",
    short=_SHORT,
    long=_LONG,
)
# A combined room is taken when a part of it is; of equipment, units that are held together are one entry.
_SEVERAL = _BUSY.format(
    source="""(
        SELECT taken.reservation_id, tstzrange(min(lower(taken.during)), max(upper(taken.during))) AS during
        FROM unnest(resource.id || resource.part_ids) AS part(id) CROSS JOIN LATERAL (
            SELECT * FROM occupancy WHERE resource_id = part.id AND during && tstzrange(:start, :end) OFFSET 0) AS taken
        WHERE is_several GROUP BY taken.reservation_id) AS o
        CROSS JOIN LATERAL (SELECT * FROM reservation WHERE id = o.reservation_id LIMIT 1) AS r""",
    condition="is_several",
    units="CASE WHEN resource.kind = 'equipment' THEN coalesce((r.quantities ->> resource.slug)::int, 1) END",
    short=_SHORT,
    long=_LONG,
)
BUSY_JSON = text(f"""
SELECT coalesce(json_agg(room ORDER BY room.id), '[]')::text FROM (
    SELECT resource.id, resource.slug, resource.name, resource.kind, resource.seats, resource.quantity,
           coalesce(alone.busy, several.busy, '[]') AS busy
    FROM resource CROSS JOIN LATERAL (
        SELECT resource.part_ids <> '{{}}' OR resource.kind = 'equipment' AS is_several) AS what
    LEFT JOIN LATERAL ({_ALONE}) AS alone ON true
    LEFT JOIN LATERAL ({_SEVERAL}) AS several ON true
    WHERE resource.site_id = :site_id AND (CAST(:slugs AS text[]) IS NULL OR resource.slug = ANY(:slugs))
      AND resource.kind = ANY(:kinds)) AS room
""")  # noqa: S608  all of it is written above


@dataclass(frozen=True, slots=True)
class BusyQuestion:
    """Which resources (slugs, or None for all of `kinds`), over which span, and who asks.

    `is_inside`: somebody of the house, who sees more than times; `person_id` sees the titles of their own bookings;
    `untitled` are the resources whose other titles are not shown.
    """

    site_id: int
    span: Slot
    slugs: list[str] | None
    kinds: tuple[str, ...] = ("room",)
    is_inside: bool = False
    person_id: int = 0
    untitled: Sequence[int] = ()


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
            "is_inside": question.is_inside,
            "person_id": question.person_id,
            "untitled": list(question.untitled),
            "sees_titles": question.is_inside and not question.untitled,
        },
    ).one()
    return answer
