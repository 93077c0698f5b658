"""Taking over files through the API: the report, roles, hostile bodies, and that a retry does nothing twice."""

from typing import Any

import httpx
import pytest

from tests.api.live import Api

IMPORTS = "/api/imports"
HEAD = "titre;salle;date;horaire"
STORYBOARD = "Atelier storyboard;Flexi 16;09/11/2027;9h-12h"
JURY = "Jury;EscapeLAB;09/11/2027;14h-17h"
EVENT = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a@old.example\r\nSUMMARY:Jury\r\nLOCATION:EscapeLAB\r\n"
    "DTSTART:20271109T130000Z\r\nDTEND:20271109T160000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def table(*rows: str) -> str:
    return "\n".join((HEAD, *rows))


def send(api: Api, content: str | bytes, who: str = "claire", **more: Any) -> httpx.Response:
    """Import a table, unless `media_type` says otherwise; what is left over are parameters."""
    headers = {"Content-Type": more.pop("media_type", "text/csv")} | more.pop("headers", {})
    return api.call("POST", IMPORTS, who, content=content, headers=headers, params=more)


def booked(api: Api) -> list[str]:
    return [item["title"] for item in api.get("/api/reservations").json()["items"]]


def test_a_table_is_taken_over_and_reported_line_by_line(api: Api) -> None:
    answer = send(api, table(STORYBOARD, JURY), name="planning.csv")
    report = answer.json()
    assert answer.status_code == 201
    assert (report["is_written"], report["is_clean"], report["counts"]) == (True, True, {"booked": 2})
    [first, _] = report["lines"]
    [reservation] = first.pop("reservations")
    assert first == {
        "number": 2,
        "text": "Atelier storyboard, Flexi 16, 09/11/2027, 9h-12h",
        "verdict": "booked",
        "reasons": [],
    }
    shown = api.get(f"/api/reservations/{reservation}", "claire").json()
    assert (shown["state"], shown["requested_by"]["name"]) == ("confirmed", "Claire")


def test_a_calendar_is_taken_over(api: Api) -> None:
    assert send(api, EVENT, media_type="text/calendar; charset=utf-8").status_code == 201
    assert booked(api) == ["Jury"]
    again = send(api, EVENT, media_type="TEXT/CALENDAR").json()
    assert again["counts"] == {"skipped": 1}


def test_a_dry_run_is_answered_and_leaves_nothing(api: Api) -> None:
    answer = send(api, table(STORYBOARD, "Jury;Flexi 16;09/11/2027;11h-13h"), dry_run="true")
    assert answer.status_code == 200
    assert answer.json()["counts"] == {"would_be_booked": 1, "refused": 1}
    assert (answer.json()["is_written"], answer.json()["is_clean"]) == (False, False)
    assert booked(api) == []


def test_a_file_with_a_line_that_is_refused_is_a_problem_with_the_report(api: Api) -> None:
    answer = send(api, table(STORYBOARD, "Jury;Flexi 16;09/11/2027;11h-13h"))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "import_refused")
    assert problem["detail"] == problem["report"]["summary"]
    refused = problem["report"]["lines"][1]
    assert [why["code"] for why in refused["reasons"]] == ["room_taken", "taken_by_line", "free_instead"]
    assert refused["reasons"][1]["sentence"] == "Il s'agit de la ligne 2 du fichier."
    assert booked(api) == []


def test_the_report_is_in_the_language_asked_for(api: Api) -> None:
    english = {"Accept-Language": "en"}
    problem = send(api, table("Jury;Gymnase;09/11/2027;11h-13h"), headers=english).json()
    assert problem["detail"] == "refused: 1. Nothing is written while a line is refused or unreadable."
    assert problem["report"]["lines"][0]["reasons"][0]["sentence"] == "“Gymnase” is no room of this house."
    assert send(api, " ").json()["detail"] == "Ce fichier est vide."
    assert send(api, " ", headers=english).json()["detail"] == "This file is empty."


def test_only_coordinators_import(api: Api) -> None:
    for who in ("anne", "pia"):
        answer = send(api, table(STORYBOARD), who)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert booked(api) == []


def test_nobody_is_told_without_notify(api: Api) -> None:
    send(api, table(STORYBOARD))
    send(api, table(JURY), notify="true")
    told = api.house.rows("SELECT title FROM reservation WHERE unannounced_since IS NOT NULL")
    assert [row.title for row in told] == ["Jury"]


def test_the_file_and_whence_it_came_are_on_record(api: Api) -> None:
    send(api, table(STORYBOARD), name="planning 2027.csv")
    [asked] = api.house.rows("SELECT source, reason FROM event WHERE type = 'ReservationRequested'")
    assert (asked.source, asked.reason) == ("api 127.0.0.1 planning 2027.csv", "reprise de planning 2027.csv")


def test_a_retry_with_the_same_key_imports_once(api: Api) -> None:
    first, again = (send(api, table(STORYBOARD), headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(booked(api)) == 1


def test_a_key_that_a_dry_run_had_is_not_that_of_the_import(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    assert send(api, table(STORYBOARD), headers=key, dry_run="true").status_code == 200
    answer = send(api, table(STORYBOARD), headers=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_file_that_was_refused_may_come_again_under_its_key(api: Api) -> None:
    key = {"Idempotency-Key": "k"}
    assert send(api, table("Jury;Flexi 16;09/11/2027;11h-13h", STORYBOARD), headers=key).status_code == 409
    assert api.house.rows("SELECT 1 FROM idempotency") == []


HOSTILE: dict[str, tuple[bytes, str, int, str]] = {
    "nothing": (b"", "text/csv", 422, "file_empty"),
    "no headings": (b"\x00\x01\x02", "text/csv", 422, "not_text"),
    "a workbook": (b"PK\x03\x04" + b"x" * 100, "text/csv", 422, "spreadsheet"),
    "a table as a calendar": (table(JURY).encode(), "text/calendar", 422, "not_a_calendar"),
    "a calendar as a table": (EVENT.encode(), "text/csv", 422, "unknown_headings"),
    "json": (b"{}", "application/json", 415, "unsupported_media_type"),
    "a form": (b"a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    "no type": (b"a", "", 415, "unsupported_media_type"),
    "5 MB and a byte": (b"x" * 5_000_001, "text/csv", 413, "too_large"),
    "half a character": (table("\udcff").encode("utf-8", "surrogateescape"), "text/csv", 409, "import_refused"),
    "nested": (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 30, "text/calendar", 422, "too_deep"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_is_sent_gets_a_clear_answer(api: Api, name: str) -> None:
    content, media_type, status, code = HOSTILE[name]
    answer = send(api, content, media_type=media_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert len(answer.content) < 10_000
    assert booked(api) == []


def test_a_file_of_nearly_5_mb_is_read(api: Api) -> None:
    """More than any other request may have."""
    answer = send(api, table(JURY, *("Note ;;;" + "x" * 900 for _ in range(4_900))), dry_run="true")
    assert answer.status_code == 200
    assert answer.json()["counts"] == {"would_be_booked": 1, "unreadable": 4_900}


@pytest.mark.parametrize("how", [{"dry_run": "maybe"}, {"name": "a\nb"}, {"name": "x" * 201}, {"colour": "red"}])
def test_how_a_file_is_taken_over_is_checked(api: Api, how: dict[str, str]) -> None:
    answer = send(api, table(JURY), **how)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
