"""Feeds over HTTP: made and taken back with a token, read by whoever knows the address, and cheap to ask again."""

import gzip
import logging
from datetime import timedelta
from typing import Any

import brotli
import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import event

from deploy.parts import parts
from services.calendars import feeds as served
from shared.settings import settings
from shared.store.base import engine
from tests.api.live import Api, at, wish
from tests.calendars.conftest import Press


@pytest.fixture
def press(api: Api) -> Press:
    return Press(api.house)


def make(api: Api, who: str = "claire", **wanted: Any) -> Any:
    answer = api.post("/api/feeds", {"kind": "room", "of": "flexi-16", **wanted}, who)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(feed: Any) -> str:
    return "/calendars/" + feed["address"].rpartition("/")[2]


def booked(press: Press, **changes: Any) -> None:
    press.house.confirmed("flexi-16", at=at(), title=changes.pop("title", "Maquillage"), **changes)
    press.publish()


def age(api: Api) -> None:
    """What was published is not of this very moment."""
    api.house.rows("UPDATE calendar SET changed_at = changed_at - interval '1 minute' RETURNING id")


def test_a_feed_is_made_listed_moved_and_taken_back(api: Api, press: Press) -> None:
    booked(press)
    made = make(api, "anne", label="Ma salle")
    assert made["address"].startswith(settings().public_url + "/calendars/")
    assert made["webcal"] == made["address"].replace("http://", "webcal://")
    assert made["free_busy"] == made["address"].removesuffix(".ics") + ".ifb"
    [listed] = api.get("/api/feeds", "anne").json()["items"]
    assert (listed["id"], listed["of"], listed["label"]) == (made["id"], "Flexi 16", "Ma salle")
    assert "address" not in listed
    assert api.get("/api/feeds", "basile").json()["items"] == []
    assert len(api.get("/api/feeds", "claire").json()["items"]) == 1
    moved = api.post(f"/api/feeds/{made['id']}/rotation", who="anne").json()
    assert api.client.get(path_of(made)).status_code == 404
    assert api.client.get(path_of(moved)).status_code == 200
    assert api.call("DELETE", f"/api/feeds/{made['id']}", "basile").status_code == 404
    assert api.call("DELETE", f"/api/feeds/{made['id']}", "anne").status_code == 204
    assert api.client.get(path_of(moved)).status_code == 404
    assert api.call("DELETE", f"/api/feeds/{made['id']}", "anne").status_code == 409
    assert api.get("/api/feeds", "anne").json()["items"] == []


def test_the_list_has_pages(api: Api) -> None:
    ids = [make(api)["id"] for _ in range(3)]
    first = api.get("/api/feeds", "claire", limit=2).json()
    second = api.get("/api/feeds", "claire", limit=2, cursor=first["next"]).json()
    assert [feed["id"] for feed in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"kind": "planet"}, 422),
        ({"kind": "room"}, 422),
        ({"kind": "room", "of": "x\ny"}, 422),
        ({"kind": "room", "of": "flexi-16", "scope": "all"}, 422),
        ({"kind": "room", "of": "flexi-16", "secret": "mine"}, 422),
        ({"kind": "person", "of": "basile"}, 422),
        ({"kind": "room", "of": "x" * 5000}, 422),
        ({"kind": "site", "label": "x" * 101}, 422),
        ([], 422),
    ],
)
def test_what_makes_no_feed_is_explained(api: Api, body: Any, status: int) -> None:
    assert api.post("/api/feeds", body, "claire").status_code == status
    assert api.get("/api/feeds", "claire").json()["items"] == []


def test_who_may_not_have_it_hears_so(api: Api) -> None:
    for who, kind in (("anne", "site"), ("pia", "room")):
        answer = api.post("/api/feeds", {"kind": kind, "of": "flexi-16" if kind == "room" else None}, who)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_calendar_is_read_without_a_token(api: Api, press: Press) -> None:
    booked(press)
    answer = api.client.get(path_of(make(api)))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert [str(e["SUMMARY"]) for e in Calendar.from_ical(answer.content).walk("VEVENT")] == ["Maquillage"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["content-disposition"] == 'inline; filename="room.ics"'
    [row] = api.house.rows("SELECT last_read_on FROM feed")
    assert row.last_read_on is not None


def test_an_unknown_and_a_revoked_address_are_answered_alike(api: Api) -> None:
    made = make(api)
    api.call("DELETE", f"/api/feeds/{made['id']}", "claire")
    revoked, unknown = api.client.get(path_of(made)), api.client.get("/calendars/" + "A" * 43 + ".ics")

    def told(answer: httpx.Response) -> Any:
        ignored = {"x-request-id", "date"}
        return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k not in ignored}

    assert told(revoked) == told(unknown)
    assert revoked.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/calendars/.ics", "/calendars/x.ics", "/calendars/%00.ics", "/calendars/%ff%fe.ics", "/calendars/%ED%A0.ics",
        "/calendars/../api/rooms.ics", "/calendars/a%2Fb.ics", "/calendars/" + "a" * 5000 + ".ics", "/calendars/x.ifb",
        "/calendars/x.ifb?from=nonsense", "/calendars/';DROP TABLE feed;--.ics", "/calendars/x", "/calendars/",
    ],
)  # fmt: skip
def test_an_address_that_nobody_was_given_is_not_found(api: Api, path: str) -> None:
    make(api)
    answer = api.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_is_changed_there(api: Api) -> None:
    path = path_of(make(api))
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert api.client.request(method, path).status_code == 405


def test_whoever_has_it_already_is_told_so_before_anything_is_read(api: Api, press: Press) -> None:
    booked(press)
    path = path_of(make(api))
    tag = api.client.get(path).headers["etag"]
    said: list[str] = []

    def listen(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(engine(), "before_cursor_execute", listen)
    answer = api.client.get(path, headers={"If-None-Match": tag})
    event.remove(engine(), "before_cursor_execute", listen)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert not [statement for statement in said if "calendar_entry" in statement]


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ("{tag}", 304), ("W/{tag}", 304), ('"x", {tag}', 304), ("*", 304), ('"{bare}-gzip"', 304), ('"{bare}-br"', 304),
        ('"x"', 200), ("", 200), ('"{bare}x"', 200), ("," * 1000, 200), ('"é"', 200),
    ],
)  # fmt: skip
def test_any_form_of_the_tag_is_known(api: Api, press: Press, named: str, status: int) -> None:
    booked(press)
    path = path_of(make(api))
    tag = api.client.get(path, headers={"Accept-Encoding": "identity"}).headers["etag"]
    header = named.format(tag=tag, bare=tag.strip('"')).encode("latin-1")
    assert api.client.get(path, headers={"If-None-Match": header}).status_code == status


def test_a_change_is_another_tag_and_the_old_one_gets_it(api: Api, press: Press) -> None:
    booked(press)
    path = path_of(make(api))
    first = api.client.get(path)
    press.house.change(1, title="Storyboard")
    press.publish()
    second = api.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert b"Storyboard" in second.content
    assert second.headers["etag"] != first.headers["etag"]


def test_a_date_does_for_clients_that_know_no_tags(api: Api, press: Press) -> None:
    booked(press)
    path = path_of(make(api))
    assert "last-modified" not in api.client.get(path).headers  # in this very second something else may change
    age(api)
    date = api.client.get(path).headers["last-modified"]
    assert api.client.get(path, headers={"If-Modified-Since": date}).status_code == 304
    for other in ("Thu, 01 Jan 1970 00:00:00 GMT", "nonsense", "", "Thu, 01 Jan 99999 00:00:00 GMT"):
        assert api.client.get(path, headers={"If-Modified-Since": other}).status_code == 200, other
    both = {"If-Modified-Since": date, "If-None-Match": '"other"'}
    assert api.client.get(path, headers=both).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"), ("br", "br"), ("gzip, br", "br"), ("br;q=0.1, gzip;q=0.9", "gzip"), ("*", "br"),
        ("identity", None), ("gzip;q=0", None), ("br;q=0, *;q=0.5", "gzip"), ("GZIP", "gzip"),
        ("deflate, gzip", "gzip"),
        ("", None), (";;q=,,,", None), ("gzip;q=9", None), ("gzip" + "," * 5000, "gzip"), ("gzip;q=nan", None),
    ],
)  # fmt: skip
def test_a_body_travels_as_the_client_likes_it(api: Api, press: Press, accepted: str, encoding: str | None) -> None:
    booked(press)
    path = path_of(make(api))
    plain = api.client.get(path, headers={"Accept-Encoding": "identity"})
    with api.client.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[encoding]
    assert unpack(raw) == plain.content
    assert (answer.headers["etag"] == plain.headers["etag"]) == (encoding is None)


def test_head_says_what_get_would(api: Api, press: Press) -> None:
    booked(press)
    path = path_of(make(api))
    get, head = api.client.get(path), api.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length", "content-encoding"):
        assert head.headers[name] == get.headers[name], name
    assert api.client.head(path, headers={"If-None-Match": get.headers["etag"]}).status_code == 304


def test_the_secret_is_in_no_log(api: Api, press: Press, caplog: pytest.LogCaptureFixture) -> None:
    booked(press)
    made = make(api)
    secret = path_of(made).removeprefix("/calendars/").removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        api.client.get(path_of(made))
        api.client.get(f"/calendars/{secret}.ifb?from=nonsense")
        api.client.post(path_of(made))
    # the client of the test says what it asks for, and the server of the test has an access log; that is not us
    others = ("httpx", "httpcore", "uvicorn.access")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(others)]
    assert [line for line in ours if "/calendars/….ics" in line]
    assert not [line for line in ours if secret in line]


def test_the_server_has_no_log_of_its_own_that_would_name_them() -> None:
    [api] = [part for part in parts(host="127.0.0.1", port=8000) if part.name == "api"]
    assert "--no-access-log" in api.command


def test_a_body_is_composed_once_for_many(api: Api, press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    booked(press)
    first, second = path_of(make(api)), path_of(make(api))
    expected = api.client.get(first).content

    def fail(*_: Any) -> None:
        raise AssertionError("read again")

    with monkeypatch.context() as once:
        once.setattr(served, "content", fail)
        assert api.client.get(first).content == expected
        assert api.client.get(second).content == expected


def test_when_a_room_is_taken(api: Api, press: Press) -> None:
    press.house.rule("room", "flexi-16", setup_minutes=30)
    booked(press, title="Entretien confidentiel")
    press.house.decided_as("tentative", "flexi-16", at=at(14, 16), option_until=press.house.now + timedelta(hours=24))
    path = path_of(make(api, scope="busy")).replace(".ics", ".ifb")
    day = at(0).start.date()
    answer = api.client.get(path, params={"from": f"{day}", "to": f"{day + timedelta(days=1)}"})
    assert answer.status_code == 200
    assert b"confidentiel" not in answer.content
    [busy] = Calendar.from_ical(answer.content).walk("VFREEBUSY")
    assert b"\r\nMETHOD:PUBLISH\r\n" in answer.content
    text = answer.content.replace(b"\r\n ", b"").decode()
    spans = [line for line in text.split("\r\n") if line.startswith("FREEBUSY")]
    first, second = at(8.5, 12), at(13.5, 16)
    stamp = "%Y%m%dT%H%M%SZ"
    assert spans == [
        f"FREEBUSY;FBTYPE=BUSY:{first.start:{stamp}}/{first.end:{stamp}}",
        f"FREEBUSY;FBTYPE=BUSY-TENTATIVE:{second.start:{stamp}}/{second.end:{stamp}}",
    ]
    assert busy["DTSTART"].dt < first.start


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"from": "nonsense"}, "not_a_time"),
        ({"from": "x" * 10_000}, "not_a_time"),
        ({"from": "2027-11-09", "to": "2027-11-08"}, "slot_reversed"),
        ({"from": "2027-11-09", "to": "2029-11-09"}, "slot_too_long"),
        ({"from": "0001-01-01"}, "time_out_of_range"),
        ({"from": "9999-12-31"}, "time_out_of_range"),
        ({"to": "2199-12-31T23:59:59-23:59"}, "time_out_of_range"),
        ({"from": "2027-03-28T02:30"}, "time_does_not_exist"),
    ],
)
def test_a_span_that_cannot_be_is_explained(api: Api, params: dict[str, str], code: str) -> None:
    answer = api.client.get(path_of(make(api)).replace(".ics", ".ifb"), params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_only_a_room_is_taken_or_free(api: Api) -> None:
    made = make(api, kind="person", of=None)
    assert made["free_busy"] is None
    assert api.client.get(path_of(made).replace(".ics", ".ifb")).status_code == 404


@pytest.mark.usefixtures("workers")
def test_what_is_booked_over_the_api_is_in_the_feed(api: Api, press: Press) -> None:
    path = path_of(make(api, "anne", kind="person", of=None))
    assert api.post("/api/reservations", wish(title="Storyboard"), prefer="wait=10").status_code == 201
    press.publish()
    assert b"SUMMARY:Storyboard" in api.client.get(path).content
