"""Writing reservations as an Excel workbook: real times and numbers, and never a formula from somebody's text."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shared.records.rows import COLUMNS, Cell, Row, wall

_SHEET: Final = "Réservations"
_TIME: Final = "dd/mm/yyyy hh:mm"
# a workbook says when it was made: one time for all, so that the same rows make the same bytes
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a property without a zone
# XML 1.0 section 2.2 forbids these two besides control characters, which no cell has
_NOT_XML: Final = dict.fromkeys((0xFFFE, 0xFFFF))


def write_xlsx(rows: Iterable[Row], zone: str) -> bytes:
    """One sheet with a frozen heading and a filter; times on the zone's wall clock.

    Raises InvalidInputError for a zone that is not known.
    """
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    listed = list(rows)
    with Workbook(content, options) as workbook:
        workbook.set_properties({"created": _MADE})
        sheet = workbook.add_worksheet(_SHEET)
        _head(sheet, workbook.add_format({"bold": True, "bottom": 1}))
        times = workbook.add_format({"num_format": _TIME, "align": "left"})
        for number, row in enumerate(listed, 1):
            for place, column in enumerate(COLUMNS):
                _write(sheet, number, place, column.cell(row), zone, times)
        sheet.autofilter(0, 0, len(listed), len(COLUMNS) - 1)
    return content.getvalue()


def _head(sheet: Worksheet, bold: Format) -> None:
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.heading, bold)
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(1, 0)


def _write(sheet: Worksheet, row: int, place: int, cell: Cell, zone: str, times: Format) -> None:
    """By the type of the cell, never by what a text looks like."""
    if isinstance(cell, datetime):
        sheet.write_datetime(row, place, wall(cell, zone), times)
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell)
    else:
        sheet.write_string(row, place, cell.translate(_NOT_XML))
