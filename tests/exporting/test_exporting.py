"""The book as a file: what it holds, and that it can be taken over again without doubling anything."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from shared import exporting
from shared.domain.errors import InvalidInputError
from shared.exporting import Format, export_file
from shared.records.report import Verdict
from shared.store.selection import Selection
from tests.house import House, slot
from tests.importing.files import take_over, verdicts


def exported(house: House, form: Format = "csv", **narrowed: Any) -> bytes:
    with house.book() as db:
        return export_file(db, Selection(house.site_id, **narrowed), form, now=house.now)


def rows(content: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")


def titles(content: bytes) -> list[str]:
    return [row["Titre"] for row in rows(content)]


def test_a_row_tells_all_of_a_reservation(house: House) -> None:
    house.rule("room", "flexi-16", layouts={"ilots": {"name": "En îlots", "name_en": "Islands"}})
    booked = house.confirmed("flexi-16", "flexi-19", title="=1+1", note="a\nb", people=12, layout="ilots")
    [row] = rows(exported(house))
    uid = row.pop("UID")
    assert row == {
        "N°": str(booked),
        "État": "confirmée",
        "Titre": "'=1+1",
        "Début": "08/11/2027 10:00",
        "Fin": "08/11/2027 13:00",
        "Espaces": "Flexi 16 + Flexi 19",
        "Disposition": "En îlots",
        "Personnes": "12",
        "Responsable": "Anne",
        "Structure": "",
        "Note": "a\nb",
        "Demandée le": "09/10/2027 02:00",
    }
    assert uid == f"{booked}-20271009T000000000000Z@creneau.example"


def test_a_combination_stands_for_its_parts_and_equipment_for_its_number(house: House) -> None:
    house.rows(
        "INSERT INTO resource (site_id, kind, slug, name, seats, part_ids, quantity) VALUES"
        " (:site, 'room', 'both', 'Flexi 16+19', 35, :parts, 1),"
        " (:site, 'equipment', 'tablettes', 'Tablettes', NULL, '{}', 24) RETURNING id",
        site=house.site_id,
        parts=[house.rooms["flexi-16"], house.rooms["flexi-19"]],
    )
    house.confirmed("both", quantities={"tablettes": 12})
    [row] = rows(exported(house))
    assert row["Espaces"] == "Flexi 16+19 + 12 \u00d7 Tablettes"


def test_they_come_in_order_of_time_and_as_narrowed(house: House) -> None:
    later = house.confirmed("flexi-16", at=slot(day=2), title="c")
    house.confirmed("flexi-19", at=slot(day=1), title="b", who="basile")
    house.decided_as("refused", "flexi-19", at=slot(day=1), title="d")
    house.confirmed("flexi-16", title="a")
    assert titles(exported(house)) == ["a", "b", "d", "c"]
    assert titles(exported(house, resource_id=house.rooms["flexi-16"])) == ["a", "c"]
    assert titles(exported(house, person_id=house.actors["basile"].person_id)) == ["b"]
    assert titles(exported(house, state=house.reservation(later).state)) == ["a", "b", "c"]
    assert titles(exported(house, after=slot(day=1).start, before=slot(day=2).start)) == ["b", "d"]
    assert titles(exported(house, before=datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_a_workbook_and_a_calendar_have_the_same(house: House) -> None:
    house.confirmed("flexi-16", title="Jury")
    house.decided_as("refused", "flexi-16", title="Conseil")
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(exported(house, "xlsx")))
    assert [row[2] for row in workbook.get_sheet_by_index(0).to_python()] == ["Titre", "Jury", "Conseil"]
    calendar = Calendar.from_ical(exported(house, "ics"))
    assert [(str(e["SUMMARY"]), str(e["LOCATION"])) for e in calendar.walk("VEVENT")] == [("Jury", "Flexi 16")]
    assert calendar["METHOD"] == "PUBLISH"


@pytest.mark.parametrize("form", ["csv", "ics"])
def test_what_is_exported_is_known_when_it_comes_back_even_when_it_moved(house: House, form: Format) -> None:
    booked = house.confirmed("flexi-16", title="Jury")
    house.confirmed("flexi-19", title="Conseil")
    content = exported(house, form)
    house.move(booked, slot(15, 16))
    house.decide()
    report = take_over(house, content, kind="csv" if form == "csv" else "calendar")
    assert verdicts(report) == [Verdict.SKIPPED] * 2
    assert {why.code for line in report.lines for why in line.reasons} == {"known", "known_elsewhere"}


@pytest.mark.parametrize("moment", ["20271009T000000000001", "20279999T000000000000", "20271009T000000"])
def test_a_uid_that_only_looks_like_one_of_ours_is_not_known(house: House, moment: str) -> None:
    booked = house.confirmed("flexi-16", title="Jury")
    content = exported(house).replace(b"20271009T000000000000", moment.encode()).replace(b"Jury", b"Conseil")
    report = take_over(house, content.replace(b"Flexi 16", b"Flexi 19"))
    assert verdicts(report) == [Verdict.BOOKED]
    assert report.lines[0].reservations != (booked,)


def test_what_is_exported_can_be_taken_over_by_another_house(house: House) -> None:
    house.confirmed("flexi-16", title="Jury", people=9)
    house.decided_as("refused", "flexi-16", title="Conseil")
    content = exported(house)
    with house.book() as db:
        db.execute(text("TRUNCATE reservation CASCADE"))
    report = take_over(house, content)
    assert verdicts(report) == [Verdict.BOOKED, Verdict.SKIPPED]
    again = exported(house)
    assert [row["UID"] for row in rows(again)] == [row["UID"] for row in rows(content)][:1]


def test_more_than_can_be_carried_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 1)
    house.confirmed("flexi-16")
    exported(house)
    house.confirmed("flexi-19")
    with pytest.raises(InvalidInputError) as caught:
        exported(house)
    assert caught.value.code == "too_many_rows"


def test_a_session_elsewhere_says_where(house: House) -> None:
    booked = house.ask(title="Visite")
    house.rows(
        "WITH a AS (INSERT INTO activity (site_id, kind, title, description, created_by, created_at)"
        " SELECT site_id, 'lab', title, '', requested_by, created_at FROM reservation RETURNING id)"
        ' INSERT INTO session (activity_id, reservation_id, place, "where")'
        " SELECT id, :booked, 'elsewhere', 'Musée' FROM a RETURNING id",
        booked=booked,
    )
    assert next(rows(exported(house)))["Espaces"] == "Musée"
