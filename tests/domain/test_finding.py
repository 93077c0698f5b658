"""Find a room: 'three half-days before 15 June, mornings, same room', and what else people ask for."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.domain.finding import Answer, Days, Meeting, Part, Question, RoomOffer, Stock, Supply, find
from shared.domain.slots import Slot

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2027, 6, 7)
MORNING, AFTERNOON = Part("matin", time(9), time(12)), Part("après-midi", time(14), time(17))
WHOLE_DAY = Part("journée", time(8), time(20))
WORKDAYS = frozenset(range(5))
FLEXI_16, FLEXI_19 = RoomOffer(16, 16, "Flexi 16"), RoomOffer(19, 19, "Flexi 19")
FLEXI_36 = RoomOffer(36, 36, "Flexi 36", {"rows": 36, "islands": 24}, "islands")
OPEN_SPACE = RoomOffer(30, None, "Espace ouvert")
BOTH = RoomOffer(50, 35, "Flexi 16+19", part_ids=(16, 19))
ANNE, LAPTOPS = 70, 80


def at(start: float, end: float, *, day: int = 0) -> Slot:
    """Hours on the clock of Arras, from Monday 7 June 2027 on."""
    midnight = datetime(2027, 6, 7, tzinfo=PARIS) + timedelta(days=day)
    return Slot(midnight + timedelta(hours=start), midnight + timedelta(hours=end))


THREE_MORNINGS = Question(10, Days(MONDAY, date(2027, 6, 15), (MORNING,), PARIS, WORKDAYS), sessions=3)
ONE_MORNING = replace(THREE_MORNINGS, sessions=1)
HOUSE = Supply((OPEN_SPACE, FLEXI_36, FLEXI_16, FLEXI_19, BOTH), {}, at(0, 1).start)


def rooms(answers: list[Answer]) -> list[tuple[int, ...]]:
    return [answer.room_ids for answer in answers]


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


def mornings(*days: int) -> tuple[Slot, ...]:
    return tuple(at(9, 12, day=day) for day in days)


def test_three_mornings_in_one_room_before_a_date() -> None:
    first = find(THREE_MORNINGS, HOUSE)[0]
    assert first.meetings == tuple(Meeting(16, slot) for slot in mornings(0, 1, 2))
    assert codes(first) == ["smallest_that_fits", "same_room", "earliest"]
    busy = {16: [at(8, 20, day=day) for day in (0, 1, 2, 4)], 19: [at(9, 10)], 36: [at(8, 20)]}
    late = find(THREE_MORNINGS, replace(HOUSE, busy=busy))
    assert (late[0].room_ids, late[0].slots) == ((19,), mornings(1, 2, 3))
    assert mornings(3, 7, 8) not in [answer.slots for answer in late], "15 June is no longer before 15 June"


def test_rooms_too_large_rank_lower_and_what_is_not_known_last() -> None:
    assert rooms(find(replace(ONE_MORNING, days=replace(ONE_MORNING.days, before=date(2027, 6, 8))), HOUSE)) == [
        (16,),
        (19,),
        (36,),
        (30,),
        (50,),
    ]


@pytest.mark.parametrize(
    ("people", "room", "reason", "sentence"),
    [
        (16, 16, "fits_exactly", "Exactement 16 places."),
        (12, 16, "smallest_that_fits", "Le plus petit espace qui convienne : 16 places."),
        (12, 19, "larger_than_needed", "19 places : 7 de plus qu'il n'en faut."),
        (12, 30, "seats_not_known", "Le nombre de places n'est pas connu."),
    ],
)
def test_every_answer_says_how_the_room_fits(people: int, room: int, reason: str, sentence: str) -> None:
    [answer] = [a for a in find(replace(ONE_MORNING, people=people), HOUSE, 20) if a == _first_in(room, a)]
    assert (codes(answer)[0], answer.reasons[0].sentence("fr")) == (reason, sentence)


def _first_in(room: int, answer: Answer) -> Answer:
    return Answer((Meeting(room, at(9, 12)),), answer.score, ())


def test_a_larger_room_is_explained_when_the_smaller_are_taken() -> None:
    supply = replace(HOUSE, rooms=(FLEXI_16, FLEXI_36), busy={16: [at(9, 10)]})
    [first] = [a for a in find(ONE_MORNING, supply) if a.slots == mornings(0)]
    assert (first.room_ids, codes(first)) == ((36,), ["smaller_are_taken", "earliest"])


def test_rooms_joined_come_behind_any_single_room_that_fits() -> None:
    question = replace(ONE_MORNING, people=33)
    full_for_a_week = {36: [at(8, 20, day=day) for day in range(4)]}
    answers = find(question, replace(HOUSE, rooms=(FLEXI_36, BOTH), busy=full_for_a_week))
    assert [answer.room_ids for answer in answers] == sorted(rooms(answers)), "36 before 50"
    assert answers[0].meetings == (Meeting(36, at(9, 12, day=4), "rows"),)
    joined = next(answer for answer in answers if answer.room_ids == (50,))
    assert "joined_rooms" in codes(joined)
    assert answers[0].score > joined.score, "though it is four days earlier"


def test_however_long_a_single_room_is_waited_for_it_comes_before_rooms_joined() -> None:
    question = replace(ONE_MORNING, people=33, days=replace(ONE_MORNING.days, before=date(2027, 9, 1)))
    busy = {30: [at(8, 20, day=day) for day in range(60)]}
    first, *_, last = find(question, replace(HOUSE, rooms=(OPEN_SPACE, BOTH), busy=busy))
    assert (first.room_ids, last.room_ids) == ((30,), (50,))
    assert first.score > last.score


def test_rooms_joined_need_all_their_parts() -> None:
    question, busy = replace(ONE_MORNING, people=33), {19: [at(8, 20, day=day) for day in range(8)]}
    assert find(question, replace(HOUSE, rooms=(BOTH,), busy=busy)) == []


def test_a_layout_that_is_wanted_is_there_or_can_be_set_up() -> None:
    islands = find(replace(ONE_MORNING, layout="islands"), HOUSE, 1)[0]
    rows = find(replace(ONE_MORNING, layout="rows"), HOUSE, 1)[0]
    assert islands.meetings == (Meeting(36, at(9, 12), "islands"),), "no other room has islands"
    assert "stands_as_wanted" in codes(islands)
    assert rows.meetings == (Meeting(36, at(9, 12), "rows"),)
    assert "needs_layout_change" in codes(rows)
    assert islands.score > rows.score
    assert find(replace(ONE_MORNING, people=25, layout="islands"), HOUSE) == []


def test_a_room_is_set_up_otherwise_when_only_that_seats_the_people() -> None:
    answer = find(replace(ONE_MORNING, people=30), replace(HOUSE, rooms=(FLEXI_36,)), 1)[0]
    assert answer.meetings == (Meeting(36, at(9, 12), "rows"),)


def test_the_trainer_and_the_laptops_must_be_free_too() -> None:
    question = replace(ONE_MORNING, trainers=(ANNE,), equipment={LAPTOPS: 12})
    stocks = {LAPTOPS: Stock(20, [(at(9, 10, day=1), 5), (at(9, 10, day=1), 5), (at(11, 14, day=2), 8)])}
    supply = replace(HOUSE, busy={ANNE: [at(8, 9.5)]}, stocks=stocks)
    assert find(question, supply, 1)[0].slots == mornings(2), "Anne is away on Monday, ten are lent on Tuesday"
    assert find(replace(question, equipment={LAPTOPS: 21}), supply) == []
    assert find(replace(question, equipment={99: 1}), supply) == [], "nobody knows of such a thing"


def test_what_is_found_leaves_time_to_set_up_and_to_clear() -> None:
    room = replace(FLEXI_16, setup=timedelta(hours=1), clearing=timedelta(hours=2))
    busy = {16: [at(8, 8.5), at(13, 14, day=1), at(14, 15, day=2)]}
    assert find(ONE_MORNING, replace(HOUSE, rooms=(room,), busy=busy), 1)[0].slots == mornings(2)


def test_what_the_house_forbids_is_not_found() -> None:
    supply = replace(HOUSE, is_allowed=lambda room, slot: room == 36 and slot.start > at(0, 1, day=2).start)
    assert find(THREE_MORNINGS, supply, 1)[0].meetings == tuple(Meeting(36, slot) for slot in mornings(2, 3, 4))


def test_so_many_hours_at_any_time_of_the_day() -> None:
    days = Days(MONDAY, date(2027, 6, 8), (WHOLE_DAY,), PARIS)
    question = Question(10, days, length=timedelta(hours=2))
    supply = replace(HOUSE, rooms=(FLEXI_16,), busy={16: [at(8, 9), at(11, 12), at(17, 19)]})
    assert [answer.slots for answer in find(question, supply, 9)] == [(at(9, 11),), (at(12, 14),), (at(14, 16),)]
    cramped = replace(supply, rooms=(replace(FLEXI_16, clearing=timedelta(minutes=30)),))
    assert [answer.slots for answer in find(question, cramped, 9)] == [(at(12, 14),), (at(14.5, 16.5),)]


def test_sessions_on_distinct_days_or_in_a_row() -> None:
    days = replace(THREE_MORNINGS.days, parts=(MORNING, AFTERNOON))
    question = replace(THREE_MORNINGS, days=days)
    assert find(question, HOUSE, 1)[0].slots == mornings(0, 1, 2)
    in_a_row = find(replace(question, is_on_distinct_days=False), HOUSE, 1)[0]
    assert in_a_row.slots == (at(9, 12), at(14, 17), at(9, 12, day=1))


def test_from_room_to_room_only_when_that_is_wanted_and_no_more_than_needed() -> None:
    busy = {
        16: [at(9, 12, day=day) for day in (1, 2, 3, 4)],
        19: [at(9, 12, day=day) for day in (0, 2, 3, 4, 7)],
        36: [at(9, 12, day=day) for day in (0, 1, 3, 4, 7)],
    }
    supply = replace(HOUSE, rooms=(FLEXI_16, FLEXI_19, FLEXI_36), busy=busy)
    assert find(THREE_MORNINGS, supply) == []
    [answer] = find(replace(THREE_MORNINGS, is_in_one_room=False), supply)
    assert answer.meetings == tuple(
        Meeting(room, slot) for room, slot in zip((16, 19, 36), mornings(0, 1, 2), strict=True)
    )
    assert codes(answer) == ["several_rooms", "earliest"]
    assert answer.reasons[0].sentence("en") == "3 different rooms from one session to another."


def test_the_next_session_stays_in_the_room_when_it_can() -> None:
    busy = {16: [at(9, 12)], 19: [at(9, 12, day=2)]}
    supply = replace(HOUSE, rooms=(FLEXI_16, FLEXI_19), busy=busy)
    days = replace(THREE_MORNINGS.days, before=date(2027, 6, 10))
    [answer] = find(replace(THREE_MORNINGS, days=days, is_in_one_room=False), supply)
    assert [meeting.room_id for meeting in answer.meetings] == [19, 19, 16]


def test_nobody_is_in_two_rooms_at_once() -> None:
    days = Days(MONDAY, date(2027, 6, 8), (WHOLE_DAY,), PARIS)
    question = Question(10, days, 2, timedelta(hours=2), is_in_one_room=False, is_on_distinct_days=False)
    supply = replace(HOUSE, rooms=(FLEXI_16, FLEXI_19), busy={16: [at(10, 20)], 19: [at(8, 9), at(13, 20)]})
    assert (Meeting(16, at(8, 10)), Meeting(19, at(11, 13))) in [answer.meetings for answer in find(question, supply)]


def test_nothing_is_found_in_the_past() -> None:
    supply = replace(HOUSE, now=at(9.5, 10, day=1).start)
    assert find(ONE_MORNING, supply, 1)[0].slots == mornings(2)


def test_an_answer_that_could_not_be_better_has_a_thousand_points() -> None:
    assert find(replace(ONE_MORNING, people=16), HOUSE, 1)[0].score == 1000


def test_nobody_fits_nothing_is_found() -> None:
    assert find(replace(ONE_MORNING, people=37), replace(HOUSE, rooms=(FLEXI_16, FLEXI_36))) == []
    assert find(ONE_MORNING, replace(HOUSE, rooms=())) == []


def test_a_house_that_forbids_everything_is_not_asked_for_ever() -> None:
    asked = []
    days = Days(MONDAY, MONDAY + timedelta(days=366), (WHOLE_DAY,), PARIS)
    supply = replace(HOUSE, is_allowed=lambda *question: bool(asked.append(question)))
    assert find(Question(10, days, length=timedelta(hours=1)), supply) == []
    assert len(asked) < 420 * len(HOUSE.rooms)
