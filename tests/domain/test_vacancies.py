"""Vacancies agree with a plain look at every slot, buffers included; equipment is short when too few are left."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.domain.places import Hold, Place
from shared.domain.slots import Slot
from shared.domain.vacancies import Stock, Vacancies, everything_is_allowed

DAWN = datetime(2027, 11, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROOM, TRAINER = 1, 70
stretches = st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda s: at(s[0], s[0] + s[1]))
many = st.lists(stretches, max_size=12)


def at(start: int, end: int) -> Slot:
    return Slot(DAWN + start * HOUR, DAWN + end * HOUR)


def place(setup: int = 0, clearing: int = 0) -> Place:
    return Place((ROOM,), (Hold(ROOM, setup * HOUR, clearing * HOUR), Hold(TRAINER)), (ROOM,), 12)


def is_free(taken: Sequence[Slot], start: datetime, end: datetime) -> bool:
    return not any(slot.start < end and start < slot.end for slot in taken)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(many, many, stretches, st.integers(0, 3), st.integers(0, 3))
def test_a_place_is_free_when_all_that_it_takes_is(
    rooms: list[Slot], trainers: list[Slot], wish: Slot, setup: int, clearing: int
) -> None:
    vacancies = Vacancies({ROOM: rooms, TRAINER: trainers}, everything_is_allowed)
    with_buffers = is_free(rooms, wish.start - setup * HOUR, wish.end + clearing * HOUR)
    expected = with_buffers and is_free(trainers, wish.start, wish.end)
    assert vacancies.has(place(setup, clearing), wish.start, wish.end) == expected


@settings(derandomize=True, deadline=None, max_examples=200)
@given(many, st.integers(1, 5), st.integers(0, 2), st.integers(0, 2))
def test_what_touches_something_taken_leaves_exactly_the_buffer_between(
    taken: list[Slot], hours: int, setup: int, clearing: int
) -> None:
    vacancies, length = Vacancies({ROOM: taken}, everything_is_allowed), hours * HOUR
    week = (DAWN - timedelta(days=7), DAWN + timedelta(days=7))
    ends, starts = {slot.end for slot in taken}, {slot.start for slot in taken}
    for start in vacancies.starts_beside(place(setup, clearing), length, *week):
        assert start - setup * HOUR in ends or start + length + clearing * HOUR in starts


def test_neighbours_are_no_obstacle_and_no_place_in_between() -> None:
    vacancies = Vacancies({ROOM: [at(12, 14), at(9, 12), at(9, 10)]}, everything_is_allowed)
    assert vacancies.has(place(), at(14, 15).start, at(14, 15).end)
    assert vacancies.has(place(), at(8, 9).start, at(8, 9).end)
    found = vacancies.starts_beside(place(), HOUR, at(0, 1).start, at(23, 24).end)
    assert sorted(found) == [at(8, 9).start, at(14, 15).start]


def test_the_rules_of_the_house_are_asked_last_and_once() -> None:
    asked: list[Slot] = []

    def never(room_id: int, slot: Slot) -> bool:
        assert room_id == ROOM, "a trainer is subject to no rule about rooms"
        asked.append(slot)
        return False

    vacancies = Vacancies({ROOM: [at(9, 12)]}, never)
    for _ in range(2):
        assert not vacancies.has(place(), at(10, 11).start, at(10, 11).end)
        assert not vacancies.has(place(), at(13, 14).start, at(13, 14).end)
    assert (asked, vacancies.asked) == ([at(13, 14)], 1)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(st.tuples(stretches, st.integers(1, 9)), max_size=10), st.integers(0, 20), st.integers(0, 20))
def test_equipment_is_short_exactly_while_too_few_are_left(
    taken: list[tuple[Slot, int]], quantity: int, wanted: int
) -> None:
    assume(wanted <= quantity)
    short = Stock(quantity, taken).shortages(wanted)
    for hour in range(40):
        left = quantity - sum(units for slot, units in taken if slot.overlaps(at(hour, hour + 1)))
        assert any(slot.overlaps(at(hour, hour + 1)) for slot in short) == (left < wanted)
