"""What a message tells: the reservation as `GET /api/reservations/{id}` shows it to whom the webhook belongs.

A test holds the two together. Nobody's address is in it, and of nobody's answer.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from sqlalchemy import Row, text

from shared.domain.refusals import Refusal
from shared.store.base import Db

READ = text("""
SELECT m.id AS message_id, m.type AS message_type, w.organisation_id IS NULL AS is_of_the_house, e.recorded_at,
       r.id, r.state, r.title, r.note, r.starts_at, r.ends_at, r.resource_ids, r.people, r.requested_by, r.version,
       r.created_at, r.decided_at, r.refusal, r.findings, r.layout, r.quantities, r.series_id, r.recurs_at, r.hold,
       r.hold_until, r.wanted_layout, r.wanted_starts_at, r.wanted_ends_at, r.wanted_resource_ids, r.wanted_people,
       p.name AS person, s.id AS session_id,
       (SELECT jsonb_object_agg(id, jsonb_build_object('slug', slug, 'name', name)) FROM resource
        WHERE id = ANY (r.resource_ids || coalesce(r.wanted_resource_ids, '{}'))) AS named
FROM webhook_message AS m JOIN webhook AS w ON w.id = m.webhook_id
JOIN event AS e ON e.id = m.event_id JOIN reservation AS r ON r.id = e.reservation_id
JOIN person AS p ON p.id = r.requested_by LEFT JOIN session AS s ON s.reservation_id = r.id
WHERE m.id = ANY(:ids)
""")

log = structlog.get_logger()


def written(db: Db, message_ids: Sequence[int]) -> dict[int, bytes]:
    """The body of each of these messages, with what is true by now; one that cannot be written is missing."""
    bodies = {}
    for row in db.execute(READ, {"ids": list(message_ids)}) if message_ids else ():
        try:
            bodies[row.message_id] = body(row.message_type, row.recorded_at, _shown(row))
        except Exception:  # one message that cannot be written must not hold up all the others
            log.exception("a webhook message cannot be written", message=row.message_id)
    return bodies


def body(type_: str, moment: datetime, data: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and sent (Standard Webhooks, 'Payload structure')."""
    told = {"type": type_, "timestamp": moment.astimezone(UTC), "data": data}
    return orjson.dumps(told, option=orjson.OPT_UTC_Z)


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "title": row.title,
        # a note is for its owner and for the house
        "note": row.note if row.is_of_the_house else None,
        "start": row.starts_at,
        "end": row.ends_at,
        "resources": _named(row, row.resource_ids),
        "people": row.people,
        "layout": row.layout,
        "equipment": row.quantities,
        # whoever is known by nothing but an address is not known to others
        "requested_by": {"id": row.requested_by, "name": "" if "@" in row.person else row.person},
        "session": row.session_id,
        "series": row.series_id,
        "recurs_at": row.recurs_at,
        "hold": row.hold,
        "hold_until": row.hold_until,
        "version": row.version,
        "created_at": row.created_at,
        "decided_at": row.decided_at,
        "refusal": row.refusal["code"] if row.refusal else None,
        "findings": [_finding(Refusal.from_json(finding)) for finding in row.findings or ()],
        "moving_to": _move(row) if row.wanted_starts_at is not None else None,
    }


def _move(row: Row[Any]) -> dict[str, Any]:
    return {
        "start": row.wanted_starts_at,
        "end": row.wanted_ends_at,
        "resources": _named(row, row.wanted_resource_ids),
        "people": row.wanted_people,
        "layout": row.layout if row.wanted_layout is None else row.wanted_layout,
    }


def _finding(refusal: Refusal) -> dict[str, str]:
    return {"code": refusal.code, "fr": refusal.sentence("fr"), "en": refusal.sentence("en")}


def _named(row: Row[Any], ids: Sequence[int]) -> list[dict[str, str]]:
    return [row.named[str(id_)] for id_ in ids]
