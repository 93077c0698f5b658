"""The ledger of mails, as its readers see it."""

from email import message_from_bytes

import pytest

from deploy.processes import wait_until
from tests.api.live import Api, wish

LEDGER = "/api/deliveries"

pytestmark = pytest.mark.usefixtures("workers")


def invited(api: Api, *guests: str, who: str = "anne") -> int:
    """A reservation whose guests were all written to."""
    booked = api.book(who, attendees=[{"address": guest} for guest in guests])
    mails = len(guests) + 1  # who holds it gets one too

    def all_sent() -> bool:
        return len(api.get(LEDGER, who, reservation=booked["id"], state="sent").json()["items"]) == mails

    assert wait_until(all_sent, seconds=10), api.get(LEDGER, who).text
    return int(booked["id"])


def test_the_ledger_tells_what_went_to_whom(api: Api) -> None:
    reservation = invited(api, "eleve@college.example")
    [mail] = api.get(LEDGER, recipient="Eleve@College.example").json()["items"]
    assert (mail["reservation"], mail["method"], mail["state"], mail["attempts"]) == (reservation, "REQUEST", "sent", 1)
    assert mail["sent_at"]
    assert api.get(f"{LEDGER}/{mail['id']}").json() == mail


def test_the_mail_is_shown_as_it_was_sent(api: Api) -> None:
    invited(api, "eleve@college.example")
    [mail] = api.get(LEDGER, recipient="eleve@college.example").json()["items"]
    answer = api.get(f"{LEDGER}/{mail['id']}/message")
    assert answer.headers["content-type"] == "message/rfc822"
    message = message_from_bytes(answer.content)
    assert message["To"] == "eleve@college.example"
    assert any(part.get_content_type() == "text/calendar" for part in message.walk())


def test_a_mail_is_sent_again_when_asked_for(api: Api) -> None:
    invited(api, "eleve@college.example")
    [mail] = api.get(LEDGER, recipient="eleve@college.example").json()["items"]
    path = f"{LEDGER}/{mail['id']}"
    before = api.get(f"{path}/message").content
    first, again = (api.post(f"{path}/redelivery", idempotency_key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()

    def sent_twice() -> bool:
        shown = api.get(path).json()
        return shown["state"] == "sent" and shown["sent_at"] > mail["sent_at"]

    assert wait_until(sent_twice, seconds=10), api.get(path).text
    assert api.get(f"{path}/message").content == before


def test_one_sees_the_mails_of_one_s_own_and_a_coordinator_all(api: Api) -> None:
    invited(api, "eleve@college.example", who="basile")
    mails = api.get(LEDGER, "claire").json()["items"]
    assert len(mails) == 2
    assert api.get(LEDGER, "anne").json()["items"] == []
    path = f"{LEDGER}/{mails[0]['id']}"
    assert {api.get(f"{path}{more}").status_code for more in ("", "/message")} == {404}
    assert api.post(f"{path}/redelivery").status_code == 404
    assert api.post(f"{path}/redelivery", {}, "pia").status_code == 403


def test_the_ledger_has_pages_too(api: Api) -> None:
    invited(api, "a@college.example", "b@college.example", "c@college.example")
    found: list[int] = []
    answer = api.get(LEDGER, limit=3)
    found += [mail["id"] for mail in answer.json()["items"]]
    answer = api.call("GET", answer.links["next"]["url"])
    found += [mail["id"] for mail in answer.json()["items"]]
    assert (len(found), found) == (4, sorted(found, reverse=True))
    assert "next" not in answer.links


def test_one_id_leads_from_the_request_to_the_mail(api: Api) -> None:
    given = "festival-2027.42"
    answer = api.call(
        "POST",
        "/api/reservations",
        json=wish(attendees=[{"address": "eleve@college.example"}]),
        headers={"X-Request-ID": given, "Prefer": "wait=10"},
    )
    assert answer.headers["x-request-id"] == given
    reservation = answer.json()["id"]
    assert wait_until(lambda: api.house.rows("SELECT 1 FROM delivery") != [], seconds=10)
    history = api.get(f"/api/reservations/{reservation}/history").json()
    assert {event["correlation_id"] for event in history} == {given}
    assert {row[0] for row in api.house.rows("SELECT correlation_id FROM delivery")} == {given}
