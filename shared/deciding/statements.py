"""What deciding says to PostgreSQL, in the order in which it says it."""

from sqlalchemy import text

# The house whose oldest request waits longest. One decider for a house: its limits, quotas and waiting lists belong to
# no room; a batch of hundreds makes up for it, and other houses have their own.
LOCK_HOUSE = """
SELECT house.site_id, house.version FROM house CROSS JOIN LATERAL (
    SELECT turn FROM reservation WHERE site_id = house.site_id AND turn IS NOT NULL ORDER BY turn LIMIT 1) AS first
WHERE CAST(:site_id AS bigint) IS NULL OR house.site_id = :site_id
ORDER BY first.turn LIMIT 1 FOR NO KEY UPDATE OF house
"""
LOCK_FREE_HOUSE = text(LOCK_HOUSE + "SKIP LOCKED")
LOCK_ANY_HOUSE = text(LOCK_HOUSE)

COLUMNS = """
r.id, r.site_id, r.turn, r.state, r.people, r.layout, r.note, r.by_coordinator, r.override_reason, r.correlation_id,
r.starts_at, r.ends_at, r.resource_ids, r.quantities, r.requested_by, r.organisation_id, r.on_conflict, r.option_until,
r.series_id, r.hold, r.hold_until, r.waitlist_turn, r.wanted_starts_at, r.wanted_ends_at, r.wanted_resource_ids,
r.wanted_people, r.wanted_by_coordinator, r.wanted_layout, r.wanted_quantities, r.wanted_series_id, r.wanted_override,
coalesce(p.group_id, 0) AS group_id,
CASE WHEN r.entry_id IS NULL THEN false ELSE (SELECT NOT is_known FROM external_entry WHERE id = r.entry_id) END
    AS is_unknown
FROM reservation AS r JOIN person AS p ON p.id = r.requested_by
"""
# `elsewhere`: something waits in another house too, which needs no other wake-up
WAITING = text(
    f"""
SELECT (SELECT EXISTS (SELECT FROM reservation WHERE turn IS NOT NULL AND site_id <> :site_id)) AS elsewhere, {COLUMNS}
WHERE r.site_id = :site_id AND r.turn IS NOT NULL AND (CAST(:turn AS bigint) IS NULL OR r.turn = :turn)
ORDER BY r.turn, r.id LIMIT :most FOR UPDATE OF r
"""  # noqa: S608  constants only
)

# What is taken around the wishes, with the meeting inside of each stretch and how the room is laid out for it.
AROUND = text("""
SELECT DISTINCT ON (taken.id) taken.*
FROM jsonb_to_recordset(CAST(:wishes AS jsonb)) AS wish(
    resource_id bigint, "from" timestamptz, "to" timestamptz, most bigint)
CROSS JOIN LATERAL (
    SELECT o.id, o.resource_id, o.unit, o.reservation_id, lower(o.during) AS starts_at, upper(o.during) AS ends_at,
           r.starts_at AS begins, r.ends_at AS ends, r.layout
    FROM occupancy AS o JOIN reservation AS r ON r.id = o.reservation_id
    WHERE o.resource_id = wish.resource_id AND o.during && tstzrange(wish."from", wish."to")
    LIMIT wish.most) AS taken
""")

RELEASE = text("DELETE FROM occupancy WHERE reservation_id = ANY(:ids)")

# The occupancies of the winners, then all the decisions with their events, unless the constraint took fewer rows than
# there are: then only the count comes back, and nothing is decided.
SETTLE = text("""
WITH occupied AS (
    INSERT INTO occupancy (resource_id, unit, reservation_id, during)
    SELECT resource_id, unit, reservation_id, tstzrange(starts_at, ends_at)
    FROM jsonb_to_recordset(CAST(:stays AS jsonb)) AS stay(
        n int, reservation_id bigint, resource_id bigint, unit bigint, starts_at timestamptz, ends_at timestamptz)
    ORDER BY n
    ON CONFLICT DO NOTHING
    RETURNING 1
), decision AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:decisions AS jsonb)) AS d(
        n int, id bigint, state text, hold text, hold_until timestamptz, refusal jsonb, findings jsonb,
        is_placed boolean, starts_at timestamptz, ends_at timestamptz, resource_ids bigint[], people bigint,
        layout text, quantities jsonb)
    WHERE (SELECT count(*) FROM occupied) = :expected
), recorded AS (
    INSERT INTO event (site_id, reservation_id, type, data, correlation_id, recorded_at)
    SELECT :site_id, reservation_id, type, data, correlation_id, :now
    FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS e(
        n int, reservation_id bigint, type text, data jsonb, correlation_id text)
    WHERE (SELECT count(*) FROM occupied) = :expected ORDER BY n
), settled AS (
UPDATE reservation AS r SET
    state = d.state,
    hold = d.hold,
    hold_until = d.hold_until,
    waitlist_turn = CASE WHEN d.state = 'waitlisted' THEN r.turn END,
    refusal = d.refusal,
    findings = d.findings,
    starts_at = CASE WHEN is_placed THEN d.starts_at ELSE r.starts_at END,
    ends_at = CASE WHEN is_placed THEN d.ends_at ELSE r.ends_at END,
    resource_ids = CASE WHEN is_placed THEN d.resource_ids ELSE r.resource_ids END,
    people = CASE WHEN is_placed THEN d.people ELSE r.people END,
    layout = CASE WHEN is_placed THEN d.layout ELSE r.layout END,
    quantities = CASE WHEN is_placed THEN d.quantities ELSE r.quantities END,
    series_id = CASE WHEN is_placed THEN coalesce(wanted_series_id, series_id) ELSE series_id END,
    recurs_at = CASE WHEN is_placed THEN coalesce(wanted_recurs_at, recurs_at) ELSE recurs_at END,
    wanted_starts_at = NULL, wanted_ends_at = NULL, wanted_resource_ids = NULL, wanted_people = NULL,
    wanted_by_coordinator = NULL, wanted_layout = NULL, wanted_quantities = NULL, wanted_series_id = NULL,
    wanted_recurs_at = NULL, wanted_override = NULL,
    turn = NULL, waiting_since = NULL, decided_at = :now, unannounced_since = coalesce(unannounced_since, :now),
    version = version + 1
FROM decision AS d WHERE r.id = d.id
)
SELECT count(*) FROM occupied
""")

# whoever waits on keeps the place that they had
WAIT_ON = text("UPDATE reservation SET turn = NULL, waiting_since = NULL WHERE id = ANY(:ids)")
LOOK_AGAIN = text("UPDATE reservation SET turn = waitlist_turn, waiting_since = :now WHERE id = ANY(:ids)")

# What a change of all dates of a series, or of this date and later ones, asked for has come about, or has not: then a
# series that was to take them over has no occurrence.
SERIES_CHANGED = (
    text("""
UPDATE series SET rule = wanted_rule, starts_on = wanted_starts_on, length = wanted_length, skipped = '{}',
                  wanted_rule = NULL, wanted_starts_on = NULL, wanted_length = NULL
WHERE id = ANY(:ids) AND wanted_rule IS NOT NULL
"""),
)
SERIES_UNCHANGED = (
    text("UPDATE series SET wanted_rule = NULL, wanted_starts_on = NULL, wanted_length = NULL WHERE id = ANY(:ids)"),
    text("DELETE FROM series WHERE id = ANY(:ids) AND head_id IS NULL"),
)

# A series goes on as another one from some date on: with the people of the first, and an invitation of its own.
SPLIT = (
    # those that stay behind keep their list and their invitation, also when the date that bore them goes on elsewhere
    text("""
WITH heir AS (
    SELECT s.id, s.head_id AS was, (
        SELECT r.id FROM reservation AS r WHERE r.series_id = s.id ORDER BY r.recurs_at, r.id LIMIT 1) AS head
    FROM series AS s JOIN reservation AS was ON was.id = s.head_id AND was.series_id <> s.id
    WHERE s.id = :from
), listed AS (
    UPDATE attendee SET reservation_id = heir.head FROM heir WHERE reservation_id = heir.was
), unlisted AS (
    UPDATE newcomer SET reservation_id = heir.head FROM heir WHERE reservation_id = heir.was
), invited AS (
    UPDATE invitation SET reservation_id = heir.head FROM heir WHERE reservation_id = heir.was
)
UPDATE series SET head_id = heir.head FROM heir WHERE series.id = heir.id
"""),
    text("""
INSERT INTO attendee (reservation_id, address, name, language, role, resource_id)
SELECT :head, a.address, a.name, a.language, a.role, a.resource_id
FROM attendee AS a JOIN series AS s ON s.head_id = a.reservation_id
WHERE s.id = :from AND a.removed_at IS NULL
ON CONFLICT (reservation_id, address) DO NOTHING
"""),
    text("UPDATE series SET head_id = :head WHERE id = :into"),
    text("""
INSERT INTO event (site_id, reservation_id, type, data, correlation_id, recorded_at)
VALUES (:site_id, :head, 'SeriesSplit', jsonb_build_object('into', CAST(:into AS bigint)), :correlation_id, :now)
"""),
    # those that stay behind are another series than they were: their calendars are to be told
    text("""
UPDATE reservation SET unannounced_since = coalesce(unannounced_since, :now)
WHERE id = (SELECT head_id FROM series WHERE id = :from)
"""),
)
