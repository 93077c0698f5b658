"""Files of bookings on the command line: taken over, tried, refused, and written."""

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from typer.testing import Result

Type = Callable[..., Result]

PLANNING = """titre;salle;date;horaire;responsable;adresse
Atelier storyboard;Flexi 16;09/11/2027;9h-12h;Zoé;zoe@college.example
Jury;EscapeLAB;09/11/2027;14h-17h;;
"""


@pytest.fixture
def planning(tmp_path: Path) -> Path:
    file = tmp_path / "planning 2027.csv"
    file.write_text(PLANNING)
    return file


def told(database_url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_file_is_taken_over_and_once_only(atelier: str, creneau: Type, planning: Path) -> None:
    first, again = creneau("import", str(planning)), creneau("import", str(planning))

    assert (first.exit_code, first.stdout) == (0, "réservé : 2. Tout est écrit.\n")
    assert again.exit_code == 0
    assert "C'est déjà réservé (n° 1)." in again.stdout
    assert told(atelier, "SELECT title, state FROM reservation ORDER BY id") == [
        ("Atelier storyboard", "confirmed"),
        ("Jury", "confirmed"),
    ]
    assert told(atelier, "SELECT DISTINCT source, reason FROM event WHERE type = 'ReservationRequested'") == [
        ("creneau import planning 2027.csv", "reprise de planning 2027.csv")
    ]


def test_a_dry_run_writes_nothing(atelier: str, creneau: Type, planning: Path) -> None:
    tried = creneau("import", str(planning), "--dry-run")

    assert (tried.exit_code, tried.stdout) == (0, "serait réservé : 2. C'était un essai : rien n'est écrit.\n")
    assert told(atelier, "SELECT 1 FROM reservation UNION SELECT 1 FROM event WHERE reservation_id IS NOT NULL") == []


def test_nobody_is_told_unless_it_is_asked_for(atelier: str, creneau: Type, planning: Path) -> None:
    creneau("import", str(planning))
    assert told(atelier, "SELECT 1 FROM reservation WHERE unannounced_since IS NOT NULL") == []
    planning.write_text(PLANNING.replace("2027", "2028"))
    creneau("import", str(planning), "--notify")
    assert len(told(atelier, "SELECT 1 FROM reservation WHERE unannounced_since IS NOT NULL")) == 2


def test_what_cannot_be_taken_over_is_named_line_by_line(atelier: str, creneau: Type, planning: Path) -> None:
    planning.write_text(PLANNING + "Conseil;Flexi 16;09/11/2027;11h-13h;;\nFête;Gymnase;quand ?;;;\n")

    refused = creneau("import", str(planning))

    assert refused.exit_code == 1
    assert re.search(r"^4 +Conseil, Flexi 16.* refusé +Cet espace est déjà réservé", refused.stdout, re.MULTILINE)
    assert re.search(r"^5 +Fête, Gymnase.* illisible ", refused.stdout, re.MULTILINE)
    assert refused.stdout.endswith("Rien n'est écrit tant qu'une ligne est refusée ou illisible.\n")
    assert "Jury" not in refused.stdout
    assert told(atelier, "SELECT 1 FROM reservation") == []


def test_somebody_else_than_the_first_coordinator_imports(atelier: str, creneau: Type, planning: Path) -> None:
    creneau("token", "new", "--person", "claire@canope.example", "--name", "Claire", "--role", "coordinator")
    creneau("token", "new", "--person", "anne@canope.example", "--name", "Anne", "--role", "trainer")

    assert creneau("import", str(planning), "--by", "claire@canope.example").exit_code == 0
    assert told(
        atelier, "SELECT DISTINCT p.name FROM event JOIN person AS p ON p.id = person_id WHERE reservation_id = 1"
    ) == [("Claire",)]
    assert creneau("import", str(planning), "--by", "anne@canope.example").stderr == (
        "creneau: anne@canope.example has no coordinator's token here: `creneau token new --role coordinator`.\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("planning.csv", b"", "This file is empty."),
        ("planning.ics", b"BEGIN:VCARD", "This file is not a calendar"),
        ("planning.csv", b"x" * 5_000_001, "larger than 5 MB"),
        ("planning.xlsx", b"PK\x03\x04", "whose name ends with .csv or .ics"),
    ],
)
@pytest.mark.usefixtures("atelier")
def test_a_file_that_cannot_be_read_is_one_line(
    creneau: Type, tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)

    answer = creneau("import", str(tmp_path / name))

    assert answer.exit_code == 1
    assert why in answer.stderr
    assert re.fullmatch(r"creneau: .+\n", answer.stderr)


@pytest.mark.usefixtures("atelier")
def test_a_file_that_is_not_there_is_one_line(creneau: Type, tmp_path: Path) -> None:
    assert re.fullmatch(r"creneau: .+ does not exist.*\n", creneau("import", str(tmp_path / "no.csv")).stderr)


@pytest.mark.usefixtures("atelier")
def test_the_book_is_written_into_a_file_that_can_come_back(creneau: Type, planning: Path, tmp_path: Path) -> None:
    creneau("import", str(planning))
    out = tmp_path / "book.csv"

    written = creneau("export", "--format", "csv", "--out", str(out))

    assert written.stdout == f"{out}: {out.stat().st_size:,} bytes.\n"
    assert out.read_text(encoding="utf-8-sig").count("\n") == 3
    assert creneau("import", str(out)).stdout.endswith("laissé de côté : 2. Tout est écrit.\n")


@pytest.mark.usefixtures("atelier")
def test_the_format_is_that_of_the_name_and_the_last_day_counts(creneau: Type, planning: Path, tmp_path: Path) -> None:
    creneau("import", str(planning))
    day, before = tmp_path / "day.ics", tmp_path / "before.ics"

    creneau("export", "--out", str(day), "--from", "2027-11-09", "--to", "2027-11-09")
    creneau("export", "--out", str(before), "--to", "2027-11-08")

    assert day.read_bytes().count(b"BEGIN:VEVENT") == 2
    assert before.read_bytes().count(b"BEGIN:VEVENT") == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--out", "book"), "Say --format: csv, xlsx or ics."),
        (("--out", "nowhere/book.csv"), "nowhere/book.csv cannot be written: No such file or directory."),
        (("--out", "book.csv", "--format", "pdf"), "'pdf' is not one of"),
        (("--out", "book.csv", "--from", "9 novembre"), "does not match the format"),
        (("--out", "book.csv", "--from", "1000-01-01"), "A year lies between 1970 and 2199."),
        (("--out", "book.csv", "--to", "9999-12-31"), "There is no day after that one."),
    ],
)
@pytest.mark.usefixtures("atelier")
def test_what_cannot_be_exported_is_one_line(creneau: Type, words: tuple[str, ...], why: str) -> None:
    answer = creneau("export", *words)

    assert answer.exit_code > 0
    assert why in answer.stderr
    assert re.fullmatch(r"creneau: .+\n", answer.stderr)
