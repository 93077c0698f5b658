"""For whoever watches over it: health, readiness, metrics."""

from collections.abc import Iterator
from datetime import UTC, datetime

import redis
import structlog
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from services.api.access import Anyone
from services.api.problems import answers, problem
from services.api.transactions import Reading
from shared import broker
from shared.domain.errors import NotAllowedError
from shared.store.base import engine
from shared.store.migrate import is_current
from shared.watching import Pulse, pulse

router = APIRouter(tags=["watching"])
log = structlog.get_logger()


@router.get("/healthz", response_class=Response)
async def healthz() -> Response:
    """The process answers."""
    return Response('{"status": "ok"}', media_type="application/json")


@router.get("/readyz", response_class=Response, responses=answers(503))
def readyz() -> Response:
    """The database is there and migrated; a broker that is away is named, but requests are taken without it too."""
    try:
        with engine().connect() as connection:
            if not is_current(connection):
                return problem(503, "not_migrated", "The database is not migrated: run `creneau migrate`.")
    except DBAPIError as error:
        log.warning("not ready", error=str(error.orig)[:200])
        return problem(503, "database_away", "The database does not answer: run `creneau doctor` on the server.")
    try:
        broker.connection().ping()
        bell = "ok"
    except redis.RedisError:
        bell = "away"
    return Response(f'{{"status": "ok", "broker": "{bell}"}}', media_type="application/json")


@router.get(
    "/metrics",
    response_class=Response,
    responses=answers(401, 403) | {200: {"content": {"text/plain": {}}}},
)
def metrics(db: Reading, caller: Anyone) -> Response:
    """Prometheus metrics of the whole installation, for a coordinator's token."""
    if not caller.is_coordinator:
        raise NotAllowedError("Metrics are for coordinators.")
    registry = CollectorRegistry()
    registry.register(PulseCollector(pulse(db, datetime.now(UTC))))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class PulseCollector(Collector):
    """A pulse in Prometheus' words."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse

    def collect(self) -> Iterator[Metric]:
        now = self._pulse
        yield GaugeMetricFamily("creneau_requests_waiting", "requests and moves to decide", now.requests_waiting)
        yield GaugeMetricFamily(
            "creneau_oldest_request_age_seconds", "age of the oldest of them", now.oldest_request_age
        )
        yield GaugeMetricFamily("creneau_unannounced", "reservations whose people are to be told", now.unannounced)
        yield GaugeMetricFamily("creneau_outbox_waiting", "events not handed on yet", now.outbox_waiting)
        yield GaugeMetricFamily("creneau_outbox_lag_seconds", "age of the oldest of them", now.outbox_lag)
        yield GaugeMetricFamily(
            "creneau_oldest_unsent_delivery_seconds", "since when the oldest due mail waits", now.oldest_unsent_age
        )
        yield GaugeMetricFamily("creneau_held", "tentative reservations: to approve, options, offers", now.held)
        yield GaugeMetricFamily("creneau_waitlisted", "reservations on waiting lists", now.waitlisted)
        yield GaugeMetricFamily(
            "creneau_timers_overdue_seconds", "since when the longest overdue timer should have run", now.timers_overdue
        )
        yield GaugeMetricFamily("creneau_inbound_mails_waiting", "mails that came in and wait", now.mails_waiting)
        yield GaugeMetricFamily(
            "creneau_oldest_unread_mail_seconds", "since when the oldest due of them waits", now.oldest_unread_age
        )
        yield GaugeMetricFamily("creneau_inbound_mails_quarantined", "mails that were set aside", now.quarantined)
        yield GaugeMetricFamily(
            "creneau_webhooks_given_up", "webhooks that were gone or failed for days", now.webhooks_given_up
        )
        yield GaugeMetricFamily(
            "creneau_oldest_untold_webhook_seconds", "since when the oldest due message waits", now.oldest_untold_age
        )
        deliveries = GaugeMetricFamily(
            "creneau_deliveries", "mails by state; sent counts the last hour", labels=["state"]
        )
        for state, count in now.deliveries.items():
            deliveries.add_metric([state], count)
        yield deliveries
        latency = GaugeMetricFamily(
            "creneau_decide_seconds", "from request to decision, last thousand", labels=["quantile"]
        )
        for quantile, seconds in now.decide_quantiles.items():
            latency.add_metric([quantile], seconds)
        yield latency
