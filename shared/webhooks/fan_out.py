"""Fanning out: what is handed on gets, in the same statement, a message for each webhook that wants to hear of it.

Killed before the commit, neither is there; afterwards both are. UNIQUE (webhook, event) makes a second one impossible.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from shared.store.base import Db
from shared.webhooks.offered import NAMES

# a webhook of an organisation hears of what its people asked for, and of the sessions of its activities
MESSAGES = """
INSERT INTO webhook_message (webhook_id, event_id, type, not_before, created_at)
SELECT w.id, e.id, offered.name, :now, :now
FROM {events} AS e
JOIN unnest(CAST(:events AS text[]), CAST(:names AS text[])) AS offered(event, name) ON offered.event = e.type
JOIN webhook AS w ON w.site_id = e.site_id AND w.disabled_at IS NULL AND offered.name = ANY (w.types)
WHERE {which} AND (w.organisation_id IS NULL OR EXISTS (
    SELECT FROM reservation AS r LEFT JOIN session AS s ON s.reservation_id = r.id
    LEFT JOIN activity AS a ON a.id = s.activity_id
    WHERE r.id = e.reservation_id AND w.organisation_id IN (r.organisation_id, a.partner_id)))
ORDER BY e.id {most} ON CONFLICT DO NOTHING RETURNING 1
"""
MARK = text(f"""
WITH relayed AS (UPDATE event SET relayed_at = :now WHERE id = ANY(:ids) RETURNING id, site_id, reservation_id, type)
{MESSAGES.format(events="relayed", which="true", most="")}
""")  # noqa: S608  made of what stands here
MISSED = text(f"""
WITH since AS (
    SELECT e.id, e.site_id, e.reservation_id, e.type FROM event AS e JOIN webhook AS own ON own.id = :webhook_id
    WHERE e.site_id = own.site_id AND e.recorded_at >= :since AND e.relayed_at IS NOT NULL AND e.type = ANY (:events)
      AND NOT EXISTS (SELECT FROM webhook_message AS m WHERE m.webhook_id = own.id AND m.event_id = e.id))
{MESSAGES.format(events="since", which="w.id = :webhook_id", most="LIMIT :most")}
""")  # noqa: S608  made of what stands here
OFFERED = {"events": list(NAMES), "names": list(NAMES.values())}


def mark_relayed(db: Db, ids: Sequence[int], *, now: datetime) -> int:
    """Note that these events were handed on; returns how many messages that made for webhooks."""
    return len(db.execute(MARK, {"ids": list(ids), "now": now, **OFFERED}).all())


def write_missed(db: Db, webhook_id: int, *, since: datetime, most: int, now: datetime) -> int:
    """Messages for what happened since then while nobody listened; returns how many."""
    values = {"webhook_id": webhook_id, "since": since, "most": most, "now": now}
    return len(db.execute(MISSED, values | OFFERED).all())
