"""Health, readiness and metrics, also when the engines are away."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from deploy.processes import wait_until
from deploy.valkey import free_port
from shared import broker
from shared.settings import settings
from shared.store.base import engine
from tests.api.live import Api, wish

ASK = "/api/reservations"


def forget() -> None:
    """Read the settings again, and connect anew."""
    engine().dispose()
    for remembered in (settings, engine, broker.connection):
        remembered.cache_clear()


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Point a setting somewhere else, and back at the end."""

    def move(name: str, url: str) -> None:
        monkeypatch.setenv(name, url)
        forget()

    yield move
    monkeypatch.undo()
    forget()


def nowhere() -> str:
    return f"127.0.0.1:{free_port()}"


def test_it_is_healthy_and_ready(api: Api) -> None:
    assert api.call("GET", "/healthz", None).json() == {"status": "ok"}
    assert api.call("GET", "/readyz", None).json() == {"status": "ok", "broker": "ok"}


def test_without_a_broker_it_is_still_ready(api: Api, moves: Callable[[str, str], None]) -> None:
    moves("REDIS_URL", f"redis://{nowhere()}/0")
    assert api.call("GET", "/readyz", None).json() == {"status": "ok", "broker": "away"}
    assert api.post(ASK, wish()).status_code == 202


def test_without_a_database_it_is_healthy_but_not_ready(api: Api, moves: Callable[[str, str], None]) -> None:
    moves("DATABASE_URL", f"postgresql://postgres@{nowhere()}/creneau")
    answer = api.call("GET", "/readyz", None)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
    assert api.call("GET", "/healthz", None).status_code == 200


def test_a_database_without_our_tables_is_not_ready(
    api: Api, database_url: str, moves: Callable[[str, str], None]
) -> None:
    moves("DATABASE_URL", database_url.replace("/creneau?", "/postgres?"))
    answer = api.call("GET", "/readyz", None)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_migrated")


def test_a_request_during_an_outage_is_done_once_when_it_is_over(
    api: Api, database_url: str, moves: Callable[[str, str], None]
) -> None:
    assert api.get(ASK).status_code == 200
    moves("DATABASE_URL", f"postgresql://postgres@{nowhere()}/creneau")
    away = [api.post(ASK, wish(), idempotency_key="k1"), api.get(ASK), api.get("/api/rooms")]
    for answer in away:
        assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
        assert int(answer.headers["retry-after"]) >= 1
    moves("DATABASE_URL", database_url)
    first, again = (api.post(ASK, wish(), idempotency_key="k1") for _ in range(2))
    assert (first.status_code, first.json()["id"]) == (202, again.json()["id"])
    assert len(api.get(ASK).json()["items"]) == 1


@pytest.mark.usefixtures("workers")
def test_metrics_tell_what_waits_and_how_fast_it_goes(api: Api) -> None:
    api.book(attendees=[{"address": "eleve@college.example"}])

    def sample(name: str, **labels: str) -> float | None:
        families = list(text_string_to_metric_families(api.get("/metrics", "claire").text))
        found = [s.value for family in families for s in family.samples if s.name == name and s.labels == labels]
        return found[0] if found else None

    assert wait_until(lambda: sample("creneau_deliveries", state="sent") == 2, seconds=10)
    assert sample("creneau_requests_waiting") == 0
    assert sample("creneau_oldest_request_age_seconds") == 0
    latency = sample("creneau_decide_seconds", quantile="0.5")
    assert latency is not None
    assert 0 <= latency < 10
    assert sample("creneau_outbox_waiting") is not None


@pytest.mark.usefixtures("workers")
def test_a_clock_that_was_set_back_makes_no_negative_latency(api: Api) -> None:
    api.book()
    with api.house.book() as db:
        db.execute(text("UPDATE reservation SET decided_at = created_at - interval '1 second'"))
    told = api.get("/metrics", "claire").text
    assert 'creneau_decide_seconds{quantile="0.5"} 0.0' in told


def test_metrics_count_what_nobody_decides(api: Api) -> None:
    for _ in range(3):
        api.post(ASK, wish())
    families = {f.name: f for f in text_string_to_metric_families(api.get("/metrics", "claire").text)}
    assert families["creneau_requests_waiting"].samples[0].value == 3
    assert families["creneau_oldest_request_age_seconds"].samples[0].value >= 0


def test_metrics_count_what_is_held_who_waits_and_timers_that_nobody_runs(api: Api) -> None:
    api.house.decided_as("tentative", "flexi-16", option_until=api.house.now + timedelta(days=1))
    api.house.decided_as("waitlisted", "flexi-16", who="basile", on_conflict="wait")
    api.house.rows("UPDATE timer SET due_at = now() - interval '1 minute' RETURNING 1")
    families = {f.name: f for f in text_string_to_metric_families(api.get("/metrics", "claire").text)}
    assert families["creneau_held"].samples[0].value == 1
    assert families["creneau_waitlisted"].samples[0].value == 1
    assert families["creneau_timers_overdue_seconds"].samples[0].value >= 60
