"""The same key and body do a thing once, whatever happens to the answer on its way."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.live import Api, when, wish

ASK = "/api/reservations"


def test_the_same_key_and_body_ask_once(api: Api) -> None:
    first, again = (api.post(ASK, wish(), idempotency_key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert len(api.get(ASK).json()["items"]) == 1


def test_a_key_is_one_person_s_own(api: Api) -> None:
    answers = [api.post(ASK, wish(), who, idempotency_key="k1") for who in ("anne", "basile")]
    assert len({answer.json()["id"] for answer in answers}) == 2


def test_the_same_key_for_another_request_is_refused(api: Api) -> None:
    api.post(ASK, wish(), idempotency_key="k1")
    for answer in (
        api.post(ASK, wish(title="Autre"), idempotency_key="k1"),
        api.post("/api/activities", {"kind": "lab", "title": "X"}, idempotency_key="k1"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_of_a_request_that_could_not_be_read_is_still_free(api: Api) -> None:
    assert api.post(ASK, wish(title=""), idempotency_key="k1").status_code == 422
    assert api.post(ASK, wish(resources=["flexi-99"]), idempotency_key="k1").status_code == 422
    assert api.post(ASK, wish(), idempotency_key="k1").status_code == 202


@pytest.mark.usefixtures("workers")
def test_a_refusal_stays_a_refusal_under_its_key(api: Api) -> None:
    held = api.book("basile")
    first = api.post(ASK, wish(), idempotency_key="k1", prefer="wait=10")
    api.post(f"{ASK}/{held['id']}/cancellation", {}, "basile")
    again = api.post(ASK, wish(), idempotency_key="k1", prefer="wait=10")
    assert (first.status_code, again.status_code) == (409, 409)
    assert first.json()["reservation"]["id"] == again.json()["reservation"]["id"]


@pytest.mark.usefixtures("workers")
def test_every_post_is_done_once(api: Api) -> None:
    """The second answer is the first one's, and what was not done again would have been refused."""
    activity = api.run("anne", sessions=[{"resources": ["flexi-16"], **when()}, {"resources": ["flexi-19"], **when()}])
    session, other = activity["sessions"]
    reservation = f"{ASK}/{other['reservation']['id']}"
    api.post(f"{reservation}/attendees", {"attendees": [{"address": "eleve@college.example"}]})
    posts: list[tuple[str, Any]] = [
        (ASK, wish(resources=["escapelab"])),
        (f"{reservation}/attendees", {"attendees": [{"address": "b@college.example"}]}),
        (f"{reservation}/cancellation", {"reason": "malade"}),
        ("/api/activities", {"kind": "lab", "title": "Réalité virtuelle"}),
        (f"/api/activities/{activity['id']}/sessions", {"place": "online", "where": "visio", **when(day=4)}),
        (f"/api/sessions/{session['id']}/cancellation", {}),
        (f"/api/activities/{activity['id']}/cancellation", {}),
    ]
    for n, (path, body) in enumerate(posts):
        first, again = (api.post(path, body, idempotency_key=f"k{n}", prefer="wait=10") for _ in range(2))
        assert first.status_code in {201, 202}, (path, first.text)
        assert (again.status_code, again.json()) == (first.status_code, first.json()), path
        assert again.headers.get("location") == first.headers.get("location")
        other_body = api.post(path, {**body, "colour": "red"}, idempotency_key=f"k{n}")
        assert other_body.status_code == 422, path
    assert len(api.get(f"/api/activities/{activity['id']}").json()["sessions"]) == 3


@pytest.mark.usefixtures("workers")
def test_an_error_is_not_remembered_for_ever(api: Api) -> None:
    booked = api.book("basile")
    path = f"{ASK}/{booked['id']}/cancellation"
    assert api.post(path, {}, "anne", idempotency_key="k1").status_code == 403
    assert api.post(path, {}, "basile", idempotency_key="k1").status_code == 201


@pytest.mark.parametrize("path", [ASK, "/api/activities"])
def test_twins_that_come_at_the_same_moment_are_one(api: Api, path: str) -> None:
    body = wish() if path == ASK else {"kind": "lab", "title": "VR"}
    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(lambda _: api.post(path, body, idempotency_key="twin"), range(12)))
    assert {answer.status_code for answer in answers} <= {201, 202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(api.get(path).json()["items"]) == 1


def test_of_two_requests_with_one_key_at_the_same_moment_one_is_refused(api: Api) -> None:
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda n: api.post(ASK, wish(title=f"T{n % 2}"), idempotency_key="twin"), range(8)))
    assert sorted(answer.status_code for answer in answers) == [202] * 4 + [422] * 4
    assert len(api.get(ASK).json()["items"]) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "clé", "two words", "tab\tkey"])
def test_a_key_is_up_to_two_hundred_printable_letters(api: Api, key: str) -> None:
    answer = api.call("POST", ASK, json=wish(), headers={"Idempotency-Key": key.encode()})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert api.get(ASK).json()["items"] == []


def test_the_longest_key_is_kept(api: Api) -> None:
    first, again = (api.post(ASK, wish(), idempotency_key="~" * 200) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
