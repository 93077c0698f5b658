"""What was booked by inviting a room, as the API shows it, and what of it the API may change."""

import pytest

from deploy.processes import wait_until
from shared.itip.incoming import Party
from tests.api.live import Api, at, when
from tests.attendant.organizers import Calendars, Entry

pytestmark = pytest.mark.usefixtures("workers")
LEDGER = "/api/deliveries"


def answered(api: Api, entry: Entry) -> None:
    """The room is invited, and its answer has left."""
    Calendars(api.house).send(entry)

    def has_left() -> bool:
        found = api.get(LEDGER, "claire", recipient=entry.organizer.address, state="sent").json()["items"]
        return any(mail["method"] == "REPLY" for mail in found)

    assert wait_until(has_left, seconds=10)


def test_it_is_cancelled_here_and_moved_only_where_it_came_from(api: Api) -> None:
    answered(api, Entry(at=at()))
    [booked] = api.get("/api/reservations").json()["items"]
    path = f"/api/reservations/{booked['id']}"
    for who in ("anne", "claire"):
        refused = api.patch(path, when(14, 15), who)
        assert (refused.status_code, refused.json()["code"]) == (409, "external_entry")
        assert "calendar that it came from" in refused.json()["detail"]
    guest = api.post(f"{path}/attendees", {"attendees": [{"address": "x@example.org"}]})
    assert (guest.status_code, guest.json()["code"]) == (409, "external_entry")
    assert api.patch(path, {"title": "Autrement dit"}).status_code == 200
    assert api.post(f"{path}/cancellation").status_code == 201

    def has_declined() -> bool:
        return [mail["method"] for mail in api.get(LEDGER).json()["items"]] == ["REPLY", "REPLY"]

    assert wait_until(has_declined, seconds=10)


def test_a_series_of_somebodys_calendar_is_not_moved_here(api: Api) -> None:
    answered(api, Entry(at=at(), rooms=("flexi-16",), more={"rule": "FREQ=WEEKLY;COUNT=3"}))
    booked = api.get("/api/reservations").json()["items"]
    path = f"/api/series/{booked[0]['series']}"
    for change in ({"start": "18:00", "end": "19:00"}, {"resources": ["flexi-19"]}):
        refused = api.patch(path, change)
        assert (refused.status_code, refused.json()["code"]) == (409, "external_entry"), refused.text
    assert api.post(f"{path}/cancellation").status_code == 201


def test_what_a_room_said_to_a_stranger_is_for_coordinators(api: Api) -> None:
    answered(api, Entry(at=at(), organizer=Party("eve@elsewhere.example")))
    [mail] = api.get(LEDGER, "claire").json()["items"]
    assert (mail["reservation"], mail["method"], mail["recipient"]) == (None, "REPLY", "eve@elsewhere.example")
    assert api.get(f"{LEDGER}/{mail['id']}/message", "claire").status_code == 200
    assert api.get(LEDGER).json()["items"] == []
    assert api.get(f"{LEDGER}/{mail['id']}").status_code == 404
    [told] = api.get("/api/audit", "claire", subject="entry").json()["items"]
    assert told["type"] == "InvitationsQueued"
    assert "réponse" in told["sentence"]
