"""A file as large as may be: thousands of lines in one commit, each statement within its time limit."""

from datetime import date, timedelta

from shared.records.report import Verdict
from tests.house import House
from tests.importing.files import codes, table, take_over

ROOMS = ("Flexi 16", "Flexi 19", "Flexi 36", "EscapeLAB", "Espace ouvert")
HOURS = ("8h-10h", "10h-12h", "13h-15h", "15h-17h")


def row(n: int) -> str:
    """The n-th booking of a house that is always full."""
    day = date(2027, 11, 8) + timedelta(days=n // 20)
    guests = f"guest{n}@college.example, other{n % 50}@college.example"
    who = f"Zoé {n % 300};zoe{n % 300}@college.example"
    return f"Atelier {n};{ROOMS[n % 5]};{day:%d/%m/%Y};{HOURS[n // 5 % 4]};8;{who};note {n};;;{guests};{n}@old.example"


def test_five_thousand_lines_are_taken_over_at_once_and_only_once(house: House) -> None:
    content = table(*map(row, range(5_000)))
    assert take_over(house, content).counts == {Verdict.BOOKED: 5_000}
    assert house.rows("SELECT count(*) AS n FROM occupancy")[0].n == 5_000
    assert take_over(house, content).counts == {Verdict.SKIPPED: 5_000}
    other = content.replace(b"Atelier ", b"Autre ").replace(b"@old.", b"@other.")
    refused = take_over(house, other)
    assert refused.counts == {Verdict.REFUSED: 5_000}
    assert codes(refused, 4_999) == ["room_taken", "taken_by"], "what is free instead is looked for some times only"
