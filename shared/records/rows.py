"""A reservation as a row of an export, and what its columns are called and hold."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.calendar.text import clean_line, clean_text
from shared.domain.slots import known_zone
from shared.records.words import STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One reservation; times are aware, `rooms` are names, `people` 0 where nobody said."""

    id: int
    state: str
    title: str
    start: datetime
    end: datetime
    rooms: tuple[str, ...] = ()
    layout: str = ""
    people: int = 0
    person: str = ""
    organisation: str = ""
    note: str = ""
    created_at: datetime
    uid: str = ""


Cell = str | int | datetime


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, how wide a spreadsheet shows it, and what of a row stands there; times stay aware."""

    heading: str
    width: int
    cell: Callable[[Row], Cell]


COLUMNS: Final = (
    Column("N°", 8, lambda row: row.id),
    Column("État", 14, lambda row: STATES.get(row.state, row.state)),
    Column("Titre", 40, lambda row: clean_line(row.title)),
    Column("Début", 18, lambda row: row.start),
    Column("Fin", 18, lambda row: row.end),
    Column("Espaces", 28, lambda row: " + ".join(clean_line(room) for room in row.rooms)),
    Column("Disposition", 16, lambda row: clean_line(row.layout)),
    Column("Personnes", 11, lambda row: row.people),
    Column("Responsable", 24, lambda row: clean_line(row.person)),
    Column("Structure", 28, lambda row: clean_line(row.organisation)),
    Column("Note", 50, lambda row: clean_text(row.note).strip()),
    Column("Demandée le", 18, lambda row: row.created_at),
    Column("UID", 36, lambda row: clean_line(row.uid)),
)


def wall(time: datetime, zone: str) -> datetime:
    """What the clock on the wall shows, without a zone."""
    return time.astimezone(known_zone(zone)).replace(tzinfo=None)
