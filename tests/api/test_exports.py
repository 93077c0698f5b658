"""Files of reservations from the API: for coordinators all, for trainers their own, for partners none."""

import csv
import io

import pytest

from services.api import exports
from shared import exporting
from tests.api.live import Api, at

EXPORTS = "/api/exports/reservations.{}"


def titles(api: Api, who: str, **filters: str) -> list[str]:
    answer = api.get(EXPORTS.format("csv"), who, **filters)
    assert answer.status_code == 200, answer.text
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";")
    return [row["Titre"] for row in rows]


@pytest.fixture
def book(api: Api) -> Api:
    """Monday's jury is Anne's, Tuesday's club Basile's."""
    house = api.house
    house.confirmed("flexi-16", title="Jury", at=at())
    house.confirmed("flexi-36", title="Club", who="basile", at=at(day=1), people=12)
    return api


def test_a_coordinator_carries_all_away_and_a_trainer_their_own(book: Api) -> None:
    assert titles(book, "claire") == ["Jury", "Club"]
    assert titles(book, "anne") == ["Jury"]
    assert titles(book, "basile", person="me") == ["Club"]
    other = book.house.actors["basile"].person_id
    answer = book.get(EXPORTS.format("csv"), "anne", person=str(other))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert book.get(EXPORTS.format("csv"), "pia").status_code == 403


def test_filters_are_those_of_the_list(book: Api) -> None:
    assert titles(book, "claire", room="flexi-36") == ["Club"]
    assert titles(book, "claire", state="refused") == []
    assert titles(book, "claire", person=str(book.house.actors["anne"].person_id)) == ["Jury"]
    assert titles(book, "claire", **{"from": at(day=1).start.isoformat()}) == ["Club"]
    assert titles(book, "claire", to=at(day=1).start.isoformat()) == ["Jury"]


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfN"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("ics", "text/calendar; charset=utf-8", b"BEGIN:VCALENDAR"),
    ],
)
def test_each_format_is_a_file_to_keep(book: Api, form: str, media_type: str, begins: bytes) -> None:
    answer = book.get(EXPORTS.format(form), "claire")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="reservations.{form}"'
    assert answer.content.startswith(begins)


def test_every_format_has_its_media_type() -> None:
    assert exports.MEDIA_TYPES.keys() == {"csv", "xlsx", "ics"}


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        (EXPORTS.format("pdf"), {}),
        (EXPORTS.format("csv"), {"limit": "3"}),
        (EXPORTS.format("csv"), {"cursor": "x"}),
        (EXPORTS.format("csv"), {"room": "flexi-99"}),
        (EXPORTS.format("csv"), {"from": "2027-11-09T09:00:00"}),
        (EXPORTS.format("csv"), {"state": "lost"}),
    ],
)
def test_what_cannot_be_exported_says_why(api: Api, path: str, filters: dict[str, str]) -> None:
    answer = api.get(path, "claire", **filters)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_more_than_a_file_carries_is_refused(book: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 1)
    answer = book.get(EXPORTS.format("csv"), "claire")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_rows")
    assert titles(book, "claire", room="flexi-16") == ["Jury"]


def test_what_is_exported_is_skipped_when_it_is_imported(book: Api) -> None:
    content = book.get(EXPORTS.format("csv"), "claire").content
    answer = book.call("POST", "/api/imports", "claire", content=content, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.json()["counts"]) == (201, {"skipped": 2})
