"""Approvals, options, the waiting list and previews, as an API client sees them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.live import MONDAY, Api, at, when, wish

ASK = "/api/reservations"


def ask(api: Api, who: str = "anne", **changes: Any) -> Any:
    answer = api.post(ASK, wish(**changes), who, prefer="wait=10")
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def pending(api: Api, workers: None) -> Any:
    """A request of Anne's that awaits approval."""
    assert workers is None
    api.house.rule("room", "flexi-16", who_may_book=["coordinators"], who_may_request=["everybody"])
    return ask(api)


def test_a_request_awaits_approval_and_says_so(pending: Any) -> None:
    assert (pending["state"], pending["hold"]) == ("tentative", "approval")
    assert pending["hold_until"] is not None


def test_a_coordinator_approves(api: Api, pending: Any) -> None:
    path = f"{ASK}/{pending['id']}/approval"
    assert api.post(path, {}).status_code == 403
    answer = api.post(path, {"reason": "d'accord"}, "claire", idempotency_key="oui")
    assert (answer.status_code, answer.json()["state"]) == (201, "confirmed")
    assert api.post(path, {"reason": "d'accord"}, "claire", idempotency_key="oui").json()["state"] == "confirmed"
    assert api.post(path, {}, "claire").status_code == 409


def test_a_coordinator_declines_with_a_reason(api: Api, pending: Any) -> None:
    answer = api.post(f"{ASK}/{pending['id']}/refusal", {"reason": "travaux"}, "claire")
    assert (answer.json()["state"], answer.json()["refusal"]) == ("refused", "declined")
    assert api.post(f"{ASK}/{pending['id']}/refusal", {}, "claire").status_code == 409


@pytest.mark.usefixtures("workers")
def test_an_option_is_confirmed_by_its_owner(api: Api) -> None:
    option = ask(api, option_until=(MONDAY - timedelta(days=60)).isoformat())
    assert (option["state"], option["hold"]) == ("tentative", "option")
    path = f"{ASK}/{option['id']}/confirmation"
    assert api.post(path, who="basile").status_code == 403
    assert api.post(path).json()["state"] == "confirmed"
    assert api.post(path).status_code == 409


@pytest.mark.usefixtures("workers")
def test_an_option_beyond_what_the_house_allows_names_the_longest(api: Api) -> None:
    answer = api.post(ASK, wish(option_until=(MONDAY - timedelta(days=1)).isoformat()), prefer="wait=10")
    said = answer.json()
    assert (answer.status_code, said["code"], said["facts"]) == (409, "option_too_long", {"longest_days": 14})
    assert (said["may_override"], list(said["fix"])) == ("coordinator", ["option_until"])


@pytest.mark.usefixtures("workers")
def test_who_waits_is_served_when_something_is_given_back(api: Api) -> None:
    mine = api.book("basile")
    waiting = ask(api, if_taken="wait")
    assert waiting["state"] == "waitlisted"
    api.post(f"{ASK}/{mine['id']}/cancellation", {}, "basile")
    late = api.post(ASK, wish(), "claire", prefer="wait=10")
    assert late.status_code == 409
    assert api.get(f"{ASK}/{waiting['id']}").json()["state"] == "confirmed"


@pytest.mark.usefixtures("workers")
def test_a_preview_decides_without_taking(api: Api) -> None:
    free = api.post(f"{ASK}/preview", wish())
    assert (free.status_code, free.json()["state"]) == (200, "confirmed")
    assert api.house.rows("SELECT FROM reservation") == []
    assert api.house.rows("SELECT FROM occupancy") == []
    api.book("basile")
    taken = api.post(f"{ASK}/preview", wish())
    assert (taken.status_code, taken.json()["code"]) == (409, "room_taken")
    assert taken.json()["alternatives"]
    assert api.house.rows("SELECT FROM reservation WHERE state <> 'confirmed'") == []
    assert api.house.rows("SELECT FROM event WHERE type = 'ReservationRefused'") == []
    assert api.post(f"{ASK}/preview", wish(), "pia").status_code == 403
    assert api.post(f"{ASK}/preview", wish(resources=["grenier"])).status_code == 422


def test_a_preview_counts_whoever_waits_before_it(api: Api) -> None:
    """Nobody has decided yet; the answer is what it would be after them."""
    api.post(ASK, wish(), "basile")
    assert api.post(f"{ASK}/preview", wish()).status_code == 409
    assert api.house.rows("SELECT state FROM reservation")[0].state == "requested"


@pytest.mark.usefixtures("workers")
def test_only_a_coordinator_sets_rules_aside_and_says_why(api: Api) -> None:
    api.house.rule(longest_minutes=60)
    refused = api.post(ASK, wish(), "claire", prefer="wait=10").json()
    assert (refused["code"], refused["may_override"]) == ("too_long", "coordinator")
    assert api.post(ASK, wish(override="parce que"), prefer="wait=10").status_code == 403
    assert ask(api, "claire", override="journée portes ouvertes")["state"] == "confirmed"


@pytest.mark.usefixtures("workers")
def test_booking_for_somebody_else_is_for_whom_policy_allows(api: Api) -> None:
    for_basile = {"on_behalf_of": "basile@example.org"}
    assert api.post(ASK, wish(**for_basile)).status_code == 403
    booked = ask(api, "claire", **for_basile)
    assert booked["requested_by"]["name"] == "Basile"
    stranger = api.post(ASK, wish(on_behalf_of="x@example.org", **when(day=1)), "claire")
    assert (stranger.status_code, stranger.json()["code"]) == (422, "unknown_person")
    assert at(day=0).start.isoformat()[:10] == booked["start"][:10]
