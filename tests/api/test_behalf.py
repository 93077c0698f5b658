"""Booking for somebody else: allowed by policy, refused, for nobody known, and told as such."""

from typing import Any

import pytest

from tests.api.live import Api, wish
from tests.letters.reading import plainly

ASK = "/api/reservations"


def for_basile(**changes: Any) -> dict[str, Any]:
    return wish(on_behalf_of="Basile@example.org", **changes)


@pytest.mark.usefixtures("workers")
def test_a_coordinator_books_for_somebody_whose_reservation_it_then_is(api: Api) -> None:
    answer = api.post(ASK, for_basile(), "claire", prefer="wait=10")
    booked = answer.json()
    assert (answer.status_code, booked["requested_by"]["name"]) == (201, "Basile")
    assert api.patch(f"{ASK}/{booked['id']}", {"title": "Le mien"}, "basile").status_code == 200
    [asked, *_] = api.get(f"{ASK}/{booked['id']}/history", "basile").json()
    assert (asked["by"], asked["on_behalf_of"]) == ("Claire", "Basile")
    assert plainly(asked["sentence"]) == "Claire, pour Basile, a demandé la réservation."


def test_a_trainer_books_for_themselves_only(api: Api) -> None:
    for path, body in ((ASK, for_basile()), (f"{ASK}/preview", for_basile())):
        answer = api.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert api.get(ASK).json()["items"] == []


@pytest.mark.usefixtures("workers")
def test_who_may_book_for_others_is_a_matter_of_policy(api: Api) -> None:
    house = api.house
    house.rule(book_for_others=["group:accueil"])
    api.call("PUT", "/api/groups/accueil", "claire", json={"name": "Accueil", "people": ["anne@example.org"]})
    booked = api.post(ASK, for_basile(), "anne", prefer="wait=10")
    assert (booked.status_code, booked.json()["requested_by"]["name"]) == (201, "Basile")
    assert api.post(ASK, for_basile(), "claire").status_code == 403, "the policy names nobody but the group"


def test_nobody_books_for_a_stranger(api: Api) -> None:
    answer = api.post(ASK, wish(on_behalf_of="inconnu@example.org"), "claire")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_person")
    stranger = api.post(ASK, wish(on_behalf_of="inconnu@example.org"))
    assert stranger.status_code == 403, "who may not book for others learns of nobody whether they are known"
    assert api.post(ASK, wish(on_behalf_of="pas une adresse"), "claire").json()["code"] == "invalid_input"


@pytest.mark.usefixtures("workers")
def test_for_oneself_everybody_may_book(api: Api) -> None:
    answer = api.post(ASK, wish(on_behalf_of="anne@example.org"), prefer="wait=10")
    assert answer.status_code == 201
    [asked, *_] = api.get(f"{ASK}/{answer.json()['id']}/history").json()
    assert asked["on_behalf_of"] is None


@pytest.mark.usefixtures("workers")
def test_a_series_is_booked_for_somebody_too(api: Api) -> None:
    body = {
        "title": "Club",
        "resources": ["flexi-16"],
        "start": "2027-11-09T14:00",
        "end": "2027-11-09T16:00",
        "zone": "Europe/Paris",
        "rule": "FREQ=WEEKLY;COUNT=2",
        "on_behalf_of": "basile@example.org",
    }
    dates = api.post("/api/series", body, "claire", prefer="wait=10").json()["dates"]
    assert {date["requested_by"]["name"] for date in dates} == {"Basile"}
    assert api.post("/api/series", body, "anne").status_code == 403


@pytest.mark.usefixtures("workers")
def test_the_rules_are_those_of_the_owner_s_group(api: Api) -> None:
    """A coordinator asks nobody; but what Basile's group may not do at all, nobody does for him by the way."""
    house = api.house
    api.call("PUT", "/api/groups/stage", "claire", json={"name": "Stage", "people": ["basile@example.org"]})
    house.rule("group", "stage", longest_minutes=60)
    refused = api.post(ASK, for_basile(), "claire", prefer="wait=10")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_long")
    assert api.post(ASK, for_basile(override="exception"), "claire", prefer="wait=10").status_code == 201
