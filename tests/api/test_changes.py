"""Changing what is booked: only what one has read, and a move that fails changes nothing."""

import pytest

from tests.api.live import Api, when, wish

ASK = "/api/reservations"


def test_a_change_has_to_say_what_it_changes(api: Api) -> None:
    path = api.post(ASK, wish()).headers["location"]
    answer = api.call("PATCH", path, json={"title": "Autre"})
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
    assert api.get(path).json()["title"] == wish()["title"]


def test_of_two_changes_of_one_version_the_second_is_refused(api: Api) -> None:
    path = api.post(ASK, wish()).headers["location"]
    read = api.get(path).headers["etag"]
    first = api.patch(path, {"title": "Le premier"}, if_match=read)
    second = api.patch(path, {"title": "Le second"}, if_match=read)
    assert first.status_code in {200, 202}
    assert (second.status_code, second.json()["code"]) == (412, "stale_version")
    assert api.get(path).json()["title"] == "Le premier"
    assert api.patch(path, {"title": "Le second"}, if_match=first.headers["etag"]).json()["title"] == "Le second"


@pytest.mark.parametrize("etag", ['"v1"', 'W/"v1"', "*"])
def test_if_match_in_all_its_forms(api: Api, etag: str) -> None:
    path = api.post(ASK, wish()).headers["location"]
    assert api.patch(path, {"title": "Autre"}, if_match=etag).json()["title"] == "Autre"


@pytest.mark.parametrize("etag", ["v1", '"1"', "", '"v-1"', f'"v{"9" * 40}"', '"v1", "v2"', "x" * 101, '"v٣"'])
def test_an_etag_that_is_not_ours_matches_nothing(api: Api, etag: str) -> None:
    path = api.post(ASK, wish()).headers["location"]
    answer = api.call("PATCH", path, json={"title": "Autre"}, headers={"If-Match": etag.encode()})
    assert answer.status_code == 422
    assert answer.json()["code"] in {"bad_etag", "invalid_input"}


@pytest.mark.usefixtures("workers")
def test_words_change_at_once_and_a_booking_stays_confirmed(api: Api) -> None:
    booked = api.book()
    answer = api.patch(f"{ASK}/{booked['id']}", {"title": "Nouveau titre", "note": "clé à l'accueil", "people": 9})
    changed = answer.json()
    assert answer.status_code == 200
    assert (changed["title"], changed["note"], changed["people"]) == ("Nouveau titre", "clé à l'accueil", 9)
    assert (changed["state"], changed["start"]) == ("confirmed", booked["start"])
    assert changed["version"] > booked["version"]


@pytest.mark.usefixtures("workers")
def test_more_people_than_seats_are_refused_at_once(api: Api) -> None:
    booked = api.book()
    answer = api.patch(f"{ASK}/{booked['id']}", {"people": 17})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_people")


@pytest.mark.usefixtures("workers")
def test_a_move_that_is_granted_takes_words_along(api: Api) -> None:
    booked = api.book()
    wanted = {"title": "Déplacé", "resources": ["flexi-36"], "people": 30, **when(14, 16)}
    answer = api.patch(f"{ASK}/{booked['id']}", wanted, prefer="wait=10")
    moved = answer.json()
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait")
    assert (moved["title"], moved["people"], moved["moving_to"]) == ("Déplacé", 30, None)
    assert [room["slug"] for room in moved["resources"]] == ["flexi-36"]
    assert moved["start"] != booked["start"]
    api.book("basile")


@pytest.mark.usefixtures("workers")
def test_a_move_that_is_refused_leaves_the_old_slot(api: Api) -> None:
    booked = api.book()
    other = api.book("basile", **when(14, 16))
    path = f"{ASK}/{booked['id']}"
    answer = api.patch(path, {"title": "Nouveau titre", **when(15, 17)}, prefer="wait=10")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "room_taken")
    assert [c["reservation"] for c in problem["conflicts"]] == [other["id"]]
    assert 1 <= len(problem["alternatives"]) <= 3
    assert problem["reservation"]["title"] == "Nouveau titre", "words were changed before, at once"
    kept = api.get(path).json()
    assert (kept["state"], kept["start"], kept["moving_to"]) == ("confirmed", booked["start"], None)
    assert kept["refusal"] == "room_taken"
    assert api.post(ASK, wish(), "basile", prefer="wait=10").status_code == 409, "still held"


@pytest.mark.usefixtures("workers")
def test_a_move_may_overlap_its_own_old_slot(api: Api) -> None:
    booked = api.book(**when(9, 12))
    assert api.patch(f"{ASK}/{booked['id']}", when(10, 13), prefer="wait=10").status_code == 200


def test_while_a_move_waits_the_old_slot_holds(api: Api) -> None:
    reservation = api.house.confirmed("flexi-16", at=None)
    path = f"{ASK}/{reservation}"
    answer = api.patch(path, when(14, 16))
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "1")
    assert answer.json()["state"] == "confirmed"
    assert answer.json()["moving_to"]["start"] == when(14, 16)["start"].replace("+00:00", "Z")
    before = answer.json()
    back = {"start": before["start"], "end": before["end"]}
    withdrawn = api.patch(path, back)
    assert (withdrawn.status_code, withdrawn.json()["moving_to"]) == (200, None)


@pytest.mark.usefixtures("workers")
def test_what_is_cancelled_or_refused_does_not_move(api: Api) -> None:
    booked = api.book()
    refused = api.post(ASK, wish(), prefer="wait=10").json()["reservation"]
    assert api.patch(f"{ASK}/{refused['id']}", when(14, 16)).status_code == 409
    api.post(f"{ASK}/{booked['id']}/cancellation")
    answer = api.patch(f"{ASK}/{booked['id']}", when(14, 16))
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


@pytest.mark.usefixtures("workers")
def test_people_are_invited_read_and_taken_off(api: Api) -> None:
    booked = api.book(attendees=[{"address": "prof@college.example", "name": "Prof", "language": "en"}])
    path = f"{ASK}/{booked['id']}/attendees"
    answer = api.post(path, {"attendees": [{"address": "eleve@college.example"}]})
    assert answer.status_code == 201
    listed = {(p["address"], p["name"], p["language"]) for p in answer.json()}
    assert listed >= {("prof@college.example", "Prof", "en"), ("eleve@college.example", "", "fr")}
    first = answer.json()[0]["id"]
    gone = api.call("DELETE", f"{path}/{first}")
    assert (gone.status_code, gone.content) == (204, b"")
    still = {p["address"] for p in api.get(path).json()}
    assert still - {api.house.addresses["anne"]} == {"eleve@college.example"}, "and Anne, who holds it"
    assert api.call("DELETE", f"{path}/{first}").status_code == 404
    api.post(f"{ASK}/{booked['id']}/cancellation")
    assert api.post(path, {"attendees": [{"address": "tard@college.example"}]}).status_code == 409


@pytest.mark.usefixtures("workers")
def test_an_activity_is_registered_changed_and_called_off(api: Api) -> None:
    morning = {"resources": ["flexi-16"], "title": "Maquillage", **when(9, 12)}
    online = {"place": "online", "where": "https://visio.example/1", **when(14, 16, day=1)}
    made = api.run(title="Arras Film Festival", partner="Plan Séquence", sessions=[online, morning])
    path = f"/api/activities/{made['id']}"
    assert made["partner"] == "Plan Séquence"
    assert [s["place"] for s in made["sessions"]] == ["onsite", "online"], "in order of time"
    assert all(s["reservation"]["state"] == "confirmed" for s in made["sessions"])
    added = api.post(f"{path}/sessions", {"resources": ["escapelab"], **when(day=2)}, "claire", prefer="wait=10")
    assert (added.status_code, len(added.json()["sessions"])) == (201, 3)
    stale = api.patch(path, {"title": "Autre"}, "claire", if_match='"v99"')
    assert stale.status_code == 412
    renamed = api.patch(path, {"title": "Festival d'Arras"}, "claire", if_match=api.get(path).headers["etag"]).json()
    assert [s["reservation"]["title"] for s in renamed["sessions"]][:1] == ["Festival d'Arras : Maquillage"]
    listed = api.get("/api/activities").json()["items"]
    assert [a["id"] for a in listed] == [made["id"]]
    off = api.post(f"{path}/cancellation", {"reason": "neige"}, "claire")
    assert (off.status_code, {s["reservation"]["state"] for s in off.json()["sessions"]}) == (201, {"cancelled"})
    assert api.post(f"{path}/cancellation", {}, "claire").status_code == 409
    assert api.post(f"{path}/sessions", {"resources": ["escapelab"], **when(day=3)}, "claire").status_code == 409


@pytest.mark.usefixtures("workers")
def test_one_session_of_an_activity_may_be_refused(api: Api) -> None:
    api.book("basile", resources=["flexi-36"])
    made = api.run(sessions=[{"resources": [room], **when()} for room in ("flexi-16", "flexi-36")])
    states = {s["reservation"]["resources"][0]["slug"]: s["reservation"]["state"] for s in made["sessions"]}
    assert states == {"flexi-16": "confirmed", "flexi-36": "refused"}


@pytest.mark.usefixtures("workers")
def test_a_session_moves_changes_place_and_is_cancelled(api: Api) -> None:
    online = {"place": "online", "where": "https://visio.example/1", **when(14, 16, day=1)}
    onsite, remote = api.run("anne", sessions=[{"resources": ["flexi-16"], **when()}, online])["sessions"]
    api.book("basile", **when(14, 16))
    path = f"/api/sessions/{onsite['id']}"
    moved = api.patch(path, when(16, 17), if_match=api.get(path).headers["etag"], prefer="wait=10")
    assert (moved.status_code, moved.json()["reservation"]["moving_to"]) == (200, None)
    assert moved.headers["preference-applied"] == "wait"
    refused = api.patch(path, when(15, 17), prefer="wait=10")
    assert (refused.status_code, refused.json()["code"]) == (409, "room_taken")
    assert api.get(path).json()["reservation"]["start"] == moved.json()["reservation"]["start"]
    assert api.patch(path, {"where": "ailleurs"}).json()["code"] == "onsite"
    elsewhere = api.patch(f"/api/sessions/{remote['id']}", {"where": "https://visio.example/2"})
    assert (elsewhere.status_code, elsewhere.json()["where"]) == (200, "https://visio.example/2")
    gone = api.post(f"{path}/cancellation", {"reason": "malade"})
    assert (gone.status_code, gone.json()["reservation"]["state"]) == (201, "cancelled")
