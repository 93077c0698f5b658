"""The audit: who did what when, whence, why and on whose behalf, of reservations and of the house itself."""

from typing import Any

import httpx
import pytest

from tests.api.live import Api, at, when, wish
from tests.api.test_access import second_site
from tests.api.test_listing import pages
from tests.letters.reading import plainly

AUDIT = "/api/audit"
ASK = "/api/reservations"


def facts(api: Api, who: str = "claire", **filters: str | int) -> list[dict[str, Any]]:
    answer = api.get(AUDIT, who, **filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def types(api: Api, **filters: str | int) -> list[str]:
    return [fact["type"] for fact in facts(api, **filters)]


def sentences(api: Api, language: str, **filters: str | int) -> list[str]:
    answer = api.call("GET", AUDIT, "claire", params=filters, headers={"Accept-Language": language})
    return [plainly(item["sentence"]) for item in answer.json()["items"]]


@pytest.mark.usefixtures("workers")
def test_a_fact_says_who_when_whence_why_and_for_whom(api: Api) -> None:
    booked = api.book()
    api.post(f"{ASK}/{booked['id']}/cancellation", {"reason": "grève"}, "claire", x_request_id="abc")
    [fact] = facts(api, type="ReservationCancelled")
    anne, claire = api.house.actors["anne"].person_id, api.house.actors["claire"].person_id
    assert fact.pop("recorded_at") > booked["created_at"]
    assert fact.pop("id")
    assert plainly(fact.pop("sentence")) == "Claire, pour Anne, a annulé la réservation : « grève »."
    assert fact == {
        "type": "ReservationCancelled",
        "by": {"id": claire, "name": "Claire"},
        "on_behalf_of": {"id": anne, "name": "Anne"},
        "source": "api 127.0.0.1",
        "reason": "grève",
        "subject": "",
        "reservation": booked["id"],
        "title": "Atelier maquillage",
        "data": {"reason": "grève"},
        "correlation_id": "abc",
    }


def test_only_coordinators_read_it(api: Api) -> None:
    for who in ("anne", "pia"):
        answer = api.get(AUDIT, who)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_another_site_s_coordinator_reads_nothing_of_this_one(api: Api) -> None:
    second_site(api.house)
    api.post(ASK, wish())
    assert len(facts(api)) == 1
    assert facts(api, "zoe") == []


def test_what_is_laid_down_is_told_with_what_changed(api: Api) -> None:
    house = api.house
    house.rule("room", "flexi-16", lead_minutes=60, longest_minutes=120)
    house.rule("room", "flexi-16", lead_minutes=30, longest_minutes=120)
    slug = house.trainer("anne")
    api.post("/api/closures", {"reason": "travaux", **when()}, "claire")
    closed = api.post("/api/closures", {"resource": slug, "reason": "congé", **when(day=1)}, "anne").json()
    api.call("DELETE", f"/api/closures/{closed['id']}", "anne")
    holiday = {"first_day": "2026-05-15", "last_day": "2026-05-16", "name": "Pont"}
    api.post("/api/school-holidays", holiday, "claire")
    api.call("PUT", "/api/groups/equipe", "claire", json={"name": "Équipe", "people": ["anne@example.org"]})
    house.rule("group", "equipe", who_may_book=["nobody"])
    french = sentences(api, "fr")
    assert french[:4] == [
        "Claire a changé les règles du groupe « equipe » (who_may_book).",
        "Claire a formé le groupe « Équipe » (une personne).",
        "Claire a corrigé le calendrier scolaire (zone B, du 15 mai 2026 au 16 mai 2026) : « Pont ».",
        french[3],
    ]
    assert french[3].startswith("Anne a retiré l'absence de « Anne » (")
    assert french[4].startswith("Anne a noté l'absence de « Anne » (")
    assert french[4].endswith(" : « congé ».")
    assert french[5].startswith("Claire a fermé la maison (")
    assert french[6:] == [
        "Claire a changé les règles de « Flexi 16 » (lead_minutes).",
        "Claire a changé les règles de « Flexi 16 » (lead_minutes, longest_minutes).",
    ]
    assert sentences(api, "en", subject="policy:room:flexi-16")[0] == (
        "Claire changed the rules of “Flexi 16” (lead_minutes)."
    )
    [changed] = facts(api, subject="policy:room:flexi-16", limit=1)
    assert (changed["data"]["before"]["lead_minutes"], changed["data"]["after"]["lead_minutes"]) == (60, 30)


def test_rooms_that_are_added_and_changed_are_told(api: Api) -> None:
    api.post("/api/rooms", {"kind": "room", "slug": "studio", "name": "Studio", "seats": 4}, "claire")
    api.patch("/api/rooms/studio", {"seats": 5, "is_open": False}, "claire")
    assert sentences(api, "fr", subject="room") == [
        "Claire a modifié l'ouverture à la réservation et le nombre de places de « Studio ».",
        "Claire a ajouté « Studio » à ce qui se réserve.",
    ]


def test_an_import_is_told_with_its_file(api: Api) -> None:
    content = "titre;salle;date;horaire\nJury;Flexi 16;09/11/2027;9h-12h"
    api.call("POST", "/api/imports?name=flexi-16", "claire", content=content, headers={"Content-Type": "text/csv"})
    assert sentences(api, "fr", subject="import") == ["Claire a repris une réservation du fichier « flexi-16 »."]


@pytest.mark.usefixtures("workers")
def test_rules_that_are_set_aside_are_told_in_words(api: Api) -> None:
    api.house.rule(longest_minutes=60)
    api.book("claire", override="festival")
    [fact] = facts(api, type="OverrideUsed")
    assert plainly(fact["sentence"]).startswith("Claire a passé outre une règle de la maison (")
    assert "1 heure" in plainly(fact["sentence"])
    assert plainly(fact["sentence"]).endswith(") : « festival ».")
    assert fact["source"] == "api 127.0.0.1"


@pytest.mark.usefixtures("workers")
def test_filters_narrow(api: Api) -> None:
    first, second = api.book(), api.book("basile", **when(day=1))
    api.house.rule(lead_minutes=1)
    anne = api.house.actors["anne"].person_id
    assert set(types(api, reservation=first["id"])) >= {"ReservationRequested", "ReservationConfirmed"}
    assert {fact["reservation"] for fact in facts(api, reservation=second["id"])} == {second["id"]}
    assert types(api, subject="policy") == types(api, subject="policy:site") == ["PolicyChanged"]
    assert types(api, subject="pol") == types(api, subject="policy:room") == []
    assert types(api, person="me") == ["PolicyChanged"]
    assert types(api, person=str(anne)) == ["ReservationRequested"]
    assert len(types(api, type="ReservationRequested")) == 2
    assert types(api, type="ReservationRequested", person="999") == []


def test_time_narrows_too(api: Api) -> None:
    api.post(ASK, wish())
    [fact] = facts(api)
    recorded = fact["recorded_at"]
    assert types(api, **{"from": recorded}) == ["ReservationRequested"]
    assert types(api, to=recorded) == []
    assert types(api, **{"from": at().start.isoformat()}) == []
    assert types(api, to=at().start.isoformat()[:19], zone="Europe/Paris") == ["ReservationRequested"]


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_pages_follow_each_other_while_facts_come_in(api: Api, limit: int) -> None:
    made = [api.post(ASK, wish(**when(day=day))).json()["id"] for day in range(5)]
    shown: list[httpx.Response] = []
    for page in pages(api, AUDIT, "claire", limit=limit, type="ReservationRequested"):
        shown.append(page)
        api.post(ASK, wish(**when(day=9)))
    assert [fact["reservation"] for page in shown for fact in page.json()["items"]] == made[::-1]
    assert shown[-1].json()["next"] is None


@pytest.mark.parametrize(
    "filters",
    [
        {"reservation": "0"},
        {"person": "anne"},
        {"type": "Reservation Cancelled"},
        {"subject": "a\0b"},
        {"from": "2027-11-09T09:00:00"},
        {"cursor": "x"},
        {"limit": "201"},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_looked_for_says_why(api: Api, filters: dict[str, str]) -> None:
    answer = api.get(AUDIT, "claire", **filters)
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.usefixtures("workers")
def test_a_history_is_a_story_in_the_reader_s_language(api: Api) -> None:
    api.book("basile", **when(14, 16))
    booked = api.book()
    path = f"{ASK}/{booked['id']}"
    api.patch(path, {"resources": ["flexi-16"], **when(14, 15)}, prefer="wait=10")
    api.post(f"{path}/cancellation", {"reason": "grève"}, "claire")
    told = {e["type"]: e for e in api.get(f"{path}/history").json()}
    assert plainly(told["ReservationRequested"]["sentence"]) == "Anne a demandé la réservation."
    assert plainly(told["MoveRequested"]["sentence"]).endswith(", Flexi 16).")
    assert plainly(told["MoveRefused"]["sentence"]) == (
        "Créneau a refusé le déplacement, et la réservation est restée comme elle était. "
        "Cet espace est déjà réservé à ce moment-là."
    )
    assert (told["MoveRefused"]["reason"], told["MoveRefused"]["by"]) == (
        "Cet espace est déjà réservé à ce moment-là.",
        None,
    )
    cancelled = told["ReservationCancelled"]
    assert (cancelled["by"], cancelled["on_behalf_of"], cancelled["reason"]) == ("Claire", "Anne", "grève")
    english = api.call("GET", f"{path}/history", headers={"Accept-Language": "en"}).json()
    assert plainly(english[0]["sentence"]) == "Anne asked for the reservation."


@pytest.mark.usefixtures("workers")
def test_whence_others_acted_is_for_coordinators(api: Api) -> None:
    booked = api.book()
    path = f"{ASK}/{booked['id']}"
    api.post(f"{path}/cancellation", {}, "claire")

    def sources(who: str) -> dict[str, str | None]:
        return {e["type"]: e["source"] for e in api.get(f"{path}/history", who).json()}

    assert sources("anne")["ReservationRequested"] == "api 127.0.0.1"
    assert sources("anne")["ReservationCancelled"] is None
    assert sources("claire")["ReservationCancelled"] == "api 127.0.0.1"


def test_what_an_older_version_recorded_is_told_as_well_as_it_can_be(api: Api) -> None:
    booked = api.post(ASK, wish()).json()["id"]
    for type_, data in (
        ("ReservationRefused", '{"code": "too_many_people"}'),
        ("ReservationRefused", '{"code": "room_taken"}'),
        ("OverrideUsed", '{"rules": ["too_long"]}'),
        ("FromTheFuture", "{}"),
    ):
        api.house.rows(
            "INSERT INTO event (site_id, reservation_id, type, data, recorded_at)"
            " VALUES (:site, :id, :type, CAST(:data AS jsonb), now()) RETURNING 1",
            site=api.house.site_id,
            id=booked,
            type=type_,
            data=data,
        )
    assert sentences(api, "fr", limit=4) == [
        "Créneau a noté un fait (FromTheFuture).",
        "Créneau a passé outre une règle de la maison (too_long).",
        "Créneau a refusé la demande. Cet espace est déjà réservé à ce moment-là.",
        "Créneau a refusé la demande.",
    ]
