"""Writing reservations as CSV, for a French spreadsheet and for `read_csv`."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from shared.domain.errors import InvalidInputError
from shared.domain.slots import instant, known_zone
from shared.records.formulas import guarded
from shared.records.rows import COLUMNS, Cell, Row, wall

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel takes UTF-8 for cp1252


def write_csv(rows: Iterable[Row], zone: str) -> bytes:
    """UTF-8 with its mark, semicolons, French headings, times on the zone's wall clock, and never a formula.

    Raises InvalidInputError for a zone that is not known.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.heading for column in COLUMNS)
    for row in rows:
        writer.writerow(_written(column.cell(row), zone) for column in COLUMNS)
    return (_BOM + text.getvalue()).encode()


def _written(cell: Cell, zone: str) -> str | int:
    if isinstance(cell, datetime):
        return _time(cell, zone)
    return guarded(cell) if isinstance(cell, str) else cell


def _time(time: datetime, zone: str) -> str:
    """As a French spreadsheet knows it; with its offset where that would lose something."""
    shown = wall(time, zone)
    if shown.second or shown.microsecond or not _is_plain(shown, zone):
        return time.astimezone(known_zone(zone)).isoformat()
    return f"{shown:%d/%m/%Y %H:%M}"


def _is_plain(shown: datetime, zone: str) -> bool:
    try:
        instant(shown, zone)
    except InvalidInputError:
        return False
    return True
