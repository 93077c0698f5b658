"""Ranking: the nearer time and the better fitting room come first, and a few answers are chosen that differ."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.places import RoomOffer, Rooms
from shared.domain.ranking import by_merit, choose, points_of_place, points_of_time
from shared.domain.reasons import SENTENCES, Reason

NINE = datetime(2027, 11, 9, 9, tzinfo=ZoneInfo("Europe/Paris"))


def moved(days: int = 0, hours: float = 0) -> datetime:
    return NINE + timedelta(days=days, hours=hours)


@pytest.mark.parametrize(
    ("nearer", "further"),
    [
        (moved(), moved(hours=0.5)),
        (moved(hours=0.5), moved(hours=-1)),
        (moved(hours=4), moved(days=1)),
        (moved(days=1), moved(hours=8)),  # at the same hour tomorrow, rather than at the end of the day
        (moved(days=1), moved(days=1, hours=1)),
        (moved(days=-1), moved(days=2)),
        (moved(days=7), moved(days=8)),
    ],
)
def test_the_nearer_time_costs_less(nearer: datetime, further: datetime) -> None:
    assert points_of_time(NINE, nearer) < points_of_time(NINE, further)


def test_an_hour_across_midnight_is_an_hour() -> None:
    late = NINE.replace(hour=23, minute=30)
    assert points_of_time(late, late + timedelta(hours=1)) == points_of_time(NINE, moved(hours=1))


@pytest.mark.parametrize("people", [1, 10, 16])
def test_rooms_too_large_cost_more_and_what_is_not_known_or_joined_comes_last(people: int) -> None:
    offers = [
        RoomOffer(1, 16),
        RoomOffer(2, 19),
        RoomOffer(9, 36),
        RoomOffer(4, 200),
        RoomOffer(3, 300),  # both are far too large, and yet one more than the other
        RoomOffer(5, None),
        RoomOffer(6, 16, part_ids=(7, 8)),
    ]
    rooms = Rooms(offers)
    places = [rooms.alone(offer, "", is_rearranged=False) for offer in reversed(offers)]
    ranked = sorted(places, key=lambda place: by_merit(place, people))
    assert [place.asked[0] for place in ranked] == [offer.id for offer in offers]
    points = [points_of_place(place, people) for place in ranked]
    assert points == sorted(points)


Entry = tuple[str, int, int]  # rooms, time, and a number that makes it one of a kind
entries = st.lists(
    st.tuples(st.integers(0, 200), st.tuples(st.sampled_from("ABC"), st.integers(1, 4), st.integers(0, 99))),
    unique_by=lambda entry: entry[1],
    max_size=25,
).map(sorted)


def chosen(answers: list[tuple[int, Entry]], most: int) -> list[Entry]:
    return choose(answers, most, rooms=lambda entry: entry[0], when=lambda entry: entry[1])


@settings(derandomize=True, deadline=None, max_examples=300)
@given(entries, st.integers(1, 6))
def test_what_is_chosen_keeps_its_order_and_leaves_out_nothing_better_at_that_time(
    answers: list[tuple[int, Entry]], most: int
) -> None:
    found, ranked = chosen(answers, most), [entry for _, entry in answers]
    assert len(found) == len(set(found)) == min(most, len(ranked))
    assert found == [entry for entry in ranked if entry in found]
    for time in {entry[1] for entry in found}:
        then = [entry for entry in ranked if entry[1] == time]
        taken = [entry for entry in found if entry[1] == time]
        assert taken == then[: len(taken)]


def test_three_answers_are_not_three_times_the_same_room() -> None:
    same = [(time, ("A", time, 0)) for time in range(5)]
    other = (400, ("B", 9, 0))
    assert chosen([*same, other], 3) == [("A", 0, 0), ("A", 1, 0), ("B", 9, 0)]
    assert chosen(same, 3) == [("A", 0, 0), ("A", 1, 0), ("A", 2, 0)], "unless there is nothing else"


def test_one_of_three_is_another_time_when_that_costs_little_more() -> None:
    then = [(10 * n, (room, 0, 0)) for n, room in enumerate("ABCD")]
    assert chosen([*then, (60, ("E", 1, 0))], 3) == [("A", 0, 0), ("B", 0, 0), ("E", 1, 0)]


@pytest.mark.parametrize("code", SENTENCES)
def test_every_reason_is_a_sentence_in_both_languages(code: str) -> None:
    facts: dict[str, str | int] = {"seats": 16, "empty": 4, "count": 3, "layout": "rows"}
    french, english = (Reason(code, facts).sentence(language) for language in ("fr", "en"))
    assert french != english
    assert french[0].isupper() or french[0].isdigit()
    assert all(text.endswith(".") and "{" not in text for text in (french, english))
