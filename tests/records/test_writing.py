"""Exports: what a spreadsheet and a calendar show, and what comes back when they are read again."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from shared.calendar.entry import Party
from shared.calendar.text import clean_line, clean_text
from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot
from shared.domain.states import State
from shared.records.from_calendar import read_calendar
from shared.records.from_csv import read_csv
from shared.records.lines import Booking, Person, Skipped
from shared.records.rows import COLUMNS, Row
from shared.records.to_calendar import write_calendar
from shared.records.to_csv import write_csv
from shared.records.to_xlsx import write_xlsx

PARIS = "Europe/Paris"
SITE = Party("reservations@atelier62.example", "Atelier Canopé 62")
NOW = datetime(2027, 1, 4, 8, 15, 30, tzinfo=UTC)


def a_row(**otherwise: Any) -> Row:
    """A training in Arras on a November morning, but for what is said otherwise."""
    usual: dict[str, Any] = {
        "id": 42,
        "state": State.CONFIRMED,
        "title": "Atelier maquillage de cinéma, 4e B",
        "start": datetime(2027, 11, 9, 8, tzinfo=UTC),
        "end": datetime(2027, 11, 9, 11, 30, tzinfo=UTC),
        "rooms": ("Flexi 16", "Flexi 19"),
        "layout": "en îlots",
        "people": 24,
        "person": "Zoé Martin",
        "organisation": "Plan Séquence ; Arras",
        "note": "Prévoir :\n- 6 miroirs\n- l'accès à l'eau",
        "created_at": datetime(2027, 7, 6, 7, 5, tzinfo=UTC),
        "uid": "reservation-42@atelier62.example",
    }
    return Row(**usual | otherwise)


def test_a_csv_file_as_a_french_spreadsheet_opens_it() -> None:
    content = write_csv([a_row()], PARIS)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2
    head, row = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert dict(zip(head, row, strict=True)) == {
        "N°": "42",
        "État": "confirmée",
        "Titre": "Atelier maquillage de cinéma, 4e B",
        "Début": "09/11/2027 09:00",
        "Fin": "09/11/2027 12:30",
        "Espaces": "Flexi 16 + Flexi 19",
        "Disposition": "en îlots",
        "Personnes": "24",
        "Responsable": "Zoé Martin",
        "Structure": "Plan Séquence ; Arras",
        "Note": "Prévoir :\n'- 6 miroirs\n'- l'accès à l'eau",
        "Demandée le": "06/07/2027 09:05",
        "UID": "reservation-42@atelier62.example",
    }


def test_what_is_written_is_read_back() -> None:
    (line,) = read_csv(write_csv([a_row()], PARIS), PARIS)
    assert line.number == 2
    assert line.found == Booking(
        title="Atelier maquillage de cinéma, 4e B",
        slot=Slot(a_row().start, a_row().end),
        rooms=("Flexi 16", "Flexi 19"),
        place="Flexi 16 + Flexi 19",
        people=24,
        note="Prévoir :\n- 6 miroirs\n- l'accès à l'eau",
        layout="en îlots",
        organiser=Person("Zoé Martin"),
        organisation="Plan Séquence ; Arras",
        uid="reservation-42@atelier62.example",
    )


SIGNS = "=+-@'\t;,\n \"<> \N{FULLWIDTH EQUALS SIGN}aé0"
lines = st.one_of(st.text(max_size=20), st.text(SIGNS, max_size=12)).map(clean_line)
notes = st.one_of(st.text(max_size=20), st.text(SIGNS, max_size=12)).map(clean_text).map(str.strip)
moments = st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    title=lines.filter(bool),
    start=st.one_of(moments, st.sampled_from([datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1)])),
    length=st.timedeltas(timedelta(microseconds=1), timedelta(days=300)),
    people=st.integers(0, 100_000),
    note=notes,
    layout=lines,
    organisation=lines,
    uid=lines,
)
def test_whatever_people_wrote_comes_back_the_same(start: datetime, length: timedelta, **words: Any) -> None:
    row = a_row(start=start, end=start + length, **words)
    (line,) = read_csv(write_csv([row], PARIS), PARIS)
    assert isinstance(line.found, Booking), line
    assert line.found.slot == Slot(row.start, row.end)
    assert {name: getattr(line.found, name) for name in words} == words


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(SIGNS, max_size=20))
def test_no_spreadsheet_finds_a_formula_whichever_separator_it_cuts_at(text: str) -> None:
    content = write_csv([a_row(title=text or "A", note=text, person=text)], PARIS).decode("utf-8-sig")
    for separator in ";,\t":
        for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator):
            assert not [cell for cell in row if cell.lstrip(' \t"')[:1] in tuple("=+-@\N{FULLWIDTH EQUALS SIGN}")]


@pytest.mark.parametrize("state", [State.CANCELLED, State.REFUSED, State.EXPIRED])
def test_a_cancelled_reservation_does_not_come_back(state: State) -> None:
    (line,) = read_csv(write_csv([a_row(state=state)], PARIS), PARIS)
    assert isinstance(line.found, Skipped)


def test_an_export_of_nothing_has_its_headings() -> None:
    assert write_csv([], PARIS).decode("utf-8-sig").startswith("N°;État;Titre;Début;")
    assert read_csv(write_csv([], PARIS), PARIS) == []
    assert len(workbook(write_xlsx([], PARIS))) == 1
    assert write_calendar([], zone=PARIS, organizer=SITE, now=NOW).endswith(b"END:VTIMEZONE\r\nEND:VCALENDAR\r\n")


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_an_unknown_zone_writes_nothing(write: Callable[[list[Row], str], bytes]) -> None:
    with pytest.raises(InvalidInputError):
        write([a_row()], "Europe/Arras")


def workbook(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Réservations").to_python()


def test_a_workbook_has_real_times_and_numbers() -> None:
    head, row = workbook(write_xlsx([a_row()], PARIS))
    assert head == [column.heading for column in COLUMNS]
    shown = dict(zip(head, row, strict=True))
    assert shown["N°"] == 42
    assert shown["Début"] == datetime(2027, 11, 9, 9)  # noqa: DTZ001 - a workbook knows no zones
    assert shown["Fin"] == datetime(2027, 11, 9, 12, 30)  # noqa: DTZ001
    assert shown["Personnes"] == 24
    assert shown["Note"] == "Prévoir :\n- 6 miroirs\n- l'accès à l'eau"


HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://ailleurs.example";"clic")',
    "@SUM(A1)",
    "+33 3 21 00 00 00",
    "{=1+1}",
    "http://ailleurs.example",
    "mailto:zoe@college.example",
    "00042",
    "_x0041_",
    "<si>&amp;",
    "a\x07b\uffff\ud800",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_a_workbook_is_text_and_no_formula(text: str) -> None:
    content = write_xlsx([a_row(title=text, person=text)], PARIS)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet
        assert b'state="frozen"' in sheet
    _, row = workbook(content)
    assert row[2] == row[8] == text.replace("\x07", "").replace("\uffff", "").replace("\ud800", "")


def test_the_same_rows_make_the_same_workbook() -> None:
    assert write_xlsx([a_row()], PARIS) == write_xlsx([a_row()], PARIS)


def published(*rows: Row) -> bytes:
    return write_calendar(rows, zone=PARIS, organizer=SITE, now=NOW)


def test_a_published_calendar_invites_nobody_and_names_its_zone_once() -> None:
    content = published(a_row(), a_row(id=43, uid="43@atelier62.example", state=State.TENTATIVE))
    calendar = Calendar.from_ical(content)
    assert calendar["METHOD"] == "PUBLISH"
    assert content.count(b"BEGIN:VTIMEZONE") == content.count(b"BEGIN:VCALENDAR") == 1
    assert b"ATTENDEE" not in content
    one, other = calendar.walk("VEVENT")
    assert (one["UID"], one["STATUS"], one["LOCATION"]) == (
        "reservation-42@atelier62.example",
        "CONFIRMED",
        "Flexi 16, Flexi 19",
    )
    assert one["DESCRIPTION"].startswith("Zoé Martin, Plan Séquence ; Arras\n24 personnes, en îlots\nPrévoir :")
    assert other["STATUS"] == "TENTATIVE"
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_only_what_is_or_was_in_a_calendar_is_published() -> None:
    rows = [a_row(id=number, uid=f"{state}@a.example", state=state) for number, state in enumerate(State)]
    statuses = {event["UID"]: event["STATUS"] for event in Calendar.from_ical(published(*rows)).walk("VEVENT")}
    assert statuses == {
        "confirmed@a.example": "CONFIRMED",
        "tentative@a.example": "TENTATIVE",
        "cancelled@a.example": "CANCELLED",
    }


def test_meetings_of_a_series_are_events_of_their_own() -> None:
    content = published(a_row(id=1, uid="s"), a_row(id=2, uid="s"), a_row(id=3, uid=""))
    assert [event["UID"] for event in Calendar.from_ical(content).walk("VEVENT")] == ["1-s", "2-s", "3-reservation"]


def test_a_published_calendar_is_read_back_here_and_by_thunderbird(ical_js: Callable[[bytes], dict[str, Any]]) -> None:
    rows = [
        a_row(id=n, uid=f"{n}@a.example", start=start, end=start + timedelta(hours=2), title="END:VEVENT")
        for n, start in enumerate(datetime(2027, month, 28, 0, 30, tzinfo=UTC) for month in range(1, 13))
    ]
    content = published(*rows)
    found = [line.found for line in read_calendar(content, PARIS)]
    assert [booking.slot for booking in found if isinstance(booking, Booking)] == [
        Slot(row.start, row.end) for row in rows
    ]
    read = ical_js(content)["events"]
    assert [event["start"] for event in read] == [f"{row.start:%Y-%m-%dT%H:%M:%S}.000Z" for row in rows]


def test_a_thousand_reservations_are_written_in_seconds() -> None:
    rows = [a_row(id=n, uid=f"{n}@atelier62.example") for n in range(1_000)]
    started = datetime.now(UTC)
    assert published(*rows).count(b"BEGIN:VEVENT") == 1_000
    assert workbook(write_xlsx(rows, PARIS))[1_000][0] == 1_000 - 1
    assert len(read_csv(write_csv(rows, PARIS), PARIS)) == 1_000
    assert datetime.now(UTC) - started < timedelta(seconds=20)


def test_a_leap_day_is_shown_as_one() -> None:
    start = datetime(2028, 2, 29, 8, tzinfo=UTC)
    _, row = workbook(write_xlsx([a_row(start=start, end=start + timedelta(hours=1))], PARIS))
    assert row[3].date() == date(2028, 2, 29)
