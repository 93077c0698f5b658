"""What whoever runs an installation types, and what comes of it."""

import re
from collections.abc import Callable

import psycopg
import pytest
from typer.testing import Result

from services.demo.cast import cast_of
from shared.settings import settings
from shared.store.people import digest_of

Type = Callable[..., Result]

NEW = ("token", "new", "--person", "Ada@Canope.example", "--name", "Ada Lovelace", "--role", "trainer")


def test_migrate_fills_an_empty_database_and_prints_the_first_token_once(empty_database: str, creneau: Type) -> None:
    first, second = creneau("migrate"), creneau("migrate")

    assert first.exit_code == second.exit_code == 0
    assert re.search(r"^crn_\S{43}$", first.stdout, re.MULTILINE)
    assert "now at the newest schema" in first.stdout
    assert second.stdout == "The database was at the newest schema.\n"
    assert _column(empty_database, "SELECT slug FROM site") == ["arras"]


def test_a_new_token_is_printed_alone_and_only_its_digest_is_kept(atelier: str, creneau: Type) -> None:
    made = creneau(*NEW, "--label", "portable", "--site", "arras")

    secret = made.stdout.strip()
    assert secret.startswith("crn_")
    assert "Ada Lovelace <ada@canope.example>" in made.stderr
    assert digest_of(secret) in _column(atelier, "SELECT digest FROM token WHERE label = 'portable'")


@pytest.mark.usefixtures("atelier")
def test_the_list_of_tokens_shows_whose_they_are_and_no_token(creneau: Type) -> None:
    secret = creneau(*NEW).stdout.strip()

    listed = creneau("token", "list").stdout

    assert "Ada Lovelace <ada@canope.example>" in listed
    assert secret not in listed


def test_a_revoked_token_stays_revoked(atelier: str, creneau: Type) -> None:
    assert creneau("token", "revoke", "1").stdout == "Token 1 is revoked.\n"
    before = _column(atelier, "SELECT revoked_at FROM token")

    assert creneau("token", "revoke", "1").stdout == "Token 1 was revoked before.\n"
    assert _column(atelier, "SELECT revoked_at FROM token") == before != [None]


def test_a_partner_is_added_with_its_contact(atelier: str, creneau: Type) -> None:
    added = creneau("partner", "add", "Clémi", "--contact", "Clemi@clemi.example", "--contact-name", "Équipe")

    assert added.stdout == "Clémi: invitations go to clemi@clemi.example, in French.\n"
    assert "Équipe <clemi@clemi.example>" in creneau("partner", "list").stdout
    assert _column(atelier, "SELECT language FROM organisation") == ["fr"]


def test_a_coordinator_corrects_assumed_seats(atelier: str, creneau: Type) -> None:
    assert "16 (assumed)" in creneau("room", "list").stdout

    assert creneau("room", "set", "flexi-16", "--seats", "14").stdout == "flexi-16: Flexi 16, 14 seats, open.\n"
    assert "16 (assumed)" not in creneau("room", "list").stdout
    assert _column(atelier, "SELECT seats_are_assumed FROM resource WHERE slug = 'flexi-16'") == [False]


def test_closing_and_renaming_a_room_leaves_its_assumed_seats(atelier: str, creneau: Type) -> None:
    changed = creneau("room", "set", "escapelab", "--name", "Labo", "--closed")

    assert changed.stdout == "escapelab: Labo, 8 (assumed) seats, closed.\n"
    assert _column(atelier, "SELECT is_open FROM resource WHERE slug = 'escapelab'") == [False]
    assert creneau("room", "set", "escapelab", "--open").stdout.endswith("open.\n")


def test_a_room_and_a_trainer_are_added(atelier: str, creneau: Type) -> None:
    assert creneau("room", "add", "studio", "--name", "Studio son", "--seats", "4").exit_code == 0
    assert creneau("trainer", "add", "ada", "--person", "ada@canope.example", "--name", "Ada").exit_code == 0

    assert _column(
        atelier,
        "SELECT r.kind || ' ' || p.address FROM resource r JOIN person p ON p.id = r.person_id",
    ) == ["trainer ada@canope.example"]
    assert "Studio son" in creneau("room", "list").stdout


@pytest.mark.usefixtures("atelier")
def test_the_site_gets_its_mail_domain(creneau: Type) -> None:
    changed = creneau(
        "site", "set", "--mail-domain", "Salles.canope.example", "--contact", "a@b.example", "--name", "Arras"
    )

    assert changed.stdout == "arras: Arras, contact a@b.example, mail domain salles.canope.example.\n"
    assert "salles.canope.example" in creneau("site", "list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((*NEW[:2], "--person", "nobody", *NEW[4:]), "not a mail address"),
        ((*NEW[:4], "--name", "Ada\nBcc: x", *NEW[6:]), "control characters"),
        ((*NEW[:4], "--name", "  ", *NEW[6:]), "must not be blank"),
        ((*NEW[:7], "king"), "'king' is not one of"),
        (NEW[:6], "Missing option '--role'"),
        ((*NEW, "--site", "lille"), "There is no site called 'lille': arras."),
        (("token", "revoke", "4711"), "There is no token 4711"),
        (("token", "revoke", "x"), "should be a valid integer"),
        (("partner", "add", "X", "--contact", "a@b c.example"), "not a mail address"),
        (("room", "set", "nowhere", "--open"), "There is no room or resource called 'nowhere' here"),
        (("room", "set", "flexi-16"), "Say what is to change"),
        (("room", "set", "flexi-16", "--seats", "0"), "'--seats': Input should be greater than or equal to 1"),
        (("room", "add", "flexi-16", "--name", "X", "--seats", "3"), "something called 'flexi-16' here already"),
        (("room", "add", "Flexi 99", "--name", "X", "--seats", "3"), "match pattern"),
        (("site", "set"), "Say what is to change"),
        (("site", "set", "--mail-domain", "not a domain"), "not a mail address"),
        (
            ("part", "kitchen"),
            "There is no part 'kitchen': api, relay, decide, mail, mailbox, inbox, publish, schedule.",
        ),
        (("part", "schedule-99"), "There is no part 'schedule-99'"),
        (("run", "--port", "70000"), "less than or equal to 65535"),
        (("dance",), "No such command 'dance'"),
    ],
)
@pytest.mark.usefixtures("atelier")
def test_what_cannot_be_done_is_one_line_that_says_why(creneau: Type, words: tuple[str, ...], told: str) -> None:
    answer = creneau(*words)

    assert answer.exit_code > 0
    assert answer.stdout == ""
    assert told in answer.stderr
    assert re.fullmatch(r"creneau: .+\n", answer.stderr)


@pytest.mark.usefixtures("atelier")
def test_a_partner_is_not_added_twice(creneau: Type) -> None:
    add = ("partner", "add", "Clémi", "--contact", "clemi@clemi.example")
    assert creneau(*add).exit_code == 0

    assert creneau(*add).stderr == "creneau: There is a partner called 'Clémi' already.\n"


@pytest.mark.usefixtures("atelier")
def test_only_rooms_have_seats(creneau: Type) -> None:
    creneau("trainer", "add", "ada", "--person", "ada@canope.example", "--name", "Ada")

    assert creneau("room", "set", "ada", "--seats", "2").stderr == "creneau: ada is a trainer: only rooms have seats.\n"


def test_with_two_sites_one_has_to_say_which(atelier: str, creneau: Type) -> None:
    with psycopg.connect(atelier) as connection:
        connection.execute(
            "INSERT INTO site (slug, name, address, zone, language, contact_address, mail_domain, opens, closes)"
            " SELECT 'lille', name, address, zone, language, contact_address, mail_domain, opens, closes FROM site"
        )

    assert creneau("room", "list").stderr == "creneau: Say --site, one of: arras, lille.\n"
    assert creneau("room", "list", "--site", "arras").exit_code == 0


@pytest.mark.usefixtures("empty_database")
def test_a_database_that_is_not_migrated_says_so(creneau: Type) -> None:
    assert creneau("token", "list").stderr == "creneau: The database is not migrated: `creneau migrate`.\n"


def test_the_demo_does_not_write_through_a_mail_server(
    atelier: str, creneau: Type, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    settings.cache_clear()

    answer = creneau("demo", "--url", "http://127.0.0.1:1")

    assert answer.exit_code == 1
    assert answer.stderr.startswith("creneau: SMTP_URL is set")
    assert _column(atelier, "SELECT label FROM token") == ["premier démarrage"]


def test_a_real_partner_of_the_same_name_gets_no_mail_of_the_demo(atelier: str, creneau: Type) -> None:
    creneau("partner", "add", "Caf 62", "--contact", "real@caf.example.org")

    with cast_of(None) as cast:
        assert cast.partners == {"Plan Séquence"}
    assert _column(atelier, "SELECT count(*) FROM token WHERE revoked_at IS NULL") == [1]


def _column(database_url: str, query: str) -> list[object]:
    with psycopg.connect(database_url) as connection:
        return [row[0] for row in connection.execute(query.encode())]
