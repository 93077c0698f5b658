"""Webhooks through the API: for coordinators, with a secret that is shown once, and a log that tells what came back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.settings import settings
from shared.webhooks.offered import TYPES
from tests.api.live import Api, wish
from tests.webhooks.receiver import Receiver
from workers import relay, webhooks

HOOKS = "/api/webhooks"


@pytest.fixture
def receiver(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A partner's system on this machine, which may be called."""
    assert api
    monkeypatch.setenv("WEBHOOKS_ALLOW_LOCAL", "true")
    settings.cache_clear()
    with Receiver() as receiver:
        yield receiver
    monkeypatch.undo()
    settings.cache_clear()


def add(api: Api, url: str = "https://partner.example/hooks", **changes: Any) -> Any:
    body = {"label": "Site", "url": url, "types": list(TYPES), **changes}
    answer = api.post(HOOKS, body, "claire")
    assert answer.status_code == 201, answer.text
    return answer.json()


def send() -> None:
    while relay.relay() or webhooks.send_some():
        pass


def log(api: Api, webhook: Any, **params: Any) -> list[Any]:
    items: list[Any] = api.get(f"{HOOKS}/{webhook['id']}/messages", "claire", **params).json()["items"]
    return items


def test_the_secret_is_shown_once(api: Api) -> None:
    made = add(api)
    assert made["secret"].startswith("whsec_")
    shown = api.get(f"{HOOKS}/{made['id']}", "claire")
    assert shown.json() == made | {"secret": None}
    assert shown.headers["etag"] == '"v1"'
    assert api.get(HOOKS, "claire").json() == [shown.json()]
    assert made["secret"] not in api.get("/api/audit", "claire").text


def test_a_retry_adds_nothing_and_shows_no_secret_again(api: Api) -> None:
    body = {"label": "Site", "url": "https://partner.example/", "types": ["reservation.moved"]}
    first, again = (api.post(HOOKS, body, "claire", idempotency_key="k1") for _ in range(2))
    assert first.headers["cache-control"] == "no-store"
    assert again.json() == first.json() | {"secret": None}
    assert len(api.get(HOOKS, "claire").json()) == 1
    assert first.json()["secret"] not in str(api.house.rows("SELECT body FROM idempotency"))


@pytest.mark.usefixtures("workers")
def test_what_an_organisation_is_told_is_what_its_partner_reads(api: Api, receiver: Receiver) -> None:
    theirs = add(api, receiver.url, organisation="Plan Séquence", types=["reservation.confirmed"])
    api.book("basile", resources=["flexi-36"])
    session = {**wish(title="Maquillage"), "attendees": [{"address": "eleve@college.example"}]}
    activity = api.run("anne", title="Festival", partner="Plan Séquence", sessions=[session])
    send()
    [received] = receiver.received
    told = received.verified(theirs["secret"])
    reservation = activity["sessions"][0]["reservation"]["id"]
    assert told["type"] == "reservation.confirmed"
    assert told["data"] == api.get(f"/api/reservations/{reservation}", "pia").json()
    assert b"@" not in received.body


@pytest.mark.usefixtures("workers")
def test_what_the_house_is_told_is_what_its_coordinators_read(api: Api, receiver: Receiver) -> None:
    made = add(api, receiver.url, types=["reservation.confirmed"])
    booked = api.book(note="Apporter les trépieds", equipment={})
    send()
    [received] = receiver.received
    assert received.verified(made["secret"])["data"] == api.get(f"/api/reservations/{booked['id']}", "claire").json()


def test_what_waits_to_be_moved_is_told_as_the_api_tells_it(api: Api, receiver: Receiver) -> None:
    made = add(api, receiver.url, types=["reservation.move_requested"])
    api.house.rule(
        "site",
        who_may_book=["coordinators"],
        who_may_request=["everybody"],
        opening={"sunday": ["08:00-20:00"]},
        outside_opening="warn",
    )
    booked = api.post("/api/reservations", wish(), "anne").json()["id"]
    api.house.decide()
    [state] = api.house.states(booked)
    assert state == "tentative"
    start, end = ((datetime.fromisoformat(wish()[name]) + timedelta(hours=1)).isoformat() for name in ("start", "end"))
    api.patch(f"/api/reservations/{booked}", {"start": start, "end": end, "resources": ["flexi-19"]})
    send()
    [received] = receiver.received
    data = received.verified(made["secret"])["data"]
    assert data == api.get(f"/api/reservations/{booked}", "claire").json()
    assert data["moving_to"]["resources"] == [{"slug": "flexi-19", "name": "Flexi 19"}]
    assert data["findings"]


def test_a_test_is_sent_and_the_log_tells_what_came_back(api: Api, receiver: Receiver) -> None:
    made = add(api, receiver.url)
    receiver.answers.append((500, {}, b"panne"))
    queued = api.post(f"{HOOKS}/{made['id']}/test", {}, "claire")
    assert (queued.status_code, queued.json()["payload"]["type"]) == (202, "webhook.test")
    send()
    [line] = log(api, made)
    assert (line["state"], line["attempts"]) == ("queued", 1)
    assert line["last_answer"] == "500 Internal Server Error: panne"
    assert line["webhook_id"] == receiver.received[0].id
    assert log(api, made, state="dead") == []
    whole = api.get(f"{HOOKS}/{made['id']}/messages/{line['id']}", "claire").json()
    assert whole == line | {"payload": queued.json()["payload"]}


def test_a_message_is_sent_again_under_the_same_id(api: Api, receiver: Receiver) -> None:
    made = add(api, receiver.url)
    api.post(f"{HOOKS}/{made['id']}/test", {}, "claire")
    [line] = log(api, made)
    path = f"{HOOKS}/{made['id']}/messages/{line['id']}/replay"
    assert api.post(path, {}, "claire").json()["code"] == "wrong_state"
    send()
    assert api.post(path, {}, "claire").json()["state"] == "queued"
    send()
    first, again = receiver.received
    assert (first.id, first.body) == (again.id, again.body)


def test_what_was_missed_is_made_good(api: Api, receiver: Receiver) -> None:
    made = add(api, receiver.url, types=["reservation.requested"])
    path = f"{HOOKS}/{made['id']}"
    since = {"since": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}
    api.post("/api/reservations", wish(), "anne")
    send()
    assert api.patch(path, {"enabled": False}, "claire").json()["disabled_reason"] == "asked"
    api.post("/api/reservations", wish(), "anne")
    send()
    assert api.post(f"{path}/replay", since, "claire").json()["code"] == "wrong_state"
    assert api.patch(path, {"enabled": True}, "claire").json()["enabled"] is True
    assert api.post(f"{path}/replay", since, "claire").json() == {"queued": 1}
    send()
    assert len(receiver.received) == 2
    assert api.post(f"{path}/replay", since, "claire").json() == {"queued": 0}
    assert api.post(f"{path}/replay", since | {"everything": True}, "claire").json() == {"queued": 2}
    send()
    assert len({received.id for received in receiver.received}) == 2
    assert len(receiver.received) == 4


def test_rotated_the_new_secret_is_shown_once_and_both_sign(api: Api, receiver: Receiver) -> None:
    made = add(api, receiver.url)
    rotated = api.post(f"{HOOKS}/{made['id']}/secret", {}, "claire").json()
    assert rotated["secret"] not in {made["secret"], None}
    assert datetime.fromisoformat(rotated["former_secret_until"]) > datetime.now(UTC) + timedelta(hours=23)
    api.post(f"{HOOKS}/{made['id']}/test", {}, "claire")
    send()
    [received] = receiver.received
    for secret in (made["secret"], rotated["secret"]):
        assert received.verified(secret)["type"] == "webhook.test"


def test_who_is_gone_is_shown_as_disabled(api: Api, receiver: Receiver) -> None:
    made = add(api, receiver.url)
    receiver.answers.append(410)
    api.post(f"{HOOKS}/{made['id']}/test", {}, "claire")
    send()
    shown = api.get(f"{HOOKS}/{made['id']}", "claire").json()
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "gone")
    [fact] = api.get("/api/audit", "claire", type="WebhookDisabled").json()["items"]
    assert "Site" in fact["sentence"]
    assert "410 Gone" in fact["sentence"]


def test_a_change_is_on_record_and_needs_the_version(api: Api) -> None:
    path = f"{HOOKS}/{add(api)['id']}"
    assert api.call("PATCH", path, "claire", json={"label": "X"}).status_code == 428
    assert api.patch(path, {"label": "X"}, "claire", if_match='"v7"').status_code == 412
    changed = api.patch(path, {"types": ["reservation.moved", "reservation.moved"]}, "claire", if_match='"v1"').json()
    assert (changed["types"], changed["version"]) == (["reservation.moved"], 2)
    assert api.patch(path, {}, "claire").json() == changed
    facts = api.get("/api/audit", "claire", subject="webhook").json()["items"]
    assert [fact["type"] for fact in facts] == ["WebhookChanged", "WebhookAdded"]


def test_taken_away_it_is_called_no_more(api: Api, receiver: Receiver) -> None:
    made = add(api, receiver.url)
    path = f"{HOOKS}/{made['id']}"
    api.post(f"{path}/test", {}, "claire")
    assert api.call("DELETE", path, "claire").status_code == 204
    send()
    assert receiver.received == []
    assert api.get(HOOKS, "claire").json() == []
    for method, more in (("GET", ""), ("GET", "/messages"), ("DELETE", ""), ("POST", "/secret"), ("POST", "/test")):
        assert api.call(method, f"{path}{more}", "claire").status_code == 404, more


@pytest.mark.parametrize("who", ["anne", "pia"])
def test_webhooks_are_for_coordinators(api: Api, who: str) -> None:
    path = f"{HOOKS}/{add(api)['id']}"
    body = {"label": "Site", "url": "https://partner.example/", "types": ["reservation.moved"]}
    for method, where, sent in (
        ("GET", HOOKS, None),
        ("POST", HOOKS, body),
        ("GET", path, None),
        ("PATCH", path, {"label": "X"}),
        ("DELETE", path, None),
        ("POST", f"{path}/secret", None),
        ("POST", f"{path}/test", None),
        ("POST", f"{path}/replay", {"since": "2026-11-01T00:00:00Z"}),
        ("GET", f"{path}/messages", None),
        ("GET", f"{path}/messages/1", None),
        ("POST", f"{path}/messages/1/replay", None),
    ):
        answer = api.call(method, where, who, json=sent, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), where


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no types": ({"types": []}, "invalid_input"),
    "unknown type": ({"types": ["reservation.eaten"]}, "unknown_type"),
    "the test": ({"types": ["webhook.test"]}, "unknown_type"),
    "type with NUL": ({"types": ["reservation\0"]}, "unknown_type"),
    "51 types": ({"types": ["reservation.moved"] * 51}, "invalid_input"),
    "in clear": ({"url": "http://partner.example/"}, "bad_webhook_url"),
    "this machine": ({"url": "https://127.0.0.1/"}, "bad_webhook_url"),
    "url with NUL": ({"url": "https://partner.example/\0"}, "bad_webhook_url"),
    "url of 2,001": ({"url": "https://" + "a" * 1993}, "invalid_input"),
    "no url": ({"url": None}, "invalid_input"),
    "half a character": ({"label": "\ud800"}, "invalid_input"),
    "label with LF": ({"label": "a\nb"}, "invalid_input"),
    "unknown partner": ({"organisation": "Plan B"}, "unknown_partner"),
    "unknown field": ({"secret": "whsec_mine"}, "invalid_input"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_a_reason(api: Api, name: str) -> None:
    change, code = BAD[name]
    body = {"label": "Site", "url": "https://partner.example/", "types": ["reservation.moved"]} | change
    headers = {"Content-Type": "application/json"}
    answer = api.call("POST", HOOKS, "claire", content=json.dumps(body), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert api.get(HOOKS, "claire").json() == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_input"),
        ({"since": "yesterday"}, "invalid_input"),
        ({"since": 0}, "invalid_input"),
        ({"since": "2026-11-01T00:00:00"}, "naive_time"),
        ({"since": "2020-01-01T00:00:00Z"}, "too_long_ago"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "time_out_of_range"),
        ({"since": "2026-11-01T00:00:00Z", "everything": "yes please"}, "invalid_input"),
    ],
)
def test_a_moment_to_replay_from_is_one(api: Api, body: dict[str, Any], code: str) -> None:
    answer = api.post(f"{HOOKS}/{add(api)['id']}/replay", body, "claire")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


ROUTES = [
    ("GET", "/{id}", None),
    ("PATCH", "/{id}", {"label": "X"}),
    ("DELETE", "/{id}", None),
    ("POST", "/{id}/secret", None),
    ("POST", "/{id}/test", None),
    ("POST", "/{id}/replay", {"since": "2026-11-01T00:00:00Z"}),
    ("GET", "/{id}/messages", None),
    ("GET", "/{id}/messages/1", None),
    ("POST", "/{id}/messages/1/replay", None),
    ("GET", "/1/messages/{id}", None),
    ("POST", "/1/messages/{id}/replay", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES, ids=lambda value: value if isinstance(value, str) else "")
def test_an_id_that_is_none_or_of_nothing_is_a_problem(api: Api, method: str, path: str, body: Any) -> None:
    add(api)
    for bad, status in (("0", 422), ("x", 422), ("-1", 422), (str(2**63), 422), ("99", 404), (str(2**63 - 1), 404)):
        answer = api.call(method, HOOKS + path.format(id=bad), "claire", json=body, headers={"If-Match": "*"})
        assert answer.status_code == status, (path, bad)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"types": []}, "invalid_input"),
        ({"types": ["x"]}, "unknown_type"),
        ({"url": "http://partner.example/"}, "bad_webhook_url"),
        ({"url": "https://[::1]/"}, "bad_webhook_url"),
        ({"label": " "}, "invalid_input"),
        ({"enabled": "non"}, "invalid_input"),
        ({"organisation": "Plan Séquence"}, "invalid_input"),
    ],
)
def test_a_change_that_is_none_changes_nothing(api: Api, change: dict[str, Any], code: str) -> None:
    made = add(api)
    answer = api.patch(f"{HOOKS}/{made['id']}", change, "claire")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert api.get(f"{HOOKS}/{made['id']}", "claire").json() == made | {"secret": None}


def test_the_log_has_pages(api: Api) -> None:
    made = add(api)
    for _ in range(3):
        api.post(f"{HOOKS}/{made['id']}/test", {}, "claire")
    answer = api.get(f"{HOOKS}/{made['id']}/messages", "claire", limit=2)
    found = [line["id"] for line in answer.json()["items"]]
    answer = api.call("GET", answer.links["next"]["url"], "claire")
    found += [line["id"] for line in answer.json()["items"]]
    assert (len(found), found) == (3, sorted(found, reverse=True))
    assert "next" not in answer.links
    for bad in ({"limit": 0}, {"cursor": 0}, {"state": "lost"}, {"x": 1}):
        assert api.get(f"{HOOKS}/{made['id']}/messages", "claire", **bad).status_code == 422


def test_there_is_an_end_to_the_number_of_webhooks(api: Api) -> None:
    made = add(api)
    api.house.rows("""
        INSERT INTO webhook (site_id, url, secret, types, label, created_by, created_at)
        SELECT site_id, url, secret, types, label, created_by, created_at FROM webhook, generate_series(2, 100)
        RETURNING 1""")
    answer = api.post(HOOKS, {name: made[name] for name in ("label", "url", "types")}, "claire")
    assert answer.json()["code"] == "too_many_webhooks"
