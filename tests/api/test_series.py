"""Series through the API: every date is answered, changed alone, from one on, or all together."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.live import MONDAY, Api, wish

SERIES = "/api/series"
PARIS = ZoneInfo("Europe/Paris")
FIRST = MONDAY.date()


def weekly(**changes: Any) -> dict[str, Any]:
    """Six Mondays from 9 to 11 h."""
    return {
        "title": "Club webradio",
        "resources": ["flexi-16"],
        "start": f"{FIRST}T09:00",
        "end": f"{FIRST}T11:00",
        "zone": "Europe/Paris",
        "rule": "FREQ=WEEKLY;COUNT=6",
        **changes,
    }


def on(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS).astimezone(UTC)


def taken(api: Api, week: int, who: str = "basile") -> Any:
    day = FIRST + timedelta(weeks=week)
    slot = {"start": on(day, 10).isoformat(), "end": on(day, 12).isoformat()}
    return api.book(who, **wish(**slot))


def starts(series: Any) -> list[datetime]:
    return [datetime.fromisoformat(one["start"]) for one in series["dates"]]


@pytest.fixture
def series(api: Api, workers: None) -> Any:
    """A confirmed series of Anne's."""
    assert workers is None
    answer = api.post(SERIES, weekly(), prefer="wait=10")
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_series_is_noted_and_decided_later(api: Api) -> None:
    answer = api.post(SERIES, weekly())
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "1")
    assert [one["state"] for one in answer.json()["dates"]] == ["requested"] * 6
    assert api.get(answer.headers["location"]).json()["rule"] == "FREQ=WEEKLY;COUNT=6"


def test_each_date_is_answered(series: Any) -> None:
    assert [one["state"] for one in series["dates"]] == ["confirmed"] * 6
    assert starts(series) == [on(FIRST + timedelta(weeks=n)) for n in range(6)]
    assert {one["series"] for one in series["dates"]} == {series["id"]}


@pytest.mark.usefixtures("workers")
def test_a_series_that_one_date_refuses_says_which_and_what_is_free_instead(api: Api) -> None:
    theirs = taken(api, 2)
    answer = api.post(SERIES, weekly(), prefer="wait=10")
    said = answer.json()
    assert (answer.status_code, said["code"]) == (409, "room_taken")
    assert said["conflicts"][0]["reservation"] == theirs["id"]
    assert [one["refusal"] for one in said["series"]["dates"]].count("room_taken") == 1
    [instead] = said["by_date"]
    assert datetime.fromisoformat(instead["start"]) == on(FIRST + timedelta(weeks=2))
    assert instead["alternatives"][0]["sentence"]
    assert all(len(plan["dates"]) == 6 for plan in said["plans"])
    assert said["plans"]


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(("choice", "third"), [("skip", "refused"), ("propose", "confirmed"), ("wait", "waitlisted")])
def test_what_becomes_of_a_date_that_is_taken_is_chosen_beforehand(api: Api, choice: str, third: str) -> None:
    taken(api, 2)
    answer = api.post(SERIES, weekly(on_conflict=choice), prefer="wait=10")
    assert answer.status_code == 201
    assert [one["state"] for one in answer.json()["dates"]] == ["confirmed"] * 2 + [third] + ["confirmed"] * 3


@pytest.mark.usefixtures("workers")
def test_a_preview_gives_the_same_answer_and_takes_nothing(api: Api) -> None:
    taken(api, 2)
    previewed = api.post(f"{SERIES}/preview", weekly(on_conflict="propose")).json()
    assert api.house.rows("SELECT FROM series") == []
    made = api.post(SERIES, weekly(on_conflict="propose"), prefer="wait=10").json()
    assert [(d["start"], d["resources"], d["state"]) for d in previewed["dates"]] == [
        (d["start"], d["resources"], d["state"]) for d in made["dates"]
    ]
    refused = api.post(f"{SERIES}/preview", weekly())
    assert (refused.status_code, refused.json()["code"]) == (409, "room_taken")


def test_all_dates_change_or_none(api: Api, series: Any) -> None:
    path = f"{SERIES}/{series['id']}"
    answer = api.patch(path, {"start": "14:00", "end": "16:00", "title": "Club radio"}, prefer="wait=10")
    assert answer.status_code == 200
    assert starts(answer.json()) == [on(FIRST + timedelta(weeks=n), 14) for n in range(6)]
    assert answer.json()["title"] == "Club radio"
    day = FIRST + timedelta(weeks=4)
    api.book("basile", **wish(start=on(day, 9).isoformat(), end=on(day, 10).isoformat()))
    refused = api.patch(path, {"start": "09:00", "end": "11:00"}, prefer="wait=10")
    assert (refused.status_code, refused.json()["code"]) == (409, "room_taken")
    assert starts(api.get(path).json()) == [on(FIRST + timedelta(weeks=n), 14) for n in range(6)]


def test_this_date_and_later_ones_go_on_as_another_series(api: Api, series: Any) -> None:
    since = FIRST + timedelta(weeks=3)
    path = f"{SERIES}/{series['id']}"
    answer = api.patch(path, {"since": str(since), "days_later": 1}, prefer="wait=10")
    assert len(answer.json()["dates"]) == 3
    [later] = answer.json()["goes_on_in"]
    goes_on = api.get(f"{SERIES}/{later}").json()
    assert starts(goes_on) == [on(since + timedelta(days=1, weeks=n)) for n in range(3)]
    assert goes_on["split_from"] == series["id"]


def test_one_date_is_a_reservation_like_any_other(api: Api, series: Any) -> None:
    one = series["dates"][1]
    moved = {
        "start": on(FIRST + timedelta(weeks=1), 15).isoformat(),
        "end": on(FIRST + timedelta(weeks=1), 17).isoformat(),
    }
    answer = api.patch(f"/api/reservations/{one['id']}", moved, prefer="wait=10")
    assert answer.status_code == 200
    assert datetime.fromisoformat(answer.json()["recurs_at"]) == on(FIRST + timedelta(weeks=1))


def test_dates_are_given_back_and_come_back(api: Api, series: Any) -> None:
    path, since = f"{SERIES}/{series['id']}", FIRST + timedelta(weeks=4)
    cancelled = api.post(f"{path}/cancellation", {"since": str(since), "reason": "vacances"})
    assert cancelled.status_code == 201
    assert [one["state"] for one in cancelled.json()["dates"]] == ["confirmed"] * 4 + ["cancelled"] * 2
    back = api.post(f"{path}/dates", {"date": str(since)}, prefer="wait=10")
    assert back.status_code == 201
    assert sum(one["state"] == "confirmed" for one in back.json()["dates"]) == 5
    again = api.post(f"{path}/dates", {"date": str(since)})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    other = api.post(f"{path}/dates", {"date": str(since + timedelta(days=1))})
    assert (other.status_code, other.json()["code"]) == (422, "not_in_series")


def test_a_series_is_asked_for_once_per_key(api: Api) -> None:
    answers = [api.post(SERIES, weekly(), idempotency_key="club") for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert len(api.house.rows("SELECT FROM series")) == 1


def test_others_do_not_change_a_series(api: Api, series: Any) -> None:
    path = f"{SERIES}/{series['id']}"
    assert api.patch(path, {"title": "À moi"}, "basile").status_code == 403
    assert api.post(f"{path}/cancellation", {}, "basile").status_code == 403
    assert api.post(f"{path}/dates", {"date": str(FIRST)}, "basile").status_code == 403
    assert api.get(path, "pia").status_code == 404
    assert api.get(f"{SERIES}/999", "claire").status_code == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rule": "FREQ=YEARLY"}, "bad_rrule"),
        ({"rule": "FREQ=WEEKLY;BYHOUR=3;COUNT=2"}, "bad_rrule"),
        ({"rule": "FREQ=DAILY;COUNT=367"}, "too_many_occurrences"),
        ({"rule": "FREQ=WEEKLY;BYDAY=TU;COUNT=3"}, "first_not_in_rule"),
        ({"rule": "FREQ=DAILY;COUNT=3", "end": f"{FIRST + timedelta(days=2)}T11:00"}, "occurrences_overlap"),
        ({"start": f"{FIRST}T09:00Z", "end": f"{FIRST}T11:00Z"}, "invalid_input"),
        ({"end": f"{FIRST}T08:00"}, "invalid_input"),
        ({"zone": "Europe/Arras"}, "unknown_zone"),
        ({"resources": ["grenier"]}, "unknown_resource"),
        ({"skip": ["demain"]}, "invalid_input"),
        ({"rule": "x" * 501}, "invalid_input"),
        ({"skip": [str(FIRST + timedelta(weeks=n)) for n in range(6)]}, "no_occurrences"),
    ],
)
def test_a_series_that_cannot_be_is_explained(api: Api, changes: dict[str, Any], code: str) -> None:
    answer = api.post(SERIES, weekly(**changes))
    assert answer.status_code == 422
    assert code in {answer.json()["code"], *(error["code"] for error in answer.json().get("errors", ()))}
    assert api.house.rows("SELECT FROM series") == []


def test_who_is_invited_to_one_date_is_on_the_list_of_all(api: Api, series: Any) -> None:
    dates = [one["id"] for one in series["dates"]]
    pia = {"attendees": [{"address": api.house.addresses["pia"]}]}
    assert api.post(f"/api/reservations/{dates[3]}/attendees", pia).status_code == 201
    for one in dates:
        listed = api.get(f"/api/reservations/{one}/attendees").json()
        assert api.house.addresses["pia"] in {person["address"] for person in listed}
    assert [one["id"] for one in api.get("/api/reservations", "pia").json()["items"]] == dates
    assert api.get(f"/api/reservations/{dates[0]}", "pia").status_code == 200
    assert len(api.get(f"{SERIES}/{series['id']}", "pia").json()["dates"]) == 6


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_all_calendars_are_no_dates_of_a_series(api: Api, series: Any, day: str) -> None:
    path = f"{SERIES}/{series['id']}"
    assert api.patch(path, {"since": day, "start": "14:00", "end": "16:00"}).status_code == 422
    assert api.post(f"{path}/cancellation", {"since": day}).status_code == 422
    assert api.post(f"{path}/dates", {"date": day}).status_code == 422
