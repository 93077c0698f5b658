"""Files of bookings, as tests write them, and what becomes of them."""

from typing import Any

from shared.importing import File, Kind, import_file
from shared.records.report import Report, Verdict
from tests.house import House

HEAD = "titre;salle;date;horaire;personnes;responsable;adresse;note;disposition;structure;invités;uid"


def table(*rows: str, head: str = HEAD) -> bytes:
    """A CSV file with these rows."""
    return "\n".join((head, *rows)).encode()


def calendar(*events: str) -> bytes:
    """An iCalendar file; lines of each event are parted by |."""
    lines = [line for event in events for line in ("BEGIN:VEVENT", *event.split("|"), "END:VEVENT")]
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", "")).encode()


def take_over(house: House, content: bytes, *, kind: Kind = "csv", who: str = "claire", **how: Any) -> Report:
    """Import it, in one commit."""
    name = how.pop("name", "planning.csv" if kind == "csv" else "planning.ics")
    with house.book() as db:
        return import_file(db, File(name, kind, content), by=house.actors[who], now=house.now, **how)


def verdicts(report: Report) -> list[Verdict]:
    return [line.verdict for line in report.lines]


def codes(report: Report, line: int = 0) -> list[str]:
    return [why.code for why in report.lines[line].reasons]


def said(report: Report, line: int = 0, language: str = "fr") -> str:
    return " ".join(report.lines[line].sentences(language))
