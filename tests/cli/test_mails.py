"""Taking a mail in by hand, and what the list says of it."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from typer.testing import Result

from shared.settings import settings
from tests.letters_in import handle_all, letter

Type = Callable[..., Result]
OURS = "reservations@salles.example"


@pytest.fixture
def mail(atelier: str, creneau: Type, environment: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A mail in a file, and an Atelier with a mail domain that believes this machine."""
    assert atelier
    environment.setenv("MAIL_TRUST", "local")
    settings.cache_clear()
    assert creneau("site", "set", "--mail-domain", "salles.example").exit_code == 0
    file = tmp_path / "mail.eml"
    file.write_bytes(letter("Bonjour"))
    return file


def rows(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT source, mail_from, recipients, is_local, state FROM inbound_mail").fetchall()


def test_a_mail_is_taken_in_by_hand_once(atelier: str, creneau: Type, mail: Path) -> None:
    for _ in range(2):
        answer = creneau("mail", "receive", str(mail), "--to", OURS, "--to", "Room-Flexi-16@rooms.salles.example")
        assert answer.exit_code == 0, answer.output
        assert "Taken in as mail 1" in answer.stdout
    ours = ["reservations@salles.example", "room-flexi-16@rooms.salles.example"]
    assert rows(atelier) == [("file", "zoe@college.example", ours, True, "waiting")]


@pytest.mark.parametrize(("given", "kept"), [("<>", ""), ("leo@college.example", "leo@college.example")])
def test_its_envelope_may_say_who_sent_it(atelier: str, creneau: Type, mail: Path, given: str, kept: str) -> None:
    assert creneau("mail", "receive", str(mail), "--to", OURS, "--from", given).exit_code == 0
    assert rows(atelier)[0][1] == kept


def test_the_list_says_what_was_made_of_it(creneau: Type, mail: Path) -> None:
    creneau("mail", "receive", str(mail), "--to", OURS)
    handle_all()
    shown = creneau("mail", "list").stdout
    for word in ("zoe@college.example", OURS, "Bonjour", "handled", "no_calendar"):
        assert word in shown
    assert "Bonjour" not in creneau("mail", "list", "--state", "quarantined").stdout


@pytest.mark.usefixtures("atelier")
@pytest.mark.parametrize(
    "words",
    [("--to", "nobody@salles.example"), ("--to", "x"), (), ("--to", OURS, "--from", "a\nb@x.example")],
)
def test_what_cannot_be_taken_in_is_said_in_a_line(
    atelier: str, creneau: Type, mail: Path, words: tuple[str, ...]
) -> None:
    answer = creneau("mail", "receive", str(mail), *words)
    assert answer.exit_code != 0
    assert answer.stderr.startswith("creneau: ")
    assert answer.stderr.count("\n") == 1
    assert rows(atelier) == []


@pytest.mark.usefixtures("atelier")
def test_a_file_that_is_not_there_or_too_large_is_said_in_a_line(creneau: Type, mail: Path) -> None:
    assert "does not exist" in creneau("mail", "receive", str(mail) + "x", "--to", OURS).stderr
    mail.write_bytes(bytes(10_000_001))
    assert "more than 10 megabytes" in creneau("mail", "receive", str(mail), "--to", OURS).stderr
