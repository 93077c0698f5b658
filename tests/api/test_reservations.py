"""Asking for rooms: the answers, before and after the decision."""

from datetime import datetime

import pytest

from tests.api.live import Api, at, when, wish

ASK = "/api/reservations"


def test_a_request_is_accepted_and_says_where_to_look(api: Api) -> None:
    answer = api.post(ASK, wish())
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/reservations/{answer.json()['id']}"
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["state"] == "requested"
    assert api.get(answer.headers["location"]).json() == answer.json()


@pytest.mark.usefixtures("workers")
def test_who_waits_is_told_of_the_confirmation(api: Api) -> None:
    answer = api.post(ASK, wish(), prefer="wait=10")
    assert answer.status_code == 201
    assert answer.headers["preference-applied"] == "wait"
    assert answer.headers["etag"] == f'"v{answer.json()["version"]}"'
    assert "retry-after" not in answer.headers
    assert answer.json()["state"] == "confirmed"
    assert answer.json()["decided_at"]


def test_waiting_ends_when_nobody_decides(api: Api) -> None:
    answer = api.post(ASK, wish(), prefer="wait=1")
    assert answer.status_code == 202
    assert "preference-applied" not in answer.headers
    assert answer.headers["retry-after"] == "1"


@pytest.mark.usefixtures("workers")
def test_a_refusal_names_what_stands_in_the_way_and_what_is_free_instead(api: Api) -> None:
    first = api.book("basile", title="Jury")
    answer = api.post(ASK, wish(), prefer="wait=10")
    problem = answer.json()
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["preference-applied"] == "wait"
    assert answer.headers["location"] == f"/api/reservations/{problem['reservation']['id']}"
    assert (problem["code"], problem["status"], problem["type"]) == ("room_taken", 409, "about:blank")
    [conflict] = problem["conflicts"]
    assert conflict["reservation"] == first["id"]
    assert (conflict["title"], conflict["requested_by"]) == ("Jury", "Basile")
    assert conflict["room"] == {"slug": "flexi-16", "name": "Flexi 16"}
    assert (conflict["start"], conflict["end"]) == (first["start"], first["end"])
    assert problem["reservation"]["state"] == "refused"
    assert 1 <= len(problem["alternatives"]) <= 3


@pytest.mark.usefixtures("workers")
def test_every_alternative_can_really_be_booked(api: Api) -> None:
    api.book("basile")
    refused = api.post(ASK, wish(people=12), prefer="wait=10").json()
    rooms = [[room["slug"] for room in a["resources"]] for a in refused["alternatives"]]
    assert ["flexi-16"] in rooms, "another time of the same room"
    assert ["escapelab"] not in rooms, "too small for twelve"
    for offer, resources in zip(refused["alternatives"], rooms, strict=True):
        api.book(resources=resources, start=offer["start"], end=offer["end"], people=12)


@pytest.mark.usefixtures("workers")
def test_a_refusal_is_told_in_the_language_asked_for(api: Api) -> None:
    api.book()
    french = api.post(ASK, wish(), prefer="wait=10").json()
    english = api.post(ASK, wish(), prefer="wait=10", accept_language="en-GB").json()
    assert french["detail"] == "Cet espace est déjà réservé à ce moment-là."
    assert english["detail"] == "This room is already booked at that time."


@pytest.mark.usefixtures("workers")
def test_rules_refuse_with_their_own_codes(api: Api) -> None:
    crowd = api.post(ASK, wish(people=17), prefer="wait=10")
    past = api.post(ASK, wish(**when(day=-100)), prefer="wait=10")
    assert (crowd.status_code, crowd.json()["code"]) == (409, "too_many_people")
    assert "flexi-19" in {a["resources"][0]["slug"] for a in crowd.json()["alternatives"]}
    assert (past.status_code, past.json()["code"]) == (409, "in_the_past")
    api.book("claire", **when(day=-100))


@pytest.mark.usefixtures("workers")
def test_two_rooms_are_given_both_or_neither(api: Api) -> None:
    api.book(resources=["flexi-36"])
    both = api.post(ASK, wish(resources=["flexi-16", "flexi-36"]), prefer="wait=10")
    assert both.status_code == 409
    assert [c["room"]["slug"] for c in both.json()["conflicts"]] == ["flexi-36"]
    api.book("basile", resources=["flexi-16"])


@pytest.mark.usefixtures("workers")
def test_the_other_half_of_the_morning_is_still_free(api: Api) -> None:
    api.book(**when(9, 10))
    api.book("basile", **when(10, 12))


def test_a_cancelled_request_needs_no_decision(api: Api) -> None:
    waiting = api.post(ASK, wish()).json()
    answer = api.post(f"{ASK}/{waiting['id']}/cancellation", {"reason": "reporté"})
    assert (answer.status_code, answer.json()["state"]) == (201, "cancelled")
    assert api.house.decide() == []


@pytest.mark.usefixtures("workers")
def test_a_cancellation_frees_the_room_at_once_and_happens_once(api: Api) -> None:
    booked = api.book()
    path = f"{ASK}/{booked['id']}/cancellation"
    assert api.post(path, {"reason": "malade"}).status_code == 201
    again = api.post(path, {"reason": "malade"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    api.book("basile")


@pytest.mark.usefixtures("workers")
def test_history_tells_everything_in_order(api: Api) -> None:
    booked = api.book()
    path = f"{ASK}/{booked['id']}"
    api.patch(path, {"title": "Autre titre"})
    api.patch(path, when(14, 16), prefer="wait=10")
    api.post(f"{path}/attendees", {"attendees": [{"address": "eleve@college.example"}]})
    api.post(f"{path}/cancellation", {"reason": "grève"})
    history = [e for e in api.get(f"{path}/history").json() if e["type"] != "InvitationsQueued"]
    assert [event["type"] for event in history] == [
        "ReservationRequested",
        "ReservationConfirmed",
        "ReservationDescribed",
        "MoveRequested",
        "ReservationMoved",
        "AttendeesInvited",
        "ReservationCancelled",
    ]
    assert history[0]["by"] == "Anne"
    assert history[1]["by"] is None, "decided by Créneau itself"
    assert history[-1]["data"] == {"reason": "grève"}
    assert [e["id"] for e in history] == sorted(e["id"] for e in history)


@pytest.mark.usefixtures("workers")
def test_free_busy_shows_the_day_room_by_room(api: Api) -> None:
    morning, later = api.book(**when(9, 10)), api.book("basile", **when(14, 15))
    day = at(0, 24)
    rooms = api.get("/api/rooms/free-busy", **{"from": day.start.isoformat(), "to": day.end.isoformat()}).json()
    assert len(rooms) == 5
    [flexi] = [room for room in rooms if room["slug"] == "flexi-16"]
    assert [busy["reservation"] for busy in flexi["busy"]] == [morning["id"], later["id"]]
    starts = [datetime.fromisoformat(item["start"]) for item in (*flexi["busy"], morning, later)]
    assert starts[:2] == starts[2:]
    narrow = {"from": at(10, 14).start.isoformat(), "to": at(10, 14).end.isoformat(), "room": ["flexi-16", "flexi-36"]}
    assert [room["busy"] for room in api.get("/api/rooms/free-busy", **narrow).json()] == [[], []]


def test_rooms_say_that_their_seats_are_only_assumed(api: Api) -> None:
    rooms = {room["slug"]: room for room in api.get("/api/rooms").json()}
    assert {slug: room["seats"] for slug, room in rooms.items()} == {
        "espace-ouvert": 30,
        "flexi-16": 16,
        "flexi-19": 19,
        "flexi-36": 36,
        "escapelab": 8,
    }
    assert all(room["seats_are_assumed"] and room["is_open"] for room in rooms.values())
