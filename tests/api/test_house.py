"""How the house is run, through the API: versions, who may, and what is wrong with what was sent."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.live import MONDAY, Api, when, wish

SITE = "/api/policies/site/site"
ROOM = "/api/policies/room/flexi-16"


def put(api: Api, path: str, body: Any, who: str = "claire", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.call("PUT", path, who, json=body, headers={"if-match": "*"} | named)


def test_a_policy_has_versions_and_the_newest_is_in_force(api: Api) -> None:
    first = put(api, SITE, {"knobs": {"lead_minutes": 60}, "reason": "essai"}, if_match='"v0"')
    assert (first.status_code, first.headers["etag"]) == (200, '"v1"')
    second = put(api, SITE, {"knobs": {"lead_minutes": 30}}, if_match='"v1"')
    assert second.json()["version"] == 2
    stale = put(api, SITE, {"knobs": {}}, if_match='"v1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    versions = api.get(SITE).json()
    assert [(v["version"], v["knobs"]["lead_minutes"], v["reason"]) for v in versions] == [
        (2, 30, ""),
        (1, 60, "essai"),
    ]
    assert [(p["scope"], p["version"]) for p in api.get("/api/policies").json()] == [("site", 2)]


@pytest.mark.usefixtures("workers")
def test_a_policy_goes_for_the_next_decision(api: Api) -> None:
    api.book()
    put(api, ROOM, {"knobs": {"longest_minutes": 60}})
    refused = api.post("/api/reservations", wish(**when(day=1)), prefer="wait=10")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_long")
    put(api, ROOM, {"knobs": {}})
    assert api.book(**when(day=1))["state"] == "confirmed"


def test_policies_are_for_coordinators(api: Api) -> None:
    assert put(api, SITE, {"knobs": {}}, "anne").status_code == 403
    assert put(api, SITE, {"knobs": {}}, "pia").status_code == 403
    assert api.get("/api/policies", "pia").status_code == 403
    assert api.call("PUT", SITE, "claire", json={"knobs": {}}).status_code == 428


@pytest.mark.parametrize(
    "knobs",
    [
        {"bogus": 1},
        {"lead_minutes": -1},
        {"lead_minutes": "bientôt"},
        {"opening": {"monday": ["18:00-09:00"]}},
        {"opening": {"lundi": []}},
        {"layouts": {}},  # of a room, not of the site
        {"person_quota": {"hours_per_week": 10**9}},
        {"who_may_book": ["le chat"]},
    ],
)
def test_what_is_wrong_with_a_policy_is_said(api: Api, knobs: dict[str, Any]) -> None:
    answer = put(api, SITE, {"knobs": knobs})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_policy")
    assert answer.json()["problems"]
    assert api.get(SITE).json() == []


def test_a_policy_for_what_is_not_there_is_not_found(api: Api) -> None:
    assert put(api, "/api/policies/room/grenier", {"knobs": {}}).status_code == 404
    assert put(api, "/api/policies/group/personne", {"knobs": {}}).status_code == 404
    assert put(api, "/api/policies/roof/x", {"knobs": {}}).status_code == 422


@pytest.mark.usefixtures("workers")
def test_nothing_is_booked_while_the_house_is_closed(api: Api) -> None:
    closure = api.post("/api/closures", {"reason": "Fermeture annuelle", **when(0, 24)}, "claire")
    assert closure.status_code == 201
    refused = api.post("/api/reservations", wish(), prefer="wait=10")
    assert (refused.status_code, refused.json()["code"]) == (409, "site_closed")
    assert [c["reason"] for c in api.get("/api/closures").json()] == ["Fermeture annuelle"]
    assert [c["reason"] for c in api.get("/api/closures", "pia").json()] == [""]
    path = f"/api/closures/{closure.json()['id']}"
    assert api.call("DELETE", path, "anne").status_code == 403
    assert api.call("DELETE", path, "claire").status_code == 204
    assert api.call("DELETE", path, "claire").status_code == 404
    assert api.book()["state"] == "confirmed"


@pytest.mark.usefixtures("workers")
def test_a_trainer_says_when_they_are_away(api: Api) -> None:
    slug = api.house.trainer("basile")
    away = {"resource": slug, "reason": "congé", **when(0, 24)}
    assert api.post("/api/closures", away, "anne").status_code == 403
    assert api.post("/api/closures", {**away, "resource": "flexi-16"}, "basile").status_code == 403
    assert api.post("/api/closures", away, "basile").status_code == 201
    refused = api.post("/api/reservations", wish(resources=["flexi-16", slug]), prefer="wait=10")
    assert (refused.status_code, refused.json()["code"]) == (409, "unavailable")
    assert api.book()["state"] == "confirmed"


@pytest.mark.usefixtures("workers")
def test_the_school_calendar_is_corrected(api: Api) -> None:
    put(api, SITE, {"knobs": {"on_school_holidays": "forbid"}})
    day = MONDAY.date()
    days = {"zone": "B", "first_day": str(day), "last_day": str(day + timedelta(days=1)), "name": "Pont"}
    added = api.post("/api/school-holidays", days, "claire")
    assert added.status_code == 201
    refused = api.post("/api/reservations", wish(), prefer="wait=10")
    assert (refused.json()["code"], refused.json()["facts"]["holiday"]) == ("school_holiday", "Pont")
    assert len(api.get("/api/school-holidays").json()) == 1
    assert api.call("DELETE", f"/api/school-holidays/{added.json()['id']}", "claire").status_code == 204
    assert api.post("/api/school-holidays", {**days, "last_day": "2020-01-01"}, "claire").status_code == 422
    assert api.post("/api/school-holidays", days, "anne").status_code == 403


@pytest.mark.usefixtures("workers")
def test_a_group_has_rules_of_its_own(api: Api) -> None:
    put(api, SITE, {"knobs": {"longest_minutes": 60}})
    made = api.call("PUT", "/api/groups/equipe", "claire", json={"name": "L'équipe", "people": ["anne@example.org"]})
    assert (made.status_code, made.json()["people"]) == (200, ["anne@example.org"])
    put(api, "/api/policies/group/equipe", {"knobs": {"longest_minutes": 600}})
    assert api.book()["state"] == "confirmed"
    assert api.post("/api/reservations", wish(**when(day=1)), "basile", prefer="wait=10").status_code == 409
    assert [g["slug"] for g in api.get("/api/groups", "claire").json()] == ["equipe"]
    assert api.get("/api/groups").status_code == 403
    unknown = api.call("PUT", "/api/groups/equipe", "claire", json={"name": "x", "people": ["x@example.org"]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_person")


def test_a_room_is_found_with_the_reasons(api: Api) -> None:
    wanted = {"people": 12, "sessions": 3, "parts": ["morning"], "weekdays": [1, 2, 3, 4, 5]}
    span = {"from": str(MONDAY.date()), "before": str(MONDAY.date() + timedelta(days=14))}
    found = api.post("/api/search", wanted | span).json()
    best = found[0]
    assert [m["room"]["slug"] for m in best["meetings"]] == ["flexi-16"] * 3
    assert best["reasons"][0]["sentence"]
    assert [f["score"] for f in found] == sorted((f["score"] for f in found), reverse=True)
    english = api.post("/api/search", wanted | span, accept_language="en").json()
    assert english[0]["reasons"][0]["sentence"] != best["reasons"][0]["sentence"]


@pytest.mark.parametrize(
    "changes",
    [
        {"before": str(MONDAY.date())},
        {"before": str(MONDAY.date() + timedelta(days=400))},
        {"sessions": 0},
        {"sessions": 41},
        {"weekdays": [8]},
        {"parts": []},
        {"minutes": 1},
        {"trainers": ["personne"]},
        {"equipment": {"tablettes": 3}},
    ],
)
def test_a_search_that_makes_no_sense_is_explained(api: Api, changes: dict[str, Any]) -> None:
    span = {"from": str(MONDAY.date()), "before": str(MONDAY.date() + timedelta(days=14))}
    assert api.post("/api/search", span | changes).status_code == 422
    assert api.post("/api/search", span, "pia").status_code == 403


@pytest.mark.parametrize(("first", "before"), [("0001-01-01", "0001-01-03"), ("9999-12-30", "9999-12-31")])
def test_the_ends_of_all_calendars_are_no_days_to_look_for(api: Api, first: str, before: str) -> None:
    assert api.post("/api/search", {"from": first, "before": before}).status_code == 422
    days = {"first_day": first, "last_day": before, "name": "Pont"}
    assert api.post("/api/school-holidays", days, "claire").status_code == 422
