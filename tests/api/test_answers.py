"""Answers, proposals, newcomers and aliases, as an API client sees them."""

from datetime import datetime
from typing import Any

import pytest

from deploy.processes import wait_until
from shared.itip.incoming import Party
from tests.answering.inbound import YANN, ZOE, Answers
from tests.api.live import Api, at, when
from tests.post_office import PostOffice

LEA = "lea@college.example"
ASK = "/api/reservations"


@pytest.fixture
def answers(api: Api) -> Answers:
    return Answers(api.house, PostOffice(api.house))


@pytest.fixture
def mine(api: Api, workers: None) -> int:
    """A meeting of Anne's, from 9 to 12, to which Zoé and Yann were invited."""
    assert workers is None
    booked: int = api.book(attendees=[{"address": ZOE, "name": "Zoé"}, {"address": YANN}])["id"]
    assert wait_until(lambda: bool(api.house.rows("SELECT FROM delivery WHERE method = 'REQUEST'")), seconds=10)
    return booked


def propose(answers: Answers, meeting: int, start: float = 14, end: float = 17, who: str = ZOE) -> None:
    slot = at(start, end)
    component = answers.component(meeting, Party(who, partstat="TENTATIVE"), start=slot.start, end=slot.end)
    assert answers.send(who, "COUNTER", component).code == "proposed"


def people(api: Api, meeting: int) -> dict[str, Any]:
    return {one["address"]: one for one in api.get(f"{ASK}/{meeting}/attendees").json()}


def test_the_list_says_who_answered_what(api: Api, answers: Answers, mine: int) -> None:
    answers.reply(mine, ZOE, "DECLINED", comment="En stage")
    answers.reply(mine, YANN, "DELEGATED", delegated_to=(LEA,))
    shown = people(api, mine)
    assert (shown[ZOE]["partstat"], shown[ZOE]["comment"], shown[ZOE]["dates"]) == ("DECLINED", "En stage", [])
    assert datetime.fromisoformat(shown[ZOE]["answered_at"]) == api.house.now
    assert (shown[YANN]["partstat"], shown[YANN]["delegated_to"]) == ("DELEGATED", LEA)
    assert shown[ZOE]["undeliverable_at"] is None
    sentences = [fact["sentence"] for fact in api.get(f"{ASK}/{mine}/history").json()]
    assert "Une des personnes invitées a décliné." in sentences
    assert api.get(f"{ASK}/{mine}/attendees", "basile").status_code == 403


@pytest.mark.usefixtures("workers")
def test_dates_of_a_series_are_answered_for_themselves(api: Api, answers: Answers) -> None:
    start = at(9).start
    wish = {"title": "Club", "resources": ["flexi-16"], "rule": "FREQ=WEEKLY;COUNT=3", "zone": "Europe/Paris"}
    times = {"start": f"{start:%Y-%m-%dT09:00}", "end": f"{start:%Y-%m-%dT11:00}"}
    asked = api.post("/api/series", wish | times | {"attendees": [{"address": ZOE}]}, prefer="wait=10").json()
    second = api.house.reservation(asked["dates"][1]["id"])
    assert wait_until(lambda: bool(api.house.rows("SELECT FROM delivery WHERE method = 'REQUEST'")), seconds=10)
    head = api.house.rows("SELECT head_id FROM series")[0].head_id
    answers.reply(head, ZOE, "DECLINED", recurrence_id=second.recurs_at)
    [own] = people(api, second.id)[ZOE]["dates"]
    assert (own["partstat"], datetime.fromisoformat(own["recurs_at"])) == ("DECLINED", second.recurs_at)
    body = {"partstat": "ACCEPTED", "only_this_date": True}
    zoe = people(api, second.id)[ZOE]["id"]
    noted = api.post(f"{ASK}/{second.id}/attendees/{zoe}/answer", body)
    assert (noted.status_code, noted.json()["dates"][0]["partstat"]) == (201, "ACCEPTED")
    sentences = [fact["sentence"] for fact in api.get(f"{ASK}/{second.id}/history").json()]
    assert any("Anne a noté la réponse" in sentence and "pour la date du" in sentence for sentence in sentences)


def test_an_owner_notes_what_was_said_on_the_telephone(api: Api, mine: int) -> None:
    zoe = people(api, mine)[ZOE]["id"]
    path = f"{ASK}/{mine}/attendees/{zoe}/answer"
    body = {"partstat": "TENTATIVE", "comment": "Rappelle lundi"}
    said = api.post(path, body, idempotency_key="appel")
    assert (said.status_code, said.json()["partstat"], said.json()["comment"]) == (201, "TENTATIVE", "Rappelle lundi")
    assert api.post(path, body, idempotency_key="appel").json() == said.json()
    assert api.post(path, body | {"comment": ""}, idempotency_key="appel").status_code == 422
    assert api.house.history(mine).count("AnswerNoted") == 1
    assert api.post(path, body, "basile").status_code == 403
    assert api.post(path, {"partstat": "NEEDS-ACTION"}).status_code == 422
    assert api.post(path, {"partstat": "ACCEPTED", "comment": "x" * 2001}).status_code == 422
    assert api.post(path, body | {"only_this_date": True}).status_code == 409
    assert api.post(f"{ASK}/{mine}/attendees/99/answer", body).status_code == 404


def test_an_accepted_proposal_moves_the_reservation(api: Api, answers: Answers, mine: int) -> None:
    propose(answers, mine)
    [shown] = api.get(f"{ASK}/{mine}/proposals").json()
    assert (shown["state"], shown["is_free"], shown["obstacle"]) == ("open", True, None)
    assert (shown["attendee"]["name"], shown["reservation"]) == ("Zoé", mine)
    path = f"{ASK}/{mine}/proposals/{shown['id']}"
    assert api.post(f"{path}/acceptance", who="basile").status_code == 403
    moved = api.post(f"{path}/acceptance", prefer="wait=10", idempotency_key="oui")
    assert (moved.status_code, datetime.fromisoformat(moved.json()["start"])) == (200, at(14, 17).start)

    def is_told() -> bool:
        return bool(api.get(f"{ASK}/{mine}/proposals").json()[0]["state"] == "accepted")

    assert wait_until(is_told, seconds=10)
    assert api.house.rows("SELECT sequence FROM invitation") == [(1,)]
    again = api.post(f"{path}/acceptance", prefer="wait=10", idempotency_key="oui")
    assert (again.status_code, api.house.history(mine).count("MoveRequested")) == (200, 1)
    assert api.post(f"{path}/acceptance").status_code == 409
    assert api.post(f"{path}/refusal").status_code == 409


def test_an_accepted_proposal_that_conflicts_is_told_and_can_be_declined(api: Api, answers: Answers, mine: int) -> None:
    api.book("basile", **when(14, 17))
    propose(answers, mine)
    [shown] = api.get(f"{ASK}/{mine}/proposals").json()
    assert (shown["is_free"], shown["obstacle"]["code"]) == (False, "room_taken")
    assert shown["alternatives"][0]["resources"]
    path = f"{ASK}/{mine}/proposals/{shown['id']}"
    refused = api.post(f"{path}/acceptance", prefer="wait=10")
    assert (refused.status_code, refused.json()["code"]) == (409, "room_taken")
    assert api.get(f"{ASK}/{mine}/proposals").json()[0]["state"] == "open"
    body = {"reason": "La salle est prise"}
    declined = api.post(f"{path}/refusal", body, idempotency_key="non")
    assert (declined.status_code, declined.json()["state"]) == (201, "declined")
    assert api.post(f"{path}/refusal", body, idempotency_key="non").status_code == 201
    assert [d["method"] for d in api.get("/api/deliveries", "claire").json()["items"]].count("DECLINECOUNTER") == 1


def test_without_waiting_an_acceptance_is_taken_and_decided_later(api: Api, answers: Answers) -> None:
    mine = api.house.confirmed("flexi-16", at=at(), guests=[ZOE])
    api.house.announce()
    propose(answers, mine)
    path = f"{ASK}/{mine}/proposals/1"
    taken = api.post(f"{path}/acceptance")
    assert (taken.status_code, taken.json()["moving_to"]["start"][:13]) == (202, f"{at(14, 17).start:%Y-%m-%dT%H}")
    assert api.get(f"{ASK}/{mine}/proposals").json()[0]["state"] == "being_decided"
    assert api.post(f"{path}/refusal").json()["code"] == "wrong_state"
    assert api.post(f"{ASK}/{mine}/proposals/99/acceptance").status_code == 404
    assert api.get(f"{ASK}/{mine}/proposals", "basile").status_code == 403


def test_newcomers_are_admitted_recognised_or_dismissed(api: Api, answers: Answers, mine: int) -> None:
    for address in (LEA, "x@college.example"):
        answers.reply(mine, address, comment="Je peux ?")
    answers.reply(mine, ZOE, sender="zoe@mail.example")
    shown = api.get(f"{ASK}/{mine}/newcomers").json()
    assert [(one["address"], one["speaks_for"]) for one in shown] == [
        ("zoe@mail.example", ZOE),
        ("x@college.example", ""),
        (LEA, ""),
    ]
    zoe, stranger, lea = (f"{ASK}/{mine}/newcomers/{one['id']}" for one in shown)
    assert api.post(f"{lea}/admission", who="basile").status_code == 403
    admitted = api.post(f"{lea}/admission", idempotency_key="oui")
    assert (admitted.status_code, admitted.json()["state"]) == (201, "admitted")
    assert api.post(f"{lea}/admission", idempotency_key="oui").status_code == 201
    assert api.post(f"{lea}/admission").status_code == 409
    assert people(api, mine)[LEA]["partstat"] == "ACCEPTED"
    assert api.post(f"{zoe}/admission", {"as_attendee": 99}).status_code == 404
    assert api.post(f"{zoe}/admission", {"as_attendee": 0}).status_code == 422
    assert api.post(f"{zoe}/admission", {"as_attendee": people(api, mine)[ZOE]["id"]}).status_code == 201
    assert people(api, mine)[ZOE]["partstat"] == "ACCEPTED"
    assert api.post(f"{stranger}/dismissal").json()["state"] == "dismissed"
    assert api.get(f"{ASK}/{mine}/newcomers", "basile").status_code == 403
    assert [alias["address"] for alias in api.get("/api/aliases", "claire").json()] == ["zoe@mail.example"]


def test_coordinators_keep_the_aliases(api: Api) -> None:
    body = {"address": "Zoe@Mail.example", "means": ZOE}
    assert api.post("/api/aliases", body).status_code == 403
    assert api.get("/api/aliases").status_code == 403
    made = api.post("/api/aliases", body, "claire", idempotency_key="alias")
    assert (made.status_code, made.json()["address"]) == (201, "zoe@mail.example")
    assert api.post("/api/aliases", body, "claire").json() == made.json()
    assert api.post("/api/aliases", {"address": ZOE, "means": ZOE}, "claire").json()["code"] == "same_address"
    assert api.post("/api/aliases", {"address": "zoe", "means": ZOE}, "claire").status_code == 422
    assert api.get("/api/aliases", "claire", after=made.json()["id"]).json() == []
    path = f"/api/aliases/{made.json()['id']}"
    assert api.call("DELETE", path, "anne").status_code == 403
    assert api.call("DELETE", path, "claire").status_code == 204
    assert api.call("DELETE", path, "claire").status_code == 404
    told = [fact["sentence"] for fact in api.get("/api/audit", "claire", subject="alias").json()["items"]]
    assert any("zoe@mail.example" in sentence for sentence in told)
