"""Lists: filters that narrow, and pages that stay where they are while rows come and go."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.live import Api, at, when, wish

ASK = "/api/reservations"


def pages(api: Api, path: str, who: str = "anne", **params: str | int) -> Iterator[httpx.Response]:
    """Each page, as the Link header of the one before tells where it is."""
    answer = api.get(path, who, **params)
    yield answer
    while "next" in answer.links:
        answer = api.call("GET", answer.links["next"]["url"], who)
        assert answer.status_code == 200
        yield answer


def fill(api: Api, count: int = 7) -> list[int]:
    """Requests on as many days, in the order of time; their ids."""
    return [api.post(ASK, wish(**when(day=day))).json()["id"] for day in range(count)]


def ids(answer: httpx.Response) -> list[int]:
    return [item["id"] for item in answer.json()["items"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 200])
def test_following_the_links_to_the_end_shows_all_once(api: Api, limit: int) -> None:
    made = fill(api)
    shown = list(pages(api, ASK, limit=limit))
    assert [id_ for page in shown for id_ in ids(page)] == made
    assert all(len(ids(page)) <= limit for page in shown)
    assert shown[-1].json()["next"] is None


def test_rows_that_come_and_go_move_no_page(api: Api) -> None:
    made = fill(api)
    first = api.get(ASK, limit=3)
    api.post(f"{ASK}/{made[0]}/cancellation")
    earlier = api.post(ASK, wish(**when(6, 7))).json()["id"]
    later = api.post(ASK, wish(**when(day=9))).json()["id"]
    rest = [id_ for page in pages(api, ASK, limit=3, cursor=first.json()["next"]) for id_ in ids(page)]
    assert rest == [*made[3:], later]
    assert earlier not in rest


def test_many_at_the_same_moment_are_told_apart(api: Api) -> None:
    made = [api.post(ASK, wish(title=f"n° {n}")).json()["id"] for n in range(5)]
    assert [id_ for page in pages(api, ASK, limit=2) for id_ in ids(page)] == made


def test_links_keep_the_filters(api: Api) -> None:
    fill(api)
    for day in range(3):
        api.post(ASK, wish(resources=["flexi-36"], **when(day=day)), "basile")
    shown = list(pages(api, ASK, limit=1, room="flexi-36", person="me", who="basile"))
    assert len(shown) == 3
    assert all(item["resources"][0]["slug"] == "flexi-36" for page in shown for item in page.json()["items"])


@pytest.mark.usefixtures("workers")
def test_filters_narrow_by_room_person_state_and_time(api: Api) -> None:
    monday = api.book()["id"]
    tuesday = api.book("basile", resources=["flexi-16", "flexi-36"], **when(day=1))["id"]
    lost = api.post(ASK, wish(), "basile", prefer="wait=10").json()["reservation"]["id"]
    basile = api.house.actors["basile"].person_id

    def found(**filters: str) -> set[int]:
        return set(ids(api.get(ASK, **filters)))

    assert found() == {monday, tuesday, lost}
    assert found(room="flexi-36") == {tuesday}
    assert found(room="escapelab") == set()
    assert found(person="me") == {monday}
    assert found(person=str(basile)) == {tuesday, lost}
    assert found(state="refused") == {lost}
    assert found(state="confirmed", room="flexi-16", person="me") == {monday}
    noon, next_day = at(9, 12).end.isoformat(), at(0, day=1).start.isoformat()
    assert found(**{"from": noon}) == {tuesday}, "what ends at noon is over at noon"
    assert found(to=next_day) == {monday, lost}
    assert found(to=at(9).start.isoformat()) == set(), "what begins at nine is not before nine"
    assert found(**{"from": next_day[:19], "zone": "UTC"}) == {tuesday}


def test_a_reservation_that_began_long_before_is_found(api: Api) -> None:
    long = api.post(ASK, wish(start=at(9).start.isoformat(), end=at(9, day=300).start.isoformat())).json()["id"]
    assert ids(api.get(ASK, **{"from": at(0, day=299).start.isoformat()})) == [long]


def test_activities_are_listed_newest_first(api: Api) -> None:
    made = [api.post("/api/activities", {"kind": "lab", "title": f"n° {n}"}).json()["id"] for n in range(5)]
    assert [id_ for page in pages(api, "/api/activities", limit=2) for id_ in ids(page)] == made[::-1]
