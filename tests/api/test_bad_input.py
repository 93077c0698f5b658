"""Whatever is sent gets a clear answer with a stable code, and never a 500."""

import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.api.live import Api, when, wish

ASK = "/api/reservations"
PARIS = "Europe/Paris"


def slot(start: Any, end: Any, zone: str | None = None) -> dict[str, Any]:
    return {"start": start, "end": end} | ({"zone": zone} if zone is not None else {})


def guests(*addresses: str, **more: str) -> dict[str, Any]:
    return {"attendees": [{"address": address, **more} for address in addresses]}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "reversed": (slot("2027-11-09T12:00:00Z", "2027-11-09T09:00:00Z"), "slot_reversed"),
    "empty": (slot("2027-11-09T09:00:00Z", "2027-11-09T09:00:00Z"), "slot_reversed"),
    "empty in two zones": (slot("2027-11-09T10:00:00+01:00", "2027-11-09T09:00:00Z"), "slot_reversed"),
    "naive": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00"), "naive_time"),
    "one naive": (slot("2027-11-09T09:00:00Z", "2027-11-09T12:00:00"), "naive_time"),
    "skipped": (slot("2027-03-28T02:30:00", "2027-03-28T05:00:00", PARIS), "time_does_not_exist"),
    "skipped end": (slot("2027-03-28T01:30:00", "2027-03-28T02:30:00", PARIS), "time_does_not_exist"),
    "twice": (slot("2027-10-31T02:30:00", "2027-10-31T05:00:00", PARIS), "time_exists_twice"),
    "twice end": (slot("2027-10-31T01:30:00", "2027-10-31T02:30:00", PARIS), "time_exists_twice"),
    "367 days": (slot("2027-01-01T00:00:00Z", "2028-01-03T00:00:00Z"), "slot_too_long"),
    "year 1": (slot("0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00Z"), "time_out_of_range"),
    "year 9999": (slot("9999-12-31T22:00:00Z", "9999-12-31T23:59:00-14:00"), "time_out_of_range"),
    "year 0": (slot("0000-01-01T00:00:00Z", "0000-01-02T00:00:00Z"), "invalid_input"),
    "year 10000": (slot("10000-01-01T00:00:00Z", "10000-01-02T00:00:00Z"), "invalid_input"),
    "unix times": (slot(1825750800, 1825761600), "invalid_input"),
    "unix times in quotes": (slot("1825750800", "1825761600"), "invalid_input"),
    "dates only": (slot("2027-11-09", "2027-11-10", PARIS), "invalid_input"),
    "null": (slot(None, None), "invalid_input"),
    "booleans": (slot(True, False), "invalid_input"),
    "french dates": (slot("09/11/2027 09:00", "09/11/2027 12:00", PARIS), "invalid_input"),
    "unknown zone": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", "Europe/Arras"), "unknown_zone"),
    "no zone": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", ""), "unknown_zone"),
    "zone as path": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", "../../../etc/passwd"), "unknown_zone"),
    "zone as root path": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", "/etc/localtime"), "unknown_zone"),
    "zone as folder": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", "Europe"), "unknown_zone"),
    "zone with NUL": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", "Europe/\0Paris"), "unknown_zone"),
    "zone as table": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", "zone.tab"), "unknown_zone"),
    "zone half a character": (slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", "\ud800"), "invalid_input"),
    "unknown room": ({"resources": ["flexi-99"]}, "unknown_resource"),
    "one unknown room": ({"resources": ["flexi-16", "flexi-99"]}, "unknown_resource"),
    "no rooms": ({"resources": []}, "invalid_input"),
    "21 rooms": ({"resources": ["flexi-16"] * 21}, "invalid_input"),
    "room with NUL": ({"resources": ["flexi\0"]}, "invalid_input"),
    "room as number": ({"resources": [1]}, "invalid_input"),
    "rooms as text": ({"resources": "flexi-16"}, "invalid_input"),
    "blank title": ({"title": " \u00a0 "}, "invalid_input"),
    "title of a megabyte": ({"title": "x" * 1_000_000}, "invalid_input"),
    "note of 10,001": ({"note": "x" * 10_001}, "invalid_input"),
    "title with CR LF": ({"title": "Atelier\r\nBcc: x@example.org"}, "invalid_input"),
    "title with NUL": ({"title": "Ate\0lier"}, "invalid_input"),
    "title with U+2028": ({"title": "Ate\u2028lier"}, "invalid_input"),
    "title with NEL": ({"title": "Ate\u0085lier"}, "invalid_input"),
    "title half a character": ({"title": "Atelier \ud83c"}, "invalid_input"),
    "note with NUL": ({"note": "Ate\0lier"}, "invalid_input"),
    "note half a character": ({"note": "\udfad"}, "invalid_input"),
    "field half a character": ({"\udfad": 1}, "invalid_input"),
    "people negative": ({"people": -1}, "invalid_input"),
    "people too many": ({"people": 10**30}, "invalid_input"),
    "people as words": ({"people": "beaucoup"}, "invalid_input"),
    "people and a half": ({"people": 1.5}, "invalid_input"),
    "unknown field": ({"colour": "red"}, "invalid_input"),
    "not an address": (guests("pas une adresse"), "invalid_input"),
    "address without domain": (guests("eleve@"), "invalid_input"),
    "two addresses": (guests("a@example.org,b@example.org"), "invalid_input"),
    "address with name": (guests("Eleve <a@example.org>"), "invalid_input"),
    "address with LF": (guests("a@example.org\nBcc: b@example.org"), "invalid_input"),
    "address with NUL": (guests("a\0@example.org"), "invalid_input"),
    "address quoted": (guests('"a\r\n"@example.org'), "invalid_input"),
    "address of 300": (guests("a" * 64 + "@" + "b" * 240 + ".org"), "invalid_input"),
    "address accented": (guests("élève@example.org"), "invalid_input"),
    "address half a character": (guests("\ud800@example.org"), "invalid_input"),
    "name with LF": (guests("a@example.org", name="Eleve\nX: y"), "invalid_input"),
    "name with CR": (guests("a@example.org", name="Eleve\rX: y"), "invalid_input"),
    "name with U+2029": (guests("a@example.org", name="Eleve\u2029X"), "invalid_input"),
    "the same guest twice": (guests("a@example.org", "a@example.org"), "invalid_input"),
    "the same guest in capitals": (guests("a@example.org", "A@EXAMPLE.ORG"), "invalid_input"),
    "unknown language": (guests("a@example.org", language="de"), "invalid_input"),
    "unknown role": (guests("a@example.org", role="KING"), "invalid_input"),
    "2,001 guests": (guests(*(f"eleve{n}@example.org" for n in range(2001))), "invalid_input"),
}


def cursor(position: str) -> str:
    return urlsafe_b64encode(position.encode()).decode()


def check(answer: Any, status: int, code: str) -> None:
    """The answer is a problem of that status and code, and tells something."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert answer.json()["code"] == code, answer.text
    assert answer.json()["detail"]
    assert len(answer.content) < 10_000, "an answer does not echo a megabyte"


def test_what_can_never_be_booked_is_refused_with_a_reason(api: Api) -> None:
    for name, (change, code) in REFUSED.items():
        body = json.dumps(wish(**change))  # escapes: httpx would choke on half a character
        answer = api.call("POST", ASK, content=body, headers={"Content-Type": "application/json"})
        try:
            check(answer, 422, code)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
    assert api.get(ASK).json()["items"] == []
    assert api.house.rows("SELECT 1 FROM event") == []


ACCEPTED: dict[str, dict[str, Any]] = {
    "before the gap": slot("2027-03-28T02:30:00+01:00", "2027-03-28T05:00:00+02:00"),
    "first 02:30": slot("2027-10-31T02:30:00+02:00", "2027-10-31T05:00:00+01:00"),
    "second 02:30": slot("2027-10-31T02:30:00+01:00", "2027-10-31T05:00:00+01:00"),
    "from the first to the second": slot("2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00"),
    "wall clock": slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", PARIS),
    "wall clock of Réunion": slot("2027-11-09T09:00:00", "2027-11-09T12:00:00", "Indian/Reunion"),
    "wall clock over the gap": slot("2027-03-28T01:00:00", "2027-03-28T04:00:00", PARIS),
    "366 days": slot("2027-01-01T00:00:00Z", "2028-01-02T00:00:00Z"),
    "microseconds": slot("2027-11-09T09:00:00.000001Z", "2027-11-09T09:00:00.000002Z"),
    "the same room twice": {"resources": ["flexi-16", "flexi-16"]},
    "emoji": {"title": "Cinéma 🎬👩🏽‍🎨"},
    "right to left": {"title": "ورشة المكياج (4e B)"},
    "combining": {"title": "Cine\u0301ma z\u0335\u0321a\u0338lgo"},
    "note in lines": {"note": "Une ligne\nune autre\n\ttabulée"},
    "capital address": guests("Eleve.Un+film@COLLEGE.example"),
    "accented domain": guests("eleve@collège.example"),
    "markup": {"title": "<script>alert('é')</script> & \"co\""},
}


def test_what_is_unusual_but_right_is_accepted_and_kept(api: Api) -> None:
    for name, change in ACCEPTED.items():
        answer = api.post(ASK, wish(**change))
        assert answer.status_code == 202, (name, answer.text)
        kept = answer.json()
        for words in ("title", "note"):
            assert kept[words] == change.get(words, kept[words]), name
        assert [room["slug"] for room in kept["resources"]] == ["flexi-16"]


def test_the_two_half_past_twos_are_an_hour_apart(api: Api) -> None:
    both = [api.post(ASK, wish(**ACCEPTED[name])).json()["start"] for name in ("first 02:30", "second 02:30")]
    assert both == ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"]


def test_two_thousand_guests_are_welcome(api: Api) -> None:
    began = time.monotonic()
    answer = api.post(ASK, wish(**guests(*(f"eleve{n}@example.org" for n in range(2000)))))
    assert answer.status_code == 202
    assert time.monotonic() - began < 10
    people = f"{ASK}/{answer.json()['id']}/attendees"
    assert len(api.get(people).json()) == 2000
    check(api.post(people, guests("encore@example.org")), 422, "too_many_attendees")
    assert len(api.get(people).json()) == 2000


BODIES: list[tuple[bytes, int, str]] = [
    (b"", 422, "invalid_input"),
    (b"{", 422, "invalid_input"),
    (b"null", 422, "invalid_input"),
    (b"[]", 422, "invalid_input"),
    (b'"titre"', 422, "invalid_input"),
    (b'{"title": "a", "title": NaN}', 422, "invalid_input"),
    (b"\xff\xfe\x00", 400, "unreadable_body"),
    (b"[" * 100_000 + b"]" * 100_000, 400, "unreadable_body"),
    (b'{"title":' * 50_000 + b"1" + b"}" * 50_000, 400, "unreadable_body"),
    (b'{"people": ' + b"9" * 10_000 + b"}", 400, "unreadable_body"),
]


@pytest.mark.parametrize(("body", "status", "code"), BODIES, ids=[str(n) for n in range(len(BODIES))])
def test_bodies_that_are_no_request(api: Api, body: bytes, status: int, code: str) -> None:
    check(api.call("POST", ASK, content=body, headers={"Content-Type": "application/json"}), status, code)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "x"])
def test_json_has_to_say_that_it_is_json(api: Api, kind: str) -> None:
    check(api.call("POST", ASK, content=json.dumps(wish()), headers={"Content-Type": kind}), 422, "invalid_input")


def test_more_than_two_megabytes_are_not_read(api: Api) -> None:
    kind = {"Content-Type": "application/json"}
    large = json.dumps(wish(note="x" * (2 * 1024 * 1024))).encode()
    check(api.call("POST", ASK, content=large, headers=kind), 413, "too_large")
    chunks = (large[n : n + 65_536] for n in range(0, len(large), 65_536))
    token = {"Authorization": f"Bearer {api.house.tokens['anne']}"}
    check(api.client.post(ASK, content=chunks, headers=kind | token), 413, "too_large")
    assert api.get(ASK).status_code == 200


ADDRESSES: list[tuple[str, int, str]] = [
    (f"{ASK}/0", 422, "invalid_input"),
    (f"{ASK}/-1", 422, "invalid_input"),
    (f"{ASK}/1.5", 422, "invalid_input"),
    (f"{ASK}/{2**63}", 422, "invalid_input"),
    (f"{ASK}/{2**63 - 1}", 404, "not_found"),
    (f"{ASK}/{'9' * 5000}", 422, "invalid_input"),
    (f"{ASK}/%00", 422, "invalid_input"),
    (f"{ASK}/%ff%fe", 422, "invalid_input"),
    (f"{ASK}/1%2Fhistory", 404, "not_found"),
    (f"{ASK}/", 404, "not_found"),
    ("/api/%00", 404, "not_found"),
    ("/api/../api/nowhere", 404, "not_found"),
    (f"{ASK}?limit=-1", 422, "invalid_input"),
    (f"{ASK}?limit=0", 422, "invalid_input"),
    (f"{ASK}?limit=201", 422, "invalid_input"),
    (f"{ASK}?limit={10**30}", 422, "invalid_input"),
    (f"{ASK}?limit=dix", 422, "invalid_input"),
    (f"{ASK}?colour=red", 422, "invalid_input"),
    (f"{ASK}?cursor=abc", 422, "bad_cursor"),
    (f"{ASK}?cursor=%00", 422, "bad_cursor"),
    (f"{ASK}?cursor=%C3%A9", 422, "bad_cursor"),
    (f"{ASK}?cursor={'A' * 101}", 422, "invalid_input"),
    (f"{ASK}?cursor={cursor(f'2027-11-09T09:00:00+00:00 {10**30}')}", 422, "bad_cursor"),
    (f"{ASK}?cursor={cursor(f'2027-11-09T09:00:00+00:00 -{10**30}')}", 422, "bad_cursor"),
    (f"{ASK}?cursor={cursor('0001-01-01T00:00:00+14:00 1')}", 422, "bad_cursor"),
    (f"{ASK}?cursor={cursor(chr(0) + ' 1')}", 422, "bad_cursor"),
    (f"{ASK}?room=%00", 422, "invalid_input"),
    (f"{ASK}?room=flexi-99", 422, "unknown_resource"),
    (f"{ASK}?state=lost", 422, "invalid_input"),
    (f"{ASK}?person=0", 422, "invalid_input"),
    (f"{ASK}?person={10**18}", 422, "invalid_input"),
    (f"{ASK}?person=%F0%9F%8E%AC", 422, "invalid_input"),
    (f"{ASK}?from=2027-11-09T09:00:00", 422, "naive_time"),
    (f"{ASK}?from=1825750800", 422, "invalid_input"),
    (f"{ASK}?from=0001-01-01T00:00:00Z", 422, "time_out_of_range"),
    (f"{ASK}?to=9999-12-31T23:59:59-14:00", 422, "time_out_of_range"),
    (f"{ASK}?to=2027-10-31T02:30:00&zone=Europe/Paris", 422, "time_exists_twice"),
    ("/api/rooms/free-busy", 422, "invalid_input"),
    ("/api/rooms/free-busy?from=2027-11-09T09:00:00Z&to=2027-11-09T09:00:00Z", 422, "slot_reversed"),
    ("/api/rooms/free-busy?from=2027-11-09T09:00:00Z&to=2028-11-01T09:00:00Z", 422, "span_too_long"),
    ("/api/rooms/free-busy?from=2027-11-09T09:00:00Z&to=2029-11-09T09:00:00Z", 422, "slot_too_long"),
    ("/api/rooms/free-busy?from=2027-11-09T09:00:00Z&to=2027-11-10T09:00:00Z&room=nope", 422, "unknown_resource"),
    ("/api/activities?limit=-5", 422, "invalid_input"),
    (f"/api/activities?cursor={2**63}", 422, "invalid_input"),
    ("/api/activities?cursor=abc", 422, "invalid_input"),
    (f"/api/activities/{2**63 - 1}", 404, "not_found"),
    (f"/api/sessions/{2**63 - 1}", 404, "not_found"),
    ("/api/deliveries?recipient=%00", 422, "invalid_input"),
    ("/api/deliveries?recipient=" + "a" * 300, 422, "invalid_input"),
    ("/api/deliveries?state=lost", 422, "invalid_input"),
    (f"/api/deliveries?reservation={2**63}", 422, "invalid_input"),
    (f"/api/deliveries/{2**63 - 1}/message", 404, "not_found"),
]


def test_addresses_and_filters_that_make_no_sense(api: Api) -> None:
    for path, status, code in ADDRESSES:
        try:
            check(api.call("GET", path), status, code)
        except AssertionError as error:
            raise AssertionError(f"{path}: {error}") from error


@pytest.mark.parametrize(
    "prefer", ["wait", "wait=", "wait=-1", "wait=x", "respond-async, wait", "é", "wait=0", "x" * 200]
)
def test_a_preference_that_says_nothing_is_not_followed(api: Api, prefer: str) -> None:
    answer = api.call("POST", ASK, json=wish(), headers={"Prefer": prefer.encode("latin-1")})
    assert answer.status_code == 202
    assert "preference-applied" not in answer.headers


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("prefer", ["wait=999999", 'wait="5"', "respond-async,wait=5", "WAIT = 5"])
def test_a_preference_is_followed_as_far_as_is_reasonable(api: Api, prefer: str) -> None:
    answer = api.post(ASK, wish(), prefer=prefer)
    assert (answer.status_code, answer.headers["preference-applied"]) == (201, "wait")


def test_times_in_a_change_are_checked_like_those_of_a_request(api: Api) -> None:
    path = api.post(ASK, wish()).headers["location"]
    check(api.patch(path, {"start": when()["start"]}), 422, "invalid_input")
    check(api.patch(path, slot("2027-03-28T02:30:00", "2027-03-28T05:00:00", PARIS)), 422, "time_does_not_exist")
    check(api.patch(path, {"resources": []}), 422, "invalid_input")
    check(api.patch(path, {"title": "a\nb"}), 422, "invalid_input")
    check(api.patch(path, {"colour": "red"}), 422, "invalid_input")


PLANS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "party"}, "invalid_input"),
    ({"partner": "Inconnu"}, "unknown_partner"),
    ({"sessions": [{**when(), "resources": []}]}, "invalid_input"),
    ({"sessions": [{**when(), "place": "online"}]}, "invalid_input"),
    ({"sessions": [{**when(), "resources": ["flexi-99"]}]}, "unknown_resource"),
    (
        {"sessions": [slot("2027-11-09T12:00:00Z", "2027-11-09T09:00:00Z") | {"resources": ["flexi-16"]}]},
        "slot_reversed",
    ),
    ({"sessions": [{**when(), "place": "online", "where": "a\r\nb"}]}, "invalid_input"),
    ({"sessions": [{**when(), "resources": ["flexi-16"]}] * 201}, "invalid_input"),
    ({"description": "x\0"}, "invalid_input"),
]


def test_a_plan_with_a_mistake_registers_nothing(api: Api) -> None:
    for change, code in PLANS:
        check(api.post("/api/activities", {"kind": "lab", "title": "Cinéma", **change}), 422, code)
    assert api.get("/api/activities").json()["items"] == []
    assert api.get(ASK).json()["items"] == []
