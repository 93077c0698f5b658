"""What the doctor finds, and that it never tells a secret."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import time_machine
from aiosmtpd.smtp import AuthResult
from psycopg import sql
from typer.testing import Result

from deploy.engines import Engines
from deploy.valkey import free_port
from shared.domain.days import school_calendar_ends
from shared.settings import settings
from tests.mail.server import MailServer

Type = Callable[..., Result]
SECRET = "hunter2"


def _verdicts(answer: Result) -> dict[str, str]:
    """What the table says of each check."""
    rows = re.findall(r"^(\w[\w ]*?) +(ok|warn|fail) +(.*)$", answer.stdout, re.MULTILINE)
    return {check: verdict for check, verdict, _ in rows}


@pytest.mark.usefixtures("atelier")
def test_a_sound_installation_has_only_to_be_told_its_domain_and_how_many_people_are_safe(creneau: Type) -> None:
    answer = creneau("doctor")

    verdicts = _verdicts(answer)
    assert answer.exit_code == 0
    untold = [verdicts.pop(check) for check in ("mail domain", "safety limits", "mail in")]
    assert untold == ["warn"] * 3
    assert "not known: of the building of arras, of espace-ouvert," in answer.stdout
    assert set(verdicts.values()) == {"ok"}
    assert set(verdicts) > {"database", "schema", "clock", "broker", "broker memory", "mail out", "requests", "mails"}
    assert set(verdicts) > {"inbox", "quarantine"}
    assert set(verdicts) > {"coordinators", "policies", "school calendar", "timers", "waiting list", "webhooks"}


@pytest.mark.usefixtures("atelier")
def test_limits_of_safety_that_are_known_are_fine(creneau: Type) -> None:
    why = ("--reason", "commission de sécurité")
    creneau("policy", "set", "building_limit=120", *why)
    for room in ("espace-ouvert", "flexi-16", "flexi-19", "flexi-36", "escapelab"):
        creneau("policy", "set", "--room", room, "safety_limit=40", *why)

    assert _verdicts(creneau("doctor"))["safety limits"] == "ok"


@pytest.mark.usefixtures("atelier")
def test_an_atelier_in_which_nobody_decides_is_warned_of(creneau: Type) -> None:
    creneau("token", "revoke", "1")

    answer = creneau("doctor")

    assert _verdicts(answer)["coordinators"] == "warn"
    assert "nobody decides at arras" in answer.stdout


@pytest.mark.usefixtures("atelier")
def test_a_policy_that_names_what_is_not_there_is_warned_of(creneau: Type) -> None:
    ways = '[{"from_layout": "rows", "to_layout": "circle", "minutes": 5}]'
    creneau("policy", "set", "who_may_exceed=group:staff", f"transitions={ways}", "--reason", "essai")

    answer = creneau("doctor")

    assert _verdicts(answer)["policies"] == "warn"
    assert "site: no group staff; site: no layout circle" in answer.stdout


@pytest.mark.usefixtures("atelier")
def test_a_school_calendar_that_ends_soon_is_warned_of_where_it_matters(creneau: Type) -> None:
    with time_machine.travel(school_calendar_ends(), tick=True):
        before = _verdicts(creneau("doctor"))
        creneau("policy", "set", "on_school_holidays=warn", "--reason", "essai")
        after = _verdicts(creneau("doctor"))

    assert (before["school calendar"], after["school calendar"]) == ("ok", "warn")


@pytest.mark.parametrize(("age", "verdict"), [(-10, "ok"), (10, "ok"), (200, "warn"), (7200, "fail")])
def test_a_timer_that_nobody_runs_is_seen(atelier: str, creneau: Type, age: int, verdict: str) -> None:
    with psycopg.connect(atelier) as connection:
        _reservation(connection, state="tentative", hold="option", hold_until=datetime.now(UTC) + timedelta(days=1))
        connection.execute(
            "INSERT INTO timer (site_id, reservation_id, kind, due_at) VALUES (1, 1, 'expire', %s)",
            (datetime.now(UTC) - timedelta(seconds=age),),
        )

    assert _verdicts(creneau("doctor"))["timers"] == verdict


@pytest.mark.parametrize(("age", "verdict"), [(1, "ok"), (20, "warn"), (300, "fail")])
def test_a_waiting_list_that_nobody_serves_is_seen(atelier: str, creneau: Type, age: int, verdict: str) -> None:
    with psycopg.connect(atelier) as connection:
        since = datetime.now(UTC) - timedelta(seconds=age)
        _reservation(connection, state="waitlisted", waitlist_turn=1, turn=1, waiting_since=since)

    assert _verdicts(creneau("doctor"))["waiting list"] == verdict


def test_a_webhook_that_is_given_up_is_seen(atelier: str, creneau: Type) -> None:
    with psycopg.connect(atelier) as connection:
        _webhook(connection, disabled_at=datetime.now(UTC), disabled_reason="asked")
        before = _verdicts(creneau("doctor"))
        connection.execute("UPDATE webhook SET disabled_reason = 'gone'")
        connection.commit()

    answer = creneau("doctor")

    assert (before["webhooks"], _verdicts(answer)["webhooks"]) == ("ok", "warn")
    assert "Agenda de Pia" in answer.stdout
    assert SECRET not in answer.stdout


@pytest.mark.parametrize(("age", "verdict"), [(10, "ok"), (200, "warn"), (7200, "fail")])
def test_messages_that_nobody_sends_are_seen(atelier: str, creneau: Type, age: int, verdict: str) -> None:
    with psycopg.connect(atelier) as connection:
        _webhook(connection)
        connection.execute(
            "INSERT INTO webhook_message (webhook_id, type, not_before, created_at) VALUES (1, 'webhook.test', %s, %s)",
            (datetime.now(UTC) - timedelta(seconds=age), datetime.now(UTC)),
        )

    assert _verdicts(creneau("doctor"))["webhooks"] == verdict


@pytest.mark.usefixtures("atelier")
def test_webhooks_into_the_house_are_warned_of_on_a_server(creneau: Type, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("WEBHOOKS_ALLOW_LOCAL", "true")
    settings.cache_clear()
    here = _verdicts(creneau("doctor"))
    environment.setenv("PUBLIC_URL", "https://creneau.example.org")
    settings.cache_clear()

    assert (here["webhooks"], _verdicts(creneau("doctor"))["webhooks"]) == ("ok", "warn")


@pytest.mark.parametrize(("hours", "verdict"), [(1, "ok"), (-1, "warn")])
def test_who_waits_for_what_has_begun_is_seen(atelier: str, creneau: Type, hours: int, verdict: str) -> None:
    with psycopg.connect(atelier) as connection:
        start = datetime.now(UTC) + timedelta(hours=hours)
        _reservation(
            connection, state="waitlisted", waitlist_turn=1, starts_at=start, ends_at=start + timedelta(hours=9)
        )

    assert _verdicts(creneau("doctor"))["waiting list"] == verdict


@pytest.mark.usefixtures("atelier")
def test_a_mail_domain_of_ones_own_is_fine(creneau: Type) -> None:
    creneau("site", "set", "--mail-domain", "salles.canope.example")

    assert _verdicts(creneau("doctor"))["mail domain"] == "ok"


@pytest.mark.usefixtures("empty_database")
def test_a_database_that_is_not_migrated_fails(creneau: Type) -> None:
    answer = creneau("doctor")

    assert answer.exit_code == 1
    assert _verdicts(answer)["schema"] == "fail"
    assert "creneau migrate" in answer.stdout


@pytest.mark.usefixtures("atelier")
def test_a_database_that_is_away_fails_and_the_rest_is_looked_at(
    creneau: Type, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", f"postgresql://creneau:{SECRET}@127.0.0.1:{free_port()}/creneau")

    answer = _anew(creneau)

    assert answer.exit_code == 1
    assert _verdicts(answer)["database"] == "fail"
    assert _verdicts(answer)["broker"] == "ok"
    assert SECRET not in answer.output


@pytest.mark.usefixtures("atelier")
def test_a_broker_that_is_away_fails(creneau: Type, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("REDIS_URL", f"redis://:{SECRET}@127.0.0.1:{free_port()}/0")

    answer = _anew(creneau)

    assert answer.exit_code == 1
    assert _verdicts(answer)["broker"] == "fail"
    assert SECRET not in answer.output


@pytest.mark.usefixtures("atelier")
def test_a_broker_url_that_is_none_fails_without_being_told(creneau: Type, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("REDIS_URL", f"http://:{SECRET}@127.0.0.1/0")

    answer = _anew(creneau)

    assert _verdicts(answer)["broker"] == "fail"
    assert SECRET not in answer.output


@pytest.mark.usefixtures("atelier")
def test_a_broker_that_drops_what_it_likes_is_warned_of(creneau: Type, engines: Engines) -> None:
    with redis.Redis.from_url(engines.valkey.url()) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            answer = creneau("doctor")
        finally:
            client.config_set("maxmemory-policy", "noeviction")

    assert _verdicts(answer)["broker memory"] == "warn"
    assert "maxmemory-policy noeviction" in answer.stdout
    assert answer.exit_code == 0


@pytest.mark.usefixtures("atelier")
def test_a_mail_server_that_takes_us_is_fine_and_gets_no_mail(creneau: Type, environment: pytest.MonkeyPatch) -> None:
    with MailServer() as server:
        environment.setenv("SMTP_URL", server.url)
        answer = _anew(creneau)

        assert _verdicts(answer)["mail out"] == "ok"
        assert server.messages == []


@pytest.mark.usefixtures("atelier")
def test_a_mail_server_that_refuses_our_password_fails(creneau: Type, environment: pytest.MonkeyPatch) -> None:
    with MailServer(
        authenticator=lambda *_: AuthResult(success=False, handled=False), auth_require_tls=False
    ) as server:
        environment.setenv("SMTP_URL", f"smtp://creneau:{SECRET}@127.0.0.1:{server.port}")
        answer = _anew(creneau)

    assert answer.exit_code == 1
    assert _verdicts(answer)["mail out"] == "fail"
    assert "login refused" in answer.stdout
    assert SECRET not in answer.output


@pytest.mark.usefixtures("atelier")
@pytest.mark.parametrize("url", ["smtp://127.0.0.1:{port}", "smpt://u:" + SECRET + "@127.0.0.1"], ids=["away", "typo"])
def test_a_mail_server_that_is_not_there_fails(creneau: Type, environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("SMTP_URL", url.replace("{port}", str(free_port())))

    answer = _anew(creneau)

    assert answer.exit_code == 1
    assert _verdicts(answer)["mail out"] == "fail"
    assert SECRET not in answer.output


@pytest.mark.usefixtures("atelier")
def test_a_maildir_that_cannot_be_made_fails(creneau: Type, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment.setenv("MAIL_DIR", str(tmp_path / "file" / "mail"))

    assert _verdicts(_anew(creneau))["mail out"] == "fail"


@pytest.mark.parametrize(("age", "verdict"), [(1, "ok"), (20, "warn"), (300, "fail")])
def test_a_request_that_nobody_decides_is_seen(atelier: str, creneau: Type, age: int, verdict: str) -> None:
    since = datetime.now(UTC) - timedelta(seconds=age)
    with psycopg.connect(atelier) as connection:
        _reservation(connection, state="requested", turn=1, waiting_since=since)

    assert _verdicts(creneau("doctor"))["requests"] == verdict


def _reservation(connection: psycopg.Connection[Any], **columns: object) -> None:
    """A row as a process that was killed, or never ran, may leave it."""
    now = datetime.now(UTC)
    columns = {"starts_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=2)} | columns
    columns |= {"site_id": 1, "requested_by": 1, "by_coordinator": True, "title": "x", "note": "", "people": 1}
    columns |= {"resource_ids": [1], "created_at": now}
    query = sql.SQL("INSERT INTO reservation ({}) VALUES ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(map(sql.Placeholder, columns))
    )
    connection.execute(query, columns)


def _anew(creneau: Type) -> Result:
    """Examine with the environment as it is now."""
    settings.cache_clear()
    return creneau("doctor")


def _webhook(connection: psycopg.Connection[Any], **columns: Any) -> None:
    values = {
        "site_id": 1,
        "url": "https://partner.example/",
        "secret": SECRET,
        "types": ["reservation.moved"],
        "label": "Agenda de Pia",
        "created_by": 1,
        "created_at": datetime.now(UTC),
    } | columns
    names, places = sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
    connection.execute(sql.SQL("INSERT INTO webhook ({}) VALUES ({})").format(names, places), values)
    connection.commit()
