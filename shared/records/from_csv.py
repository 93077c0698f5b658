"""Reading bookings from CSV, as people write it by hand and as French and English spreadsheets save it."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from shared.domain.slots import known_zone
from shared.records import cells, headings
from shared.records.decoding import MOST_LINES, bounded, decoded
from shared.records.formulas import bared
from shared.records.lines import Booking, Line, Skipped, Unreadable
from shared.records.reasons import UnreadableError, echo, reason, whole_file
from shared.records.when import HalfDays, Written, slot
from shared.records.words import holds_nothing

HALF_DAYS: Final = HalfDays()
MOST_COLUMNS: Final = 200
_SEPARATORS: Final = (";", "\t", ",")
_LONGEST_TEXT: Final = 120
_SHOWN: Final = ("title", "rooms", "date", "span", "start", "end")
# Excel's own first line, which says what separates the cells and is not a row
_ORDER = re.compile(r'\A"?sep=.?"?\r?\n', re.IGNORECASE)
_NEVER_CLOSED: Final = "unexpected end of data"


@dataclass(frozen=True, slots=True)
class _Table:
    """How the rows of one file are read."""

    headings: Sequence[str]
    fields: Sequence[str | None]
    zone: str
    half_days: HalfDays


def read_csv(content: bytes, zone: str, half_days: HalfDays = HALF_DAYS) -> list[Line]:
    """Each row that is not blank: its booking, or why it has none.

    `number` counts as a spreadsheet does: the headings are row 1, a row may go over several lines of text. Times are
    of the zone's wall clock. Raises InvalidInputError, in both languages, for a file of which no row can be read.
    """
    known_zone(zone)
    text = _ORDER.sub("", decoded(bounded(content)))
    rows = _rows(text, _separator(text))
    _, head = next(rows, (0, None))
    names = [echo(name) for name in (head or [])[:MOST_COLUMNS]]
    table = _Table(names, headings.columns(names), zone, half_days)
    return [_line(number, row, table) for number, row in _bounded(rows)]


def _separator(text: str) -> str:
    """What makes the most of the headings."""
    first = next(line for line in text.splitlines() if line.strip())
    return max(_SEPARATORS, key=lambda separator: _known_headings(first, separator))


def _known_headings(line: str, separator: str) -> int:
    try:
        row = next(csv.reader([line], delimiter=separator))
    except csv.Error:
        return 0
    return sum(headings.field_of(cell) is not None for cell in row[:MOST_COLUMNS])


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """The rows that are not blank with their numbers; None for one that breaks the rules of CSV (RFC 4180)."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for number in count(1):
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if str(error) == _NEVER_CLOSED:  # all rows since are inside of that text
                raise whole_file("unclosed_quote", row=number) from error
            yield number, None
        else:
            if any(cell.strip() for cell in row):
                yield number, row


def _bounded(rows: Iterator[tuple[int, list[str] | None]]) -> Iterator[tuple[int, list[str] | None]]:
    for place, row in enumerate(rows):
        if place == MOST_LINES:
            raise whole_file("too_many_lines", most=MOST_LINES)
        yield row


def _line(number: int, row: list[str] | None, table: _Table) -> Line:
    if row is None:
        return Line(number, "", Unreadable(reason("misquoted")))
    said = {field: bared(cell) for field, cell in zip(table.fields, row, strict=False) if field}
    shown = echo(", ".join(said[field] for field in _SHOWN if said.get(field, "").strip()), _LONGEST_TEXT)
    if any(cell.strip() for cell in row[len(table.fields) :]):
        return Line(number, shown, Unreadable(reason("too_many_cells")))
    try:
        found = _found(said, _unread(row, table), table)
    except UnreadableError as error:
        return Line(number, shown, Unreadable(error.reason))
    return Line(number, shown, found, found.uid if isinstance(found, Booking) else "")


def _found(said: Mapping[str, str], unread: tuple[str, ...], table: _Table) -> Booking | Skipped:
    cell = {field: said.get(field, "") for field in headings.FIELDS}
    if holds_nothing(cell["state"]):
        return Skipped(reason("not_held", state=cell["state"]))
    return Booking(
        title=cells.title(cell["title"]),
        slot=slot(Written(**{name: cell[name] for name in Written.__slots__}), table.zone, table.half_days),
        rooms=cells.rooms(cell["rooms"]),
        place=cells.line(cell["rooms"], cells.LONGEST_PLACE),
        people=cells.number_of_people(cell["people"]),
        note=cells.words(cell["note"]),
        layout=cells.line(cell["layout"]),
        organiser=cells.person(cell["organiser"], cell["address"]),
        organisation=cells.line(cell["organisation"]),
        attendees=cells.people(cell["attendees"]),
        uid=cells.line(cell["uid"], cells.LONGEST_UID),
        unread=unread,
    )


def _unread(row: Sequence[str], table: _Table) -> tuple[str, ...]:
    named = zip(table.headings, table.fields, row, strict=False)
    return tuple(
        heading for heading, field, cell in named if field is None and cell.strip() and not headings.is_ours(heading)
    )
