"""What there is to watch: how much waits, since when, and what is in trouble; read from the book when asked."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text

from shared.store.base import Db

GAUGES = text("""
SELECT (SELECT count(*) FROM reservation WHERE turn IS NOT NULL) AS waiting,
       (SELECT min(waiting_since) FROM reservation WHERE turn IS NOT NULL) AS waiting_since,
       (SELECT count(*) FROM reservation WHERE state = 'tentative') AS held,
       (SELECT count(*) FROM reservation WHERE state = 'waitlisted') AS waitlisted,
       (SELECT min(due_at) FROM timer WHERE due_at <= :now) AS overdue_since,
       (SELECT count(*) FROM reservation WHERE unannounced_since IS NOT NULL) AS unannounced,
       (SELECT count(*) FROM event WHERE relayed_at IS NULL) AS unrelayed,
       (SELECT min(recorded_at) FROM event WHERE relayed_at IS NULL) AS unrelayed_since,
       (SELECT min(not_before) FROM delivery WHERE state IN ('queued', 'sending', 'committing')
                                               AND not_before <= :now) AS unsent_since,
       (SELECT count(*) FROM inbound_mail WHERE state = 'waiting') AS mails_waiting,
       (SELECT min(not_before) FROM inbound_mail WHERE state = 'waiting' AND not_before <= :now) AS unread_since,
       (SELECT count(*) FROM inbound_mail WHERE state = 'quarantined') AS quarantined,
       (SELECT count(*) FROM webhook WHERE disabled_reason IN ('gone', 'failing') AND deleted_at IS NULL) AS given_up,
       (SELECT min(m.not_before) FROM webhook_message AS m JOIN webhook AS w ON w.id = m.webhook_id
        WHERE m.state IN ('queued', 'sending') AND m.not_before <= :now AND w.disabled_at IS NULL
          AND (w.paused_until IS NULL OR w.paused_until <= :now)
          AND (m.lease_until IS NULL OR m.lease_until < :now)) AS untold_since
""")
DELIVERIES = text("""
SELECT state, count(*) AS count FROM delivery WHERE state IN ('queued', 'sending', 'committing') GROUP BY state
UNION ALL SELECT state, count(*) FROM delivery WHERE state IN ('failed', 'dead') GROUP BY state
UNION ALL SELECT 'sent', count(*) FROM delivery WHERE sent_at > CAST(:now AS timestamptz) - interval '1 hour'
""")
# the last thousand by primary key, so that no index on decided_at has to be paid for at each decision
LATENCY = text("""
SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY took) FROM (
    -- two processes read the clock, which a correction may set back between them
    SELECT greatest(extract(epoch FROM decided_at - created_at), 0) AS took FROM reservation
    WHERE decided_at IS NOT NULL AND version = 2 ORDER BY id DESC LIMIT 1000) AS recent
""")


@dataclass(frozen=True, slots=True)
class Pulse:
    """Counts, ages in seconds, and the latency of the last thousand decisions in seconds."""

    requests_waiting: int
    oldest_request_age: float
    unannounced: int
    outbox_waiting: int
    outbox_lag: float
    oldest_unsent_age: float
    held: int
    waitlisted: int
    timers_overdue: float
    mails_waiting: int
    oldest_unread_age: float
    quarantined: int
    webhooks_given_up: int
    oldest_untold_age: float
    deliveries: dict[str, int] = field(default_factory=dict)
    decide_quantiles: dict[str, float] = field(default_factory=dict)


def pulse(db: Db, now: datetime) -> Pulse:
    """How the whole installation is doing."""

    def age(since: datetime | None) -> float:
        return max((now - since).total_seconds(), 0.0) if since else 0.0

    gauges = db.execute(GAUGES, {"now": now}).one()
    states = {"queued": 0, "sending": 0, "committing": 0, "failed": 0, "dead": 0, "sent": 0}
    states |= {row.state: row.count for row in db.execute(DELIVERIES, {"now": now})}
    quantiles = db.scalars(LATENCY).one() or (0.0, 0.0, 0.0)
    return Pulse(
        requests_waiting=gauges.waiting,
        oldest_request_age=age(gauges.waiting_since),
        unannounced=gauges.unannounced,
        outbox_waiting=gauges.unrelayed,
        outbox_lag=age(gauges.unrelayed_since),
        oldest_unsent_age=age(gauges.unsent_since),
        held=gauges.held,
        waitlisted=gauges.waitlisted,
        timers_overdue=age(gauges.overdue_since),
        mails_waiting=gauges.mails_waiting,
        oldest_unread_age=age(gauges.unread_since),
        quarantined=gauges.quarantined,
        webhooks_given_up=gauges.given_up,
        oldest_untold_age=age(gauges.untold_since),
        deliveries=states,
        decide_quantiles=dict(zip(("0.5", "0.95", "0.99"), map(float, quantiles), strict=True)),
    )
