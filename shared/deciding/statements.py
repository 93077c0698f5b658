"""What deciding says to PostgreSQL, in the order in which it says it."""

from sqlalchemy import text

# Sorted ids: two deciders must lock in the same order. A move needs the rooms that it leaves too: who waits for them
# behind it must see them given back.
LOCK_ROOMS = """
SELECT id, name, kind, seats, is_open FROM resource WHERE id IN (
    SELECT unnest(resource_ids || wanted_resource_ids)
    FROM (SELECT * FROM reservation WHERE turn IS NOT NULL ORDER BY turn LIMIT :window) AS waiting)
ORDER BY id FOR NO KEY UPDATE
"""
LOCK_FREE_ROOMS = text(LOCK_ROOMS + "SKIP LOCKED")
LOCK_ALL_ROOMS = text(LOCK_ROOMS)

# Also those that need a locked room and one that is not: they cannot be decided now, and nobody may overtake them.
WAITING = text("""
SELECT id, site_id, state, people, by_coordinator, correlation_id, starts_at, ends_at, resource_ids,
       wanted_starts_at, wanted_ends_at, wanted_resource_ids, wanted_people, wanted_by_coordinator
FROM reservation
WHERE turn IS NOT NULL
  AND ((resource_ids || wanted_resource_ids) && CAST(:rooms AS bigint[])
       OR (resource_ids || wanted_resource_ids) = '{}')
ORDER BY turn LIMIT :batch FOR UPDATE
""")

CONFLICTS = text("""
SELECT ask.n, taken.resource_id, taken.reservation_id
FROM jsonb_to_recordset(CAST(:asks AS jsonb)) AS ask(
    n int, reservation_id bigint, resource_id bigint, starts_at timestamptz, ends_at timestamptz)
CROSS JOIN LATERAL (
    SELECT o.resource_id, o.reservation_id FROM occupancy AS o
    WHERE o.resource_id = ask.resource_id AND o.during && tstzrange(ask.starts_at, ask.ends_at)
      AND o.reservation_id <> ask.reservation_id
    LIMIT :most) AS taken
""")

RELEASE = text("DELETE FROM occupancy WHERE reservation_id = ANY(:ids)")

# The occupancies of the winners, then all the decisions with their events, unless the constraint took fewer rows than
# there are: then only the count comes back, and nothing is decided.
SETTLE = text("""
WITH occupied AS (
    INSERT INTO occupancy (resource_id, reservation_id, during)
    SELECT resource_id, reservation_id, tstzrange(starts_at, ends_at)
    FROM jsonb_to_recordset(CAST(:asks AS jsonb)) AS ask(
        n int, reservation_id bigint, resource_id bigint, starts_at timestamptz, ends_at timestamptz)
    ORDER BY n
    ON CONFLICT DO NOTHING
    RETURNING 1
), decision AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:decisions AS jsonb)) AS d(
        n int, id bigint, site_id bigint, state text, refusal jsonb, takes_wanted boolean, event text, data jsonb,
        correlation_id text)
    WHERE (SELECT count(*) FROM occupied) = :expected
), recorded AS (
    INSERT INTO event (site_id, reservation_id, type, data, correlation_id, recorded_at)
    SELECT site_id, id, event, data, correlation_id, :now FROM decision ORDER BY n
), settled AS (
UPDATE reservation AS r SET
    state = decision.state,
    refusal = decision.refusal,
    starts_at = CASE WHEN takes_wanted THEN wanted_starts_at ELSE starts_at END,
    ends_at = CASE WHEN takes_wanted THEN wanted_ends_at ELSE ends_at END,
    resource_ids = CASE WHEN takes_wanted THEN wanted_resource_ids ELSE resource_ids END,
    people = CASE WHEN takes_wanted THEN wanted_people ELSE people END,
    wanted_starts_at = NULL, wanted_ends_at = NULL, wanted_resource_ids = NULL, wanted_people = NULL,
    wanted_by_coordinator = NULL,
    turn = NULL, waiting_since = NULL, decided_at = :now, unannounced_since = coalesce(unannounced_since, :now),
    version = version + 1
FROM decision WHERE r.id = decision.id
)
SELECT count(*) FROM occupied
""")
