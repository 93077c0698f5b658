"""Who may do what: a trainer their own, a coordinator all of the site, a partner what they are told; others nothing."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from deploy.processes import wait_until
from shared.seed import atelier
from shared.store.people import Role, Token, person_called
from tests.api.live import Api, at, when, wish
from tests.house import House

PUBLIC = {"/healthz", "/readyz"}


def operations(application: FastAPI) -> list[tuple[str, str]]:
    """Every method and path of the application, with 1 for each id."""
    paths: dict[str, dict[str, Any]] = application.openapi()["paths"]
    return [(method.upper(), re.sub(r"{\w+}", "1", path)) for path, methods in paths.items() for method in methods]


def test_without_a_known_token_nothing_answers_but_health(api: Api, application: FastAPI) -> None:
    api.house.tokens["nobody"] = "crn_unknown"
    for method, path in [*operations(application), ("GET", "/api/openapi.json")]:
        for who in (None, "nobody"):
            answer = api.call(method, path, who)
            if path in PUBLIC:
                assert answer.status_code == 200, path
            else:
                assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), path
                assert answer.headers["www-authenticate"] == "Bearer"


def test_every_route_is_documented(application: FastAPI) -> None:
    """What is not in the document would not be walked above."""
    documented = operations(application)
    assert len(documented) == 84
    assert {path for _, path in documented} >= PUBLIC | {"/metrics", "/api/rooms", "/api/sessions/1"}


@pytest.mark.parametrize("header", ["Basic YW5uZTphbm5l", "Bearer", "bearer  x y", "Bearer é", "crn_x"])
def test_anything_but_a_bearer_token_is_no_token(api: Api, header: str) -> None:
    answer = api.call("GET", "/api/rooms", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401


def test_a_revoked_token_is_unknown(api: Api) -> None:
    person = api.house.actors["anne"].person_id
    with api.house.book() as db:
        db.execute(update(Token).where(Token.person_id == person).values(revoked_at=datetime.now(UTC)))
    assert api.get("/api/rooms").status_code == 401
    assert api.get("/api/rooms", "basile").status_code == 200


CHANGES = [
    ("PATCH", "/api/reservations/{r}", {"title": "À moi"}),
    ("POST", "/api/reservations/{r}/cancellation", {}),
    ("POST", "/api/reservations/{r}/attendees", {"attendees": [{"address": "x@example.org"}]}),
    ("DELETE", "/api/reservations/{r}/attendees/{p}", None),
    ("PATCH", "/api/sessions/{s}", {"title": "À moi"}),
    ("POST", "/api/sessions/{s}/cancellation", {}),
    ("PATCH", "/api/activities/{a}", {"title": "À moi"}),
    ("POST", "/api/activities/{a}/sessions", {"place": "online", "where": "visio", **when(day=3)}),
    ("POST", "/api/activities/{a}/cancellation", {}),
]
INSIDE = ["/api/reservations/{r}/attendees", "/api/reservations/{r}/history"]
READS = ["/api/reservations/{r}", "/api/activities/{a}", "/api/sessions/{s}"]


def things(api: Api, owner: str) -> dict[str, int]:
    """Ids of something of each kind that belongs to `owner`; the person is on its list, the mail was written."""
    session = {"resources": ["flexi-16"], "attendees": [{"address": "eleve@college.example"}], **when()}
    activity = api.run(owner, sessions=[session])
    [held] = activity["sessions"]
    reservation = held["reservation"]["id"]
    people = api.get(f"/api/reservations/{reservation}/attendees", owner).json()
    return {"a": activity["id"], "s": held["id"], "r": reservation, "p": people[0]["id"]}


@pytest.mark.usefixtures("workers")
def test_a_trainer_changes_only_their_own(api: Api) -> None:
    ids = things(api, "basile")
    for method, path, body in CHANGES:
        answer = api.call(method, path.format(**ids), "anne", json=body, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path
    for path in INSIDE:
        assert api.get(path.format(**ids)).status_code == 403, path
    for path in READS:
        assert api.get(path.format(**ids)).status_code == 200, path
    assert api.get(f"/api/reservations/{ids['r']}").json()["note"] is None


@pytest.mark.usefixtures("workers")
def test_a_coordinator_changes_everything_of_the_site(api: Api) -> None:
    ids = things(api, "basile")
    for path in [*INSIDE, *READS]:
        assert api.get(path.format(**ids), "claire").status_code == 200, path
    session = ids["s"]
    for method, path, body in CHANGES:
        if path.startswith("/api/reservations/{r}/canc"):
            continue  # the same meeting is called off as a session, two lines on
        answer = api.call(method, path.format(**ids | {"s": session}), "claire", json=body, headers={"If-Match": "*"})
        assert answer.status_code in {200, 201, 202, 204}, (path, answer.text)


@pytest.mark.usefixtures("workers")
def test_a_partner_reads_what_they_are_invited_to_and_books_nothing(api: Api) -> None:
    theirs = api.book(attendees=[{"address": api.house.addresses["pia"]}])
    other = api.book("basile", resources=["flexi-36"])
    assert api.post("/api/reservations", wish(), "pia").status_code == 403
    assert api.post("/api/activities", {"kind": "lab", "title": "X"}, "pia").status_code == 403
    assert api.get(f"/api/reservations/{theirs['id']}", "pia").json()["title"] == theirs["title"]
    assert api.get(f"/api/reservations/{other['id']}", "pia").status_code == 404
    assert [r["id"] for r in api.get("/api/reservations", "pia").json()["items"]] == [theirs["id"]]
    assert api.get(f"/api/reservations/{theirs['id']}/history", "pia").status_code == 403
    assert api.get(f"/api/reservations/{theirs['id']}/attendees", "pia").status_code == 403
    assert api.get("/api/activities", "pia").status_code == 403
    assert api.get("/api/deliveries", "pia").json()["items"] == []
    assert api.post(f"/api/reservations/{theirs['id']}/cancellation", {}, "pia").status_code == 403


@pytest.mark.usefixtures("workers")
def test_a_partner_sees_when_rooms_are_taken_but_not_by_whom(api: Api) -> None:
    api.book(title="Entretien confidentiel")
    span = {"from": at(0).start.isoformat(), "to": at(0, 24).end.isoformat(), "room": "flexi-16"}
    [room] = api.get("/api/rooms/free-busy", "pia", **span).json()
    assert [(b["reservation"], b["title"]) for b in room["busy"]] == [(None, None)]
    assert "Entretien confidentiel" in api.get("/api/rooms/free-busy", "anne", **span).text


def test_only_coordinators_read_the_metrics(api: Api) -> None:
    assert [api.get("/metrics", who).status_code for who in ("anne", "pia", "claire")] == [403, 403, 200]


def second_site(house: House) -> None:
    """Another Atelier, with Zoé who coordinates there."""
    with house.book() as db:
        site = atelier(db, slug="lille", name="Atelier Canopé 59 - Lille")
        zoe = person_called(db, site.id, address="zoe@example.org", name="Zoé")
        house.tokens["zoe"] = Token.issue(db, zoe, Role.COORDINATOR, label="test", now=house.now)


@pytest.mark.usefixtures("workers")
def test_another_site_s_coordinator_sees_and_changes_nothing_here(api: Api) -> None:
    second_site(api.house)
    ids = things(api, "anne")
    assert wait_until(lambda: api.get("/api/deliveries").json()["items"] != [], seconds=10)
    mails = api.get("/api/deliveries", "claire").json()["items"]
    for path in [*INSIDE, *READS]:
        assert api.get(path.format(**ids), "zoe").status_code == 404, path
    for method, path, body in CHANGES:
        answer = api.call(method, path.format(**ids), "zoe", json=body, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    for mail in mails:
        assert api.get(f"/api/deliveries/{mail['id']}", "zoe").status_code == 404
        assert api.get(f"/api/deliveries/{mail['id']}/message", "zoe").status_code == 404
        assert api.post(f"/api/deliveries/{mail['id']}/redelivery", {}, "zoe").status_code == 404
    for path in ("/api/reservations", "/api/activities", "/api/deliveries"):
        assert api.get(path, "zoe").json() == {"items": [], "next": None}, path
    here = {room["id"] for room in api.get("/api/rooms", "anne").json()}
    assert here.isdisjoint(room["id"] for room in api.get("/api/rooms", "zoe").json())
    span = {"from": at(0).start.isoformat(), "to": at(0, 24).end.isoformat()}
    assert all(room["busy"] == [] for room in api.get("/api/rooms/free-busy", "zoe", **span).json())


@pytest.mark.usefixtures("workers")
def test_two_sites_book_their_rooms_of_the_same_name_at_the_same_time(api: Api) -> None:
    second_site(api.house)
    api.book()
    api.book("zoe")
