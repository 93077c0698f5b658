"""What the doctor finds, and that it never tells a secret."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import redis
from aiosmtpd.smtp import AuthResult
from typer.testing import Result

from deploy.engines import Engines
from deploy.valkey import free_port
from shared.settings import settings
from tests.mail.server import MailServer

Type = Callable[..., Result]
SECRET = "hunter2"


def _verdicts(answer: Result) -> dict[str, str]:
    """What the table says of each check."""
    rows = re.findall(r"^(\w[\w ]*?) +(ok|warn|fail) +(.*)$", answer.stdout, re.MULTILINE)
    return {check: verdict for check, verdict, _ in rows}


@pytest.mark.usefixtures("atelier")
def test_a_sound_installation_has_only_the_default_domain_to_warn_of(creneau: Type) -> None:
    answer = creneau("doctor")

    verdicts = _verdicts(answer)
    assert answer.exit_code == 0
    assert verdicts.pop("mail domain") == "warn"
    assert set(verdicts.values()) == {"ok"}
    assert set(verdicts) > {"database", "schema", "clock", "broker", "broker memory", "mail out", "requests", "mails"}


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
        connection.execute(
            "INSERT INTO reservation (site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at,"
            " resource_ids, state, turn, created_at, waiting_since)"
            " VALUES (1, 1, true, 'x', '', 1, now(), now() + interval '1 hour', '{1}', 'requested', 1, %s, %s)",
            (since, since),
        )

    assert _verdicts(creneau("doctor"))["requests"] == verdict


def _anew(creneau: Type) -> Result:
    """Examine with the environment as it is now."""
    settings.cache_clear()
    return creneau("doctor")
