"""What is on, for everybody: public activities only, without anybody's name, and gone when they are cancelled."""

import re
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from shared import whats_on
from tests.api.live import Api, when

PAGE, FEED = "/embed/arras/activities", "/embed/arras/activities.json"

pytestmark = pytest.mark.usefixtures("workers")


def read(api: Api, path: str = PAGE, **headers: str) -> httpx.Response:
    """As anybody does: without a token."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.call("GET", path, None, headers=named)


def meeting(start: float = 8, end: float = 11, *, day: int = 0, **more: Any) -> dict[str, Any]:
    return {"resources": ["flexi-16"], **when(start, end, day=day), **more}


def titles(api: Api) -> list[str]:
    return [item["title"] for item in read(api, FEED).json()["items"]]


def test_only_what_is_public_is_shown(api: Api) -> None:
    shown = api.run(title="Festival", is_public=True, sessions=[meeting()])
    hidden = api.run(title="Entretien", sessions=[meeting(day=1)])
    assert (shown["is_public"], hidden["is_public"]) == (True, False)
    assert titles(api) == ["Festival"]
    assert "Entretien" not in read(api).text
    api.patch(f"/api/activities/{hidden['id']}", {"is_public": True}, "claire")
    assert titles(api) == ["Festival", "Entretien"]
    api.patch(f"/api/activities/{shown['id']}", {"is_public": False}, "claire")
    assert titles(api) == ["Entretien"]


def test_who_made_it_public_is_on_record_and_nobody_is_written_to(api: Api) -> None:
    activity = api.run("anne", sessions=[meeting()])
    before = api.house.rows("SELECT count(*) FROM event WHERE type = 'ReservationDescribed'")
    changed = api.patch(f"/api/activities/{activity['id']}", {"is_public": True}, "anne", if_match='"v1"').json()
    assert (changed["version"], changed["is_public"]) == (2, True)
    assert api.patch(f"/api/activities/{activity['id']}", {"is_public": True}, "anne").json()["version"] == 2
    assert api.house.rows("SELECT count(*) FROM event WHERE type = 'ReservationDescribed'") == before
    [fact] = api.get("/api/audit", "claire", subject="activity").json()["items"]
    assert fact["sentence"] == "Anne a rendu publique l’activité «\u00a0Cinéma\u00a0»."  # noqa: RUF001


def test_somebody_else_does_not_make_it_public(api: Api) -> None:
    activity = api.run("anne", sessions=[meeting()])
    answer = api.patch(f"/api/activities/{activity['id']}", {"is_public": True}, "basile")
    assert answer.status_code == 403
    assert api.patch(f"/api/activities/{activity['id']}", {"is_public": "oui"}, "anne").status_code == 422


def test_what_is_cancelled_vanishes(api: Api) -> None:
    kept = api.run(title="Festival", is_public=True, sessions=[meeting(title="Un"), meeting(day=1, title="Deux")])
    [one, _] = kept["sessions"]
    api.post(f"/api/sessions/{one['id']}/cancellation", {}, "claire")
    assert titles(api) == ["Festival, Deux"]
    api.post(f"/api/activities/{kept['id']}/cancellation", {}, "claire")
    assert titles(api) == []
    assert "Aucune activité" in read(api).text


def test_what_is_not_sure_is_not_shown(api: Api) -> None:
    api.house.rule("site", who_may_book=["coordinators"], who_may_request=["everybody"])
    plan = {"kind": "lab", "title": "Cinéma", "is_public": True, "sessions": [meeting()]}
    activity = api.post("/api/activities", plan, "anne", prefer="wait=10").json()
    [session] = activity["sessions"]
    assert session["reservation"]["state"] == "tentative"
    assert titles(api) == []
    api.post(f"/api/reservations/{session['reservation']['id']}/approval", {}, "claire")
    assert titles(api) == ["Cinéma"]


def test_nobody_s_name_or_address_is_told(api: Api) -> None:
    guests = {"attendees": [{"address": "eleve@college.example", "name": "Léo Petit"}]}
    online = {"place": "online", "where": "https://visio.example/secret", **when(14, 15)}
    api.run("anne", is_public=True, description="Appeler Anne au 06 39 98 00 17", sessions=[meeting(**guests), online])
    for path in (PAGE, FEED):
        text = read(api, path).text
        for private in ("@", "Léo", "Anne", "06 39 98", "visio.example"):
            assert private not in text.replace("ANNEE", ""), (path, private)
        assert "En ligne" in text


def test_the_feed_is_a_json_feed(api: Api) -> None:
    elsewhere = {"place": "elsewhere", "where": "Casino d'Arras", **when(13, 16, day=1)}
    api.run(title="Festival", is_public=True, sessions=[elsewhere, meeting(title="Maquillage")])
    answer = read(api, FEED)
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"].endswith(FEED)
    first, second = feed["items"]
    assert first["title"] == "Festival, Maquillage"
    assert len({item["id"] for item in feed["items"]}) == 2
    assert first["content_text"].splitlines()[1].startswith("Flexi 16, Atelier Canopé 62 - Arras, 37 rue du Temple")
    times = first["_creneau"]
    start, end = (datetime.fromisoformat(meeting()[name]) for name in ("start", "end"))
    assert (datetime.fromisoformat(times["start"]), datetime.fromisoformat(times["end"])) == (start, end)
    assert (times["half_day"], times["zone"], times["rooms"]) == ("morning", "Europe/Paris", ["Flexi 16"])
    assert (second["_creneau"]["half_day"], second["_creneau"]["where"]) == ("afternoon", "Casino d'Arras")


def test_the_page_says_days_and_half_days_in_words(api: Api) -> None:
    api.run(title="Festival", is_public=True, sessions=[meeting(title="Maquillage"), meeting(13, 16, day=1)])
    text = re.sub(r"\s", " ", re.sub("<[^>]+>", "", read(api).text))
    assert "Lundi" in text
    assert "matin" in text
    assert "après-midi" in text
    english = read(api, f"{PAGE}?lang=en").text
    assert "Monday" in english
    assert '<html lang="en">' in english
    assert read(api, f"{FEED}?lang=en").json()["language"] == "en"


def test_the_page_is_well_formed_and_harmless(api: Api) -> None:
    evil = "<script>alert(1)</script> & \"'"
    api.run(title=evil, is_public=True, sessions=[meeting(title=evil)])
    answer = read(api)
    body = answer.text.removeprefix("<!DOCTYPE html>")
    # void elements closed, it is XML: everything that somebody wrote is text
    root = ET.fromstring(re.sub("<(meta|link)([^>]*)>", r"<\1\2/>", body))
    assert root.findall(".//script") == []
    assert root.find(".//h2").text == evil  # type: ignore[union-attr]
    assert "style=" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors *" in policy
    assert "unsafe" not in policy
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers
    style = read(api, "/embed/activities.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "@import" not in style.text
    assert "url(" not in style.text


@pytest.mark.parametrize("path", [PAGE, FEED, "/embed/activities.css"])
def test_who_has_it_already_is_told_so(api: Api, path: str) -> None:
    api.run(is_public=True, sessions=[meeting()])
    answer = read(api, path)
    assert answer.headers["cache-control"].startswith("public, max-age=")
    tag = answer.headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = read(api, path, if_none_match=known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert read(api, path, if_none_match='"other"').status_code == 200
    head = api.call("HEAD", path, None)
    assert (head.status_code, head.content) == (200, b"")


def test_what_is_over_or_far_away_is_not_shown_and_not_too_much(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.run(title="Festival", is_public=True, sessions=[meeting()])
    for way in ("- interval '1 year'", "+ interval '2 years'"):
        api.house.rows(f"UPDATE reservation SET starts_at = starts_at {way}, ends_at = ends_at {way} RETURNING 1")
        assert titles(api) == []
    monkeypatch.setattr(whats_on, "MOST_SESSIONS", 2)
    api.run(title="Longue", is_public=True, sessions=[meeting(day=day) for day in range(3)])
    assert titles(api) == ["Longue", "Longue"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/embed/lille/activities", 404),
        ("/embed/lille/activities.json", 404),
        ("/embed/Arras/activities", 422),
        ("/embed/%00/activities", 422),
        (f"/embed/{'a' * 61}/activities", 422),
        (f"{PAGE}?lang=de", 422),
        (f"{FEED}?lang=", 422),
        ("/embed/arras/activities.xml", 404),
        ("/embed/arras", 404),
    ],
)
def test_bad_input_is_a_problem(api: Api, path: str, status: int) -> None:
    answer = read(api, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert read(api, PAGE, if_none_match="x" * 7000).status_code == 200
