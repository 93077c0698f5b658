"""What the doctor finds of mail that comes in, and whom it says is believed."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import Result

from deploy.valkey import free_port
from shared.settings import settings
from tests.cli.test_doctor import SECRET, _verdicts
from tests.mailbox.conftest import Running

Type = Callable[..., Result]


@pytest.fixture
def examine(atelier: str, creneau: Type, environment: pytest.MonkeyPatch) -> Type:
    """The doctor, with these settings."""
    assert atelier

    def run(**variables: str) -> Result:
        for name, value in variables.items():
            environment.setenv(name.upper(), value)
        settings.cache_clear()
        return creneau("doctor")

    return run


def test_a_listener_that_runs_is_fine_and_is_said_to_trust_this_machine_alone(examine: Type) -> None:
    with Running("lmtp") as running:
        answer = examine(mailbox_listen=f"lmtp://127.0.0.1:{running.port}", mail_trust="local")
    verdicts = _verdicts(answer)
    assert (verdicts["mail in"], verdicts["senders"]) == ("ok", "ok")
    assert "only what this machine itself hands in is believed" in answer.stdout


def test_a_listener_that_does_not_run_fails(examine: Type, tmp_path: Path) -> None:
    for door in (f"lmtp://127.0.0.1:{free_port()}", f"lmtp+unix://{tmp_path}/none"):
        assert _verdicts(examine(mailbox_listen=door))["mail in"] == "fail"


def test_somebody_else_at_our_door_is_seen(examine: Type) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        stranger.listen()
        answer = examine(mailbox_listen=f"lmtp://127.0.0.1:{stranger.getsockname()[1]}")
    assert _verdicts(answer)["mail in"] == "fail"


@pytest.mark.parametrize("variable", ["mailbox_listen", "imap_url"])
@pytest.mark.parametrize("value", [f"http://u:{SECRET}@127.0.0.1/x", f"imaps://u:{SECRET}@127.0.0.1:x/", "x"])
def test_settings_that_are_none_are_named_and_not_told(examine: Type, variable: str, value: str) -> None:
    answer = examine(**{variable: value})
    assert answer.exit_code == 1
    assert f"{variable.upper()} is malformed" in answer.stdout
    assert SECRET not in answer.output


def test_a_mailbox_that_is_away_fails(examine: Type) -> None:
    answer = examine(imap_url=f"imap://u:{SECRET}@127.0.0.1:{free_port()}/INBOX")
    assert _verdicts(answer)["mailbox"] == "fail"
    assert SECRET not in answer.output


@pytest.mark.parametrize(
    ("variables", "verdict"),
    [
        ({"mail_trust": "dkim"}, "ok"),
        ({"mail_trust": "authserv", "mail_authserv_id": "mx.example.org"}, "ok"),
        ({"mail_trust": "authserv"}, "fail"),
        ({"mail_trust": "local"}, "warn"),
    ],
)
def test_whom_it_believes_is_said(examine: Type, variables: dict[str, str], verdict: str) -> None:
    answer = examine(mailbox_listen=f"smtp://192.0.2.1:{free_port()}", **variables)
    assert _verdicts(answer)["senders"] == verdict


@pytest.mark.parametrize(("age", "verdict"), [(1, "ok"), (200, "warn"), (7200, "fail")])
def test_a_mail_that_nobody_handles_is_seen(atelier: str, creneau: Type, age: int, verdict: str) -> None:
    came_in(atelier, datetime.now(UTC) - timedelta(seconds=age), "waiting")
    assert _verdicts(creneau("doctor"))["inbox"] == verdict


def test_a_mail_that_was_set_aside_is_seen(atelier: str, creneau: Type) -> None:
    came_in(atelier, datetime.now(UTC), "quarantined")
    assert _verdicts(creneau("doctor"))["quarantine"] == "warn"


@pytest.mark.usefixtures("atelier")
def test_two_sites_with_one_mail_domain_are_warned_of(atelier: str, creneau: Type) -> None:
    creneau("site", "set", "--mail-domain", "salles.example")
    with psycopg.connect(atelier) as connection:
        connection.execute(
            "INSERT INTO site (slug, name, address, zone, language, contact_address, mail_domain, opens, closes) "
            "SELECT 'lille', name, address, zone, language, contact_address, mail_domain, opens, closes FROM site"
        )
    answer = creneau("doctor")
    assert _verdicts(answer)["mail domain"] == "warn"
    assert "cannot be told apart" in answer.stdout


def came_in(database_url: str, when: datetime, state: str) -> None:
    """A mail, as a process that was killed, or never ran, may leave it."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO inbound_mail (site_id, source, mail_from, recipients, digest, raw, received_at, not_before,"
            " state, handled_at) VALUES (1, 'lmtp', '', '{x}', '', '', %(when)s, %(when)s, %(state)s, %(handled)s)",
            {"when": when, "state": state, "handled": None if state == "waiting" else when},
        )
