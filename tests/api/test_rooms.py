"""Rooms as coordinators change them, and as everybody sees them: layouts, buffers, what is taken, and what for."""

from typing import Any

import pytest

from tests.api.live import Api, at, when

ROOMS = "/api/rooms"
LAYOUTS = {"rows": {"name": "Rangées", "name_en": "Rows"}, "islands": {"name": "Îlots", "seats": 12}}


def add(api: Api, slug: str, who: str = "claire", **what: Any) -> Any:
    answer = api.post(ROOMS, {"slug": slug, "name": slug.title(), **what}, who)
    assert answer.status_code == 201, answer.text
    return answer.json()


def room(api: Api, slug: str, who: str = "anne") -> dict[str, Any]:
    return next(found for found in api.get(ROOMS, who).json() if found["slug"] == slug)


def busy(api: Api, slug: str, who: str = "anne") -> list[dict[str, Any]]:
    span = {"from": at(0).start.isoformat(), "to": at(0, 24).end.isoformat(), "room": slug}
    [found] = api.get(f"{ROOMS}/free-busy", who, **span).json()
    taken: list[dict[str, Any]] = found["busy"]
    return taken


def audit(api: Api, subject: str) -> list[Any]:
    query = "SELECT type, data, person_id, source FROM event WHERE subject = :subject ORDER BY id"
    return api.house.rows(query, subject=subject)


def test_a_coordinator_adds_a_combined_room(api: Api) -> None:
    added = add(api, "flexi-16-19", name="Flexi 16+19", parts=["flexi-19", "flexi-16"])
    assert (added["parts"], added["seats"], added["seats_are_assumed"]) == (["flexi-16", "flexi-19"], 35, True)
    assert room(api, "flexi-16-19", "pia") == added
    [event] = audit(api, "room:flexi-16-19")
    assert (event.type, event.data["after"]["parts"]) == ("ResourceAdded", ["flexi-16", "flexi-19"])
    assert event.person_id == api.house.actors["claire"].person_id
    assert event.source.startswith("api ")


def test_a_coordinator_adds_equipment_and_a_trainer(api: Api) -> None:
    assert add(api, "tablettes", kind="equipment", quantity=12)["quantity"] == 12
    add(api, "anne", kind="trainer", person=api.house.addresses["anne"])
    query = "SELECT person_id FROM resource WHERE slug = 'anne'"
    assert api.house.rows(query)[0].person_id == api.house.actors["anne"].person_id


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"slug": "flexi-16"}, "slug_taken"),
        ({"parts": ["flexi-16"]}, "bad_parts"),
        ({"parts": ["flexi-16", "flexi-99"]}, "unknown_resource"),
        ({"quantity": 3}, "wrong_kind"),
        ({"kind": "equipment", "seats": 3}, "wrong_kind"),
        ({"kind": "equipment", "parts": ["flexi-16", "flexi-19"]}, "wrong_kind"),
        ({"kind": "trainer"}, "person_required"),
        ({"person": "anne@example.org"}, "wrong_kind"),
        ({"seats": 0}, "invalid_input"),
        ({"slug": "Salle X"}, "invalid_input"),
    ],
)
def test_what_makes_no_sense_is_not_added(api: Api, what: dict[str, Any], code: str) -> None:
    answer = api.post(ROOMS, {"slug": "x", "name": "X", **what}, "claire")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_only_coordinators_add_and_change(api: Api) -> None:
    for who in ("anne", "pia"):
        assert api.post(ROOMS, {"slug": "x", "name": "X"}, who).status_code == 403
        assert api.call("PATCH", f"{ROOMS}/flexi-16", who, json={"seats": 3}).status_code == 403


def test_once_with_one_key(api: Api) -> None:
    first = api.post(ROOMS, {"slug": "x", "name": "X"}, "claire", idempotency_key="k")
    again = api.post(ROOMS, {"slug": "x", "name": "X"}, "claire", idempotency_key="k")
    assert first.json() == again.json()


def test_a_change_says_what_it_was_before(api: Api) -> None:
    changed = api.patch(f"{ROOMS}/flexi-16", {"name": "Studio", "seats": 14}, "claire").json()
    assert (changed["name"], changed["seats"], changed["seats_are_assumed"]) == ("Studio", 14, False)
    assert changed["concerned"] == []
    assert api.patch(f"{ROOMS}/flexi-16", {"seats": 14}, "claire").status_code == 200  # nothing to record
    [event] = audit(api, "room:flexi-16")
    assert event.data == {
        "before": {"name": "Flexi 16", "seats": 16, "seats_are_assumed": True},
        "after": {"name": "Studio", "seats": 14, "seats_are_assumed": False},
    }


@pytest.mark.parametrize(
    ("slug", "wanted", "status", "code"),
    [
        ("flexi-99", {"seats": 3}, 404, "not_found"),
        ("flexi-16", {}, 422, "invalid_input"),
        ("flexi-16", {"quantity": 3}, 422, "wrong_kind"),
        ("flexi-16", {"parts": ["flexi-19", "flexi-36"]}, 422, "bad_parts"),
        ("flexi-16", {"slug": "other"}, 422, "invalid_input"),
        ("Flexi 16", {"seats": 3}, 422, "invalid_input"),
    ],
)
def test_what_cannot_be_changed(api: Api, slug: str, wanted: dict[str, Any], status: int, code: str) -> None:
    answer = api.patch(f"{ROOMS}/{slug}", wanted, "claire")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.usefixtures("workers")
def test_closing_says_who_is_booked_there(api: Api) -> None:
    mine = api.book(title="Réunion")
    [concerned] = api.patch(f"{ROOMS}/flexi-16", {"is_open": False}, "claire").json()["concerned"]
    assert (concerned["reservation"], concerned["title"], concerned["requested_by"]) == (mine["id"], "Réunion", "Anne")
    assert api.get(f"/api/reservations/{mine['id']}").json()["state"] == "confirmed"


@pytest.mark.usefixtures("workers")
def test_the_parts_of_what_is_booked_do_not_change(api: Api) -> None:
    add(api, "flexi-16-19", parts=["flexi-16", "flexi-19"])
    mine = api.book(resources=["flexi-16-19"])
    answer = api.patch(f"{ROOMS}/flexi-16-19", {"parts": ["flexi-16", "flexi-36"]}, "claire")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert answer.json()["reservations"] == [mine["id"]]


def test_a_room_says_what_the_policies_say_of_it(api: Api) -> None:
    api.house.rule(setup_minutes=10, clearing_minutes=5)
    api.house.rule("room", "flexi-16", layouts=LAYOUTS, default_layout="rows", safety_limit=19, clearing_minutes=20)
    found = room(api, "flexi-16")
    assert found["layouts"] == [
        {"slug": "rows", "name": "Rangées", "name_en": "Rows", "seats": None},
        {"slug": "islands", "name": "Îlots", "name_en": "Îlots", "seats": 12},
    ]
    assert {name: found[name] for name in ("default_layout", "safety_limit", "setup_minutes", "clearing_minutes")} == {
        "default_layout": "rows",
        "safety_limit": 19,
        "setup_minutes": 10,
        "clearing_minutes": 20,
    }
    assert (room(api, "flexi-19")["layouts"], room(api, "flexi-19")["setup_minutes"]) == ([], 10)


@pytest.mark.usefixtures("workers")
def test_setting_up_and_clearing_are_shown_as_such(api: Api) -> None:
    api.house.rule("room", "flexi-16", setup_minutes=15, layouts=LAYOUTS)
    api.house.rule("room", "flexi-19", clearing_minutes=20)
    for slug, layout in (("flexi-16", "islands"), ("flexi-19", ""), ("flexi-36", "")):
        api.book(resources=[slug], layout=layout, **when(9, 10))
    [islands], [lab], [plain] = (busy(api, slug) for slug in ("flexi-16", "flexi-19", "flexi-36"))
    shown = {name: islands[name][11:16] for name in ("start", "set_up_until", "end")}
    assert shown == {"start": "08:45", "set_up_until": "09:00", "end": "10:00"}
    assert (islands["layout"], islands["clearing_from"]) == ("islands", None)
    assert (lab["start"][11:16], lab["clearing_from"][11:16], lab["end"][11:16]) == ("09:00", "10:00", "10:20")
    assert plain.keys() == {"start", "end", "state", "reservation", "title"}


@pytest.mark.usefixtures("workers")
def test_what_is_held_is_shown_as_such(api: Api) -> None:
    api.house.rule(who_may_book=[], who_may_request=["everybody"])
    api.book()
    [held] = busy(api, "flexi-16")
    assert (held["state"], held["hold"]) == ("tentative", "approval")


@pytest.mark.usefixtures("workers")
def test_a_combined_room_is_taken_when_a_part_of_it_is(api: Api) -> None:
    add(api, "flexi-16-19", parts=["flexi-16", "flexi-19"])
    part = api.book(resources=["flexi-19"], **when(9, 10))
    whole = api.book(resources=["flexi-16-19"], **when(14, 15))
    assert [b["reservation"] for b in busy(api, "flexi-16-19")] == [part["id"], whole["id"]]
    assert [b["reservation"] for b in busy(api, "flexi-16")] == [whole["id"]]


@pytest.mark.usefixtures("workers")
def test_tablets_that_are_taken_together_are_one_entry(api: Api) -> None:
    add(api, "tablettes", kind="equipment", quantity=12)
    api.book(equipment={"tablettes": 8})
    api.book("basile", resources=["flexi-19"], equipment={"tablettes": 4})
    assert [b["units"] for b in busy(api, "tablettes")] == [8, 4]
    assert "units" not in busy(api, "flexi-16")[0]


@pytest.fixture
def confidential(api: Api) -> dict[str, Any]:
    """Basile's meeting in a room where titles are for coordinators."""
    api.house.rule("room", "flexi-16", titles="coordinators")
    booked: dict[str, Any] = api.book(
        "basile", title="Entretien", resources=["flexi-16", "flexi-19"], attendees=[{"address": "pia@example.org"}]
    )
    return booked


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(("who", "title"), [("basile", "Entretien"), ("claire", "Entretien"), ("anne", None)])
def test_titles_are_seen_by_their_owner_and_coordinators(
    api: Api, confidential: dict[str, Any], who: str, title: str | None
) -> None:
    id_ = confidential["id"]
    assert confidential["title"] == "Entretien"
    assert [busy(api, slug, who)[0]["title"] for slug in ("flexi-16", "flexi-19")] == [title, title]
    assert api.get(f"/api/reservations/{id_}", who).json()["title"] == title
    assert [r["title"] for r in api.get("/api/reservations", who).json()["items"]] == [title]
    lost = {"title": "Réunion", "resources": ["flexi-19"], **when()}
    [conflict] = api.post("/api/reservations", lost, who, prefer="wait=10").json()["conflicts"]
    assert (conflict["title"], conflict["reservation"], conflict["requested_by"]) == (title, id_, "Basile")


@pytest.mark.usefixtures("workers", "confidential")
def test_a_partner_knows_the_title_of_what_they_are_invited_to(api: Api) -> None:
    assert [r["title"] for r in api.get("/api/reservations", "pia").json()["items"]] == ["Entretien"]
    assert busy(api, "flexi-16", "pia")[0]["title"] is None


@pytest.mark.usefixtures("workers")
def test_titles_of_what_is_held_nowhere_follow_the_site(api: Api) -> None:
    api.house.rule(titles="coordinators")
    online = {"kind": "lab", "title": "Secret", "sessions": [{"place": "online", "where": "visio", **when()}]}
    [session] = api.post("/api/activities", online, "basile", prefer="wait=10").json()["sessions"]
    path = f"/api/reservations/{session['reservation']['id']}"
    assert [api.get(path, who).json()["title"] for who in ("anne", "basile")] == [None, "Secret"]
