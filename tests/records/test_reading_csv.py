"""What a table of bookings says, row by row, as people and spreadsheets write it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot
from shared.records.from_csv import MOST_COLUMNS, read_csv
from shared.records.lines import Booking, Line, Person, Skipped, Unreadable

PARIS = "Europe/Paris"
FILES = Path(__file__).parent / "files"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def read(text: str, encoding: str = "utf-8") -> list[Line]:
    return read_csv(text.encode(encoding), PARIS)


def booked(line: Line) -> Booking:
    assert isinstance(line.found, Booking), line
    return line.found


def code(line: Line) -> str:
    assert isinstance(line.found, Unreadable | Skipped), line
    assert all(line.found.reason.sentence(language) for language in ("fr", "en"))
    return line.found.reason.code


def refused(text: str | bytes) -> InvalidInputError:
    with pytest.raises(InvalidInputError) as caught:
        read_csv(text if isinstance(text, bytes) else text.encode(), PARIS)
    sentences = caught.value.details["sentences"]
    assert isinstance(sentences, dict)
    assert sentences["fr"] != sentences["en"] == caught.value.message
    return caught.value


def test_a_planning_that_excel_for_windows_saved() -> None:
    lines = read_csv((FILES / "planning-excel-windows.csv").read_bytes(), PARIS)
    assert [line.number for line in lines] == [2, 3, 4, 5, 6, 8]
    assert booked(lines[0]) == Booking(
        title="Atelier maquillage de cinéma, 4e B",
        slot=Slot(utc(2027, 11, 9, 8), utc(2027, 11, 9, 11)),
        rooms=("Flexi 36",),
        place="Flexi 36",
        people=24,
        note="Prévoir :\n- 6 miroirs\n- l'accès à l'eau",
        layout="en îlots",
        organiser=Person("Zoé Martin", "zoe.martin@plan-sequence.example"),
        unread=("Couleur",),
    )
    meeting = booked(lines[1])
    assert (meeting.title, meeting.rooms, meeting.people) == (
        'Réunion "Arras Film Festival"',
        ("Flexi 16", "Flexi 19"),
        12,
    )
    assert meeting.slot == Slot(utc(2027, 11, 9, 13), utc(2027, 11, 9, 16))
    assert booked(lines[2]).slot == Slot(utc(2027, 11, 10, 8), utc(2027, 11, 10, 11, 30))
    assert booked(lines[3]).slot == Slot(utc(2027, 11, 10, 12, 30), utc(2027, 11, 10, 16))
    assert booked(lines[4]).title == "Journée « œuvres & images » à 5 €"
    assert booked(lines[4]).slot == Slot(utc(2027, 12, 1, 8), utc(2027, 12, 1, 16))
    assert code(lines[5]) == "no_such_date"
    assert lines[5].text == "Formation au TNI, EscapeLAB, 31/11/2027, matin"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_way_in_which_a_table_is_saved_says_the_same(encoding: str, separator: str, line_end: str) -> None:
    rows = [["Titre", "Salle", "Début", "Fin"], ["Été à l'Atelier", "Flexi 16", "2027-07-06 9:00", "2027-07-06 12:00"]]
    text = line_end.join(separator.join(row) for row in rows)
    (line,) = read(text, encoding)
    assert booked(line).title == "Été à l'Atelier"
    assert booked(line).slot == Slot(utc(2027, 7, 6, 7), utc(2027, 7, 6, 10))


def test_english_headings_and_the_separator_that_excel_is_told() -> None:
    text = (
        "sep=,\r\nSubject,Start Date,Start Time,End Date,End Time,Location,People,Organizer,Email,Layout,Notes\r\n"
        'Film club,09/11/2027,20:00,10/11/2027,01:00,"Flexi 16, Flexi 19",24,Zoé Martin,ZOE@College.example,rows,\r\n'
    )
    (line,) = read(text)
    assert line.number == 2
    booking = booked(line)
    assert booking.slot == Slot(utc(2027, 11, 9, 19), utc(2027, 11, 10, 0))
    assert booking.rooms == ("Flexi 16", "Flexi 19")
    assert booking.organiser == Person("Zoé Martin", "zoe@college.example")


@pytest.mark.parametrize(
    ("cell", "rooms"),
    [
        ("Flexi 16", ("Flexi 16",)),
        ("Flexi 16 + Flexi 19", ("Flexi 16", "Flexi 19")),
        ("Flexi 16+Flexi 19", ("Flexi 16", "Flexi 19")),
        ("flexi-16, escapelab, flexi-16", ("flexi-16", "escapelab")),
        ("Flexi 16+19", ("Flexi 16+19",)),
        ("", ()),
        ("+", ()),
    ],
)
def test_several_rooms_stand_in_one_cell(cell: str, rooms: tuple[str, ...]) -> None:
    (line,) = read(f'titre;salle;date;créneau\nA;"{cell}";09/11/2027;matin\n')
    assert (booked(line).rooms, booked(line).place) == (rooms, cell)


@pytest.mark.parametrize(
    ("organiser", "mail", "person"),
    [
        ("Zoé Martin", "zoe@college.example", Person("Zoé Martin", "zoe@college.example")),
        ("Zoé Martin <Zoe@College.example>", "", Person("Zoé Martin", "zoe@college.example")),
        ("zoe@college.example", "", Person("", "zoe@college.example")),
        ("Zoé Martin", "", Person("Zoé Martin", "")),
        ("", "zoe@collège.example", Person("", "zoe@xn--collge-6ua.example")),
    ],
)
def test_who_is_responsible_by_name_by_address_or_both(organiser: str, mail: str, person: Person) -> None:
    (line,) = read(f"titre;date;créneau;responsable;mail\nA;09/11/2027;matin;{organiser};{mail}\n")
    assert booked(line).organiser == person


def test_people_who_are_invited_stand_in_one_cell() -> None:
    cell = "zoe@college.example, Élodie Dûment <elodie@college.example>, ZOE@college.example"
    (line,) = read(f'titre;date;créneau;invités\nA;09/11/2027;matin;"{cell}"\n')
    assert booked(line).attendees == (
        Person("", "zoe@college.example"),
        Person("Élodie Dûment", "elodie@college.example"),
    )


def test_somebody_who_cannot_be_written_to_is_not_dropped_from_the_invited() -> None:
    (line,) = read("titre;date;créneau;invités\nA;09/11/2027;matin;Zoé Martin\n")
    assert code(line) == "bad_address"


ROW = "titre;salle;date;début;fin;personnes;mail;note\n"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (";Flexi 16;09/11/2027;9h;12h;;;", "no_title"),
        ("A;Flexi 16;;9h;12h;;;", "no_date"),
        ("A;Flexi 16;09/11/2027;;12h;;;", "no_start"),
        ("A;Flexi 16;09/11/2027;9h;;;;", "no_end"),
        ("A;Flexi 16;09/11/27;9h;12h;;;", "bad_date"),
        ("A;Flexi 16;46700;9h;12h;;;", "bad_date"),
        ("A;Flexi 16;11/25/2027;9h;12h;;;", "no_such_date"),
        ("A;Flexi 16;lundi 9 novembre 2027;9h;12h;;;", "other_weekday"),
        ("A;Flexi 16;09/11/2027;09/10/2027 9h;12h;;;", "two_dates"),
        ("A;Flexi 16;09/11/2027;neuf heures;12h;;;", "bad_time"),
        ("A;Flexi 16;;2027-13-09T09:00:00Z;12h;;;", "no_such_date"),
        ("A;Flexi 16;09/11/2027;25h;26h;;;", "bad_time"),
        ("A;Flexi 16;09/11/2027;9:00 PM;10:00 PM;;;", "bad_time"),
        ("A;Flexi 16;09/11/2027;14h;12h;;;", "slot_reversed"),
        ("A;Flexi 16;28/03/2027;2h30;4h;;;", "time_does_not_exist"),
        ("A;Flexi 16;31/10/2027;2h30;4h;;;", "time_exists_twice"),
        ("A;Flexi 16;09/11/1927;9h;12h;;;", "time_out_of_range"),
        ("A;Flexi 16;09/11/2027;9h;12/11/2028 12h;;;", "slot_too_long"),
        ("A;Flexi 16;09/11/2027;9h;12h;une classe;;", "bad_people"),
        ("A;Flexi 16;09/11/2027;9h;12h;-4;;", "bad_people"),
        ("A;Flexi 16;09/11/2027;9h;12h;100001;;", "bad_people"),
        ("A;Flexi 16;09/11/2027;9h;12h;;zoe;", "bad_address"),
        ("A;Flexi 16;09/11/2027;9h;12h;;;tables; chaises", "too_many_cells"),
        ('"A" et B;Flexi 16;09/11/2027;9h;12h;;;', "misquoted"),
        (f"{'A' * 201};Flexi 16;09/11/2027;9h;12h;;;", "text_too_long"),
        (f"A;Flexi 16;09/11/2027;9h;12h;;;{'A' * 10_001}", "text_too_long"),
        (f"A;{'+'.join(f'R{n}' for n in range(21))};09/11/2027;9h;12h;;;", "too_many_rooms"),
    ],
)
def test_a_line_that_is_wrong_says_so_and_the_others_are_read(row: str, wrong: str) -> None:
    before, line, after = read(f"{ROW}Avant;a;09/11/2027;9h;12h;;;\n{row}\nAprès;a;09/11/2027;9h;12h;;;\n")
    assert (line.number, code(line)) == (3, wrong)
    assert (booked(before).title, booked(after).title) == ("Avant", "Après")


def test_the_reason_names_what_stands_there_in_both_languages() -> None:
    (line,) = read(f"{ROW}A;Flexi 16;28/03/2027;2h30;4h;;;\n")
    assert isinstance(line.found, Unreadable)
    assert line.found.reason.sentence("fr").startswith("28/03/2027 02:30 n'existe pas (Europe/Paris)")
    assert line.found.reason.sentence("en").startswith("28/03/2027 02:30 does not exist (Europe/Paris)")


def test_an_offset_says_which_of_the_two_half_past_two_is_meant() -> None:
    (line,) = read("titre;début;fin\nInventaire;2027-10-31T02:30:00+01:00;31/10/2027 4h\n")
    assert booked(line).slot == Slot(utc(2027, 10, 31, 1, 30), utc(2027, 10, 31, 3))


@pytest.mark.parametrize("state", ["annulée", "Annulé", "REFUSÉE", "cancelled", "expirée"])
def test_what_is_cancelled_is_not_booked(state: str) -> None:
    (line,) = read(f"titre;date;créneau;état\nA;09/11/2027;matin;{state}\n")
    assert isinstance(line.found, Skipped)
    assert code(line) == "not_held"


def test_rows_count_as_a_spreadsheet_counts_them() -> None:
    lines = read('titre;date;créneau;note\n\n;;;\nA;09/11/2027;matin;"une\nnote\nlongue"\nB;09/11/2027;soir;\n')
    assert [line.number for line in lines] == [4, 5]


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n", "file_empty"),
        (b"PK\x03\x04\x14\x00", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"),
        (b"titre;date\n\x00\x00", "not_text"),
        (b"titre;\x81\x8d\x8f", "not_text"),
        (b"x" * 5_000_001, "file_too_large"),
        (b"Atelier;09/11/2027;matin\n", "unknown_headings"),
        (b"titre;salle\nA;Flexi 16\n", "unknown_headings"),
        (b"titre;date;jour\n", "heading_twice"),
        (b'titre;date\nA;09/11/2027\n"B;10/11/2027\nC;11/11/2027\n', "unclosed_quote"),
        (b"titre;date\n" + b"A;09/11/2027\n" * 5_001, "too_many_lines"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_both_languages(file: bytes, wrong: str) -> None:
    assert refused(file).code == wrong


def test_an_unclosed_quotation_mark_is_named_by_its_row() -> None:
    error = refused('titre;date;créneau\nA;09/11/2027;matin\n"B;10/11/2027;matin\nC;11/11/2027;matin\n')
    assert "line 3" in error.message


def test_a_zone_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_csv(b"titre;date\n", "Europe/Arras")
    assert caught.value.code == "unknown_zone"


def test_five_thousand_lines_and_two_hundred_columns_are_read() -> None:
    head = ";".join(["titre", "date", "créneau", *(f"c{n}" for n in range(MOST_COLUMNS))])
    row = "A;09/11/2027;matin" + ";" * MOST_COLUMNS
    lines = read("\n".join([head, *[row] * 5_000]))
    assert len(lines) == 5_000
    assert booked(lines[-1]).slot == Slot(utc(2027, 11, 9, 8), utc(2027, 11, 9, 11))
