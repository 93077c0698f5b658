"""Whatever is looked for: what is found can be had, is found once, in the same order, and smaller rooms come first."""

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.finding import Answer, Days, Meeting, Part, Question, RoomOffer, Stock, Supply, find
from shared.domain.slots import Slot

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2027, 10, 25)  # of the week in which the clock changes
HALF_AN_HOUR = timedelta(minutes=30)
PARTS = (Part("matin", time(9), time(12)), Part("après-midi", time(13, 30), time(17)), Part("soir", time(18), time(20)))
ROOMS = (
    RoomOffer(16, 16, setup=HALF_AN_HOUR),
    RoomOffer(19, 19, clearing=HALF_AN_HOUR),
    RoomOffer(36, 36, layouts={"rows": 36, "islands": 24}, default_layout="islands"),
    RoomOffer(30, None),
    RoomOffer(50, 33, part_ids=(16, 19)),
)
BY_ID = {room.id: room for room in ROOMS}
ANNE, LAPTOPS = 70, 80


def at(day: int, quarter: int, quarters: int) -> Slot:
    wall = datetime(2027, 10, 25, tzinfo=PARIS) + timedelta(days=day)
    return Slot(wall + timedelta(minutes=15 * quarter), wall + timedelta(minutes=15 * (quarter + quarters)))


def not_on_all_saints_nor_early_in_19(room_id: int, slot: Slot) -> bool:
    wall = slot.start.astimezone(PARIS)
    return wall.date() != date(2027, 11, 1) and (room_id != 19 or wall.hour >= 10)


stretches = st.builds(at, st.integers(0, 12), st.integers(30, 76), st.integers(1, 30))
many = st.lists(stretches, max_size=10)
days = st.builds(
    lambda parts, length, weekdays: Days(MONDAY, MONDAY + timedelta(days=length), parts, PARIS, weekdays),
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=3).map(tuple),
    st.integers(1, 12),
    st.frozensets(st.integers(0, 6), min_size=3),
)
questions = st.builds(
    Question,
    st.integers(1, 40),
    days,
    sessions=st.integers(1, 3),
    length=st.sampled_from([None, timedelta(hours=1), timedelta(minutes=90)]),
    layout=st.sampled_from(["", "", "rows"]),
    equipment=st.sampled_from([{}, {LAPTOPS: 6}]),
    trainers=st.sampled_from([(), (ANNE,)]),
    is_in_one_room=st.booleans(),
    is_on_distinct_days=st.booleans(),
)
supplies = st.builds(
    lambda busy, lent, hours: Supply(
        ROOMS,
        busy,
        at(0, 4 * hours, 1).start,
        {LAPTOPS: Stock(10, lent)},
        not_on_all_saints_nor_early_in_19,
    ),
    st.dictionaries(st.sampled_from([16, 19, 36, 50, ANNE]), many),
    st.lists(st.tuples(stretches, st.integers(1, 6)), max_size=4),
    st.integers(0, 60),
)


def is_possible(question: Question, supply: Supply, meeting: Meeting) -> bool:
    slot, room = meeting.slot, BY_ID[meeting.room_id]
    buffers = {id_: (BY_ID[id_].setup, BY_ID[id_].clearing) for id_ in (room.id, *room.part_ids)}
    buffers |= dict.fromkeys(question.trainers, (timedelta(), timedelta()))
    for id_, (setup, clearing) in buffers.items():
        if any(b.start < slot.end + clearing and slot.start - setup < b.end for b in supply.busy.get(id_, ())):
            return False
        if id_ in BY_ID and not supply.is_allowed(id_, slot):
            return False
    for id_, count in question.equipment.items():
        lent = sum(units for taken, units in supply.stocks[id_].taken if taken.overlaps(slot))
        if lent > supply.stocks[id_].quantity - count and _is_short(supply.stocks[id_], slot, count):
            return False
    return True


def _is_short(stock: Stock, slot: Slot, count: int) -> bool:
    moments = [slot.start, *(taken.start for taken, _ in stock.taken if slot.start < taken.start < slot.end)]
    used = (sum(units for taken, units in stock.taken if taken.start <= m < taken.end) for m in moments)
    return any(units > stock.quantity - count for units in used)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(questions, supplies, st.integers(1, 6))
def test_whatever_is_found_is_free_allowed_large_enough_and_what_was_asked_for(
    question: Question, supply: Supply, most: int
) -> None:
    found = find(question, supply, most)
    assert len({answer.meetings for answer in found}) == len(found) <= most
    for answer in found:
        assert len(answer.meetings) == question.sessions
        assert all(is_possible(question, supply, meeting) for meeting in answer.meetings)
        assert len(answer.room_ids) == 1 or not question.is_in_one_room
        assert all(_suits(question, supply, meeting) for meeting in answer.meetings)
        assert all(a.end <= b.start for a, b in pairwise(answer.slots))
        walls = [slot.start.astimezone(PARIS).date() for slot in answer.slots]
        assert len(set(walls)) == len(walls) or not question.is_on_distinct_days


def _suits(question: Question, supply: Supply, meeting: Meeting) -> bool:
    seats = BY_ID[meeting.room_id].seats_in(meeting.layout)
    windows = [window for _, window in question.days.windows(supply.now)]
    inside = [w for w in windows if w.start <= meeting.slot.start and meeting.slot.end <= w.end]
    return (
        (seats is None or seats >= question.people)
        and (not question.layout or meeting.layout == question.layout)
        and meeting.slot.start >= supply.now
        and any(meeting.slot.length == (question.length or window.length) for window in inside)
    )


@settings(derandomize=True, deadline=None, max_examples=150)
@given(questions, supplies, st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_in_which_things_are_given(
    question: Question, supply: Supply, most: int, chance: random.Random
) -> None:
    mixed = replace(
        supply,
        rooms=chance.sample(supply.rooms, len(supply.rooms)),
        busy={id_: chance.sample(slots, len(slots)) for id_, slots in supply.busy.items()},
    )
    assert find(question, mixed, most) == find(question, supply, most)


def _size(answer: Answer) -> float:
    room = BY_ID[answer.room_ids[0]]
    return float("inf") if room.seats is None else room.seats


@settings(derandomize=True, deadline=None, max_examples=300)
@given(questions, supplies, st.integers(1, 6))
def test_the_best_come_first_and_a_room_too_large_never_before_a_smaller_one_then(
    question: Question, supply: Supply, most: int
) -> None:
    found = find(replace(question, is_in_one_room=True, people=min(question.people, 24), layout=""), supply, most)
    scores = [answer.score for answer in found]
    assert scores == sorted(scores, reverse=True)
    is_joined = [answer.room_ids == (50,) for answer in found]
    assert is_joined == sorted(is_joined), "single rooms first"
    for before, after in pairwise([answer for answer in found if answer.room_ids != (50,)]):
        assert before.slots != after.slots or _size(before) < _size(after)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(questions, supplies)
def test_when_nothing_is_found_no_single_session_was_to_be_had(question: Question, supply: Supply) -> None:
    question = replace(question, sessions=1, length=None, layout="")
    found = find(question, supply, 1)
    possible = [
        slot
        for _, slot in question.days.windows(supply.now)
        for room in ROOMS
        if slot.start >= supply.now
        and room.layout_for(question.people, "") is not None
        and is_possible(question, supply, Meeting(room.id, slot))
    ]
    assert bool(found) == bool(possible)
