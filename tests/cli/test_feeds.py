"""`creneau feed`: an address is printed alone and once, listed without itself, moved, and taken back."""

import re
from collections.abc import Callable

import pytest
from typer.testing import Result

from shared.settings import settings

Type = Callable[..., Result]

ADDRESS = re.compile(r"http://localhost:8000/calendars/\S{43}\.ics\n")


@pytest.mark.usefixtures("atelier")
def test_a_feed_is_made_listed_moved_and_taken_back(creneau: Type) -> None:
    made = creneau("feed", "new", "room", "flexi-16", "--label", "Écran du hall", "--scope", "busy")
    assert ADDRESS.fullmatch(made.stdout)
    assert "Feed 1" in made.stderr
    listed = creneau("feed", "list").stdout
    assert "Flexi 16" in listed
    assert "Écran du hall" in listed
    assert "calendars/" not in listed
    moved = creneau("feed", "rotate", "1")
    assert ADDRESS.fullmatch(moved.stdout)
    assert moved.stdout != made.stdout
    assert creneau("feed", "revoke", "1").stdout == "Feed 1 is revoked.\n"
    assert "Flexi 16" not in creneau("feed", "list").stdout


@pytest.mark.usefixtures("atelier")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("new", "room", "nowhere"), "There is no room or resource called 'nowhere' here"),
        (("new", "room"), "There is no room or resource called '' here"),
        (("new", "planet"), "'planet' is not one of"),
        (("new", "partner", "Personne"), "There is no partner called 'Personne' here"),
        (("rotate", "7"), "There is no such feed"),
        (("revoke", "0"), "'ID'"),
    ],
)
def test_what_cannot_be_done_is_one_line(creneau: Type, words: tuple[str, ...], told: str) -> None:
    answer = creneau("feed", *words)
    assert answer.exit_code > 0
    assert told in answer.stderr


@pytest.mark.usefixtures("atelier")
def test_the_address_is_the_one_that_everybody_reaches(creneau: Type, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUBLIC_URL", "https://creneau.example.org/arras/")
    settings.cache_clear()
    made = creneau("feed", "new", "site")
    assert made.stdout.startswith("https://creneau.example.org/arras/calendars/")


@pytest.mark.usefixtures("atelier")
@pytest.mark.parametrize(
    "address", ["creneau.example.org", "ftp://x.example", "https://", "https://x y", "https://x/?a=1"]
)
def test_an_address_that_nobody_could_reach_is_refused(
    creneau: Type, environment: pytest.MonkeyPatch, address: str
) -> None:
    environment.setenv("PUBLIC_URL", address)
    settings.cache_clear()
    answer = creneau("feed", "new", "site")
    assert answer.exit_code > 0
    assert "PUBLIC_URL" in answer.stderr
