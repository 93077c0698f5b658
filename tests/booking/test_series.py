"""Series: all dates are rows, decided in one turn, each by itself and all as the requester chose."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared import programme, recurring
from shared.domain.errors import InvalidInputError, NotAllowedError, WrongStateError
from shared.domain.recurrence import Recurrence
from shared.store.attendees import Invitee
from shared.store.series import Series
from tests.house import House, slot

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2027, 9, 7, 14)  # noqa: DTZ001  on the wall clock


@pytest.fixture(autouse=True)
def summer(house: House) -> None:
    """It is the end of the holidays."""
    house.now = datetime(2027, 8, 30, tzinfo=PARIS)


def ask(house: House, rule: str = "FREQ=WEEKLY;COUNT=10", *rooms: str, who: str = "anne", **more: Any) -> int:
    """A series on Tuesdays from 14 to 16 h; its id."""
    return house.series(rule, *rooms, who=who, **{"start": TUESDAY} | more)


def states(house: House, series_id: int) -> list[str]:
    return [reservation.state.value for reservation in house.dates(series_id)]


def starts(house: House, series_id: int) -> list[str]:
    return [f"{r.starts_at.astimezone(PARIS):%m-%d %H:%M}" for r in house.dates(series_id)]


def change(house: House, series_id: int, who: str = "anne", **what: Any) -> None:
    with house.book() as db:
        wanted = recurring.SeriesChange(**what)
        recurring.change_series(db, series_id, wanted, by=house.actors[who], now=house.now)
    house.decide()


def block(house: House, day: date, room: str = "flexi-16", who: str = "basile") -> int:
    """Somebody has the room on that day from 15 to 17 h."""
    at = datetime.combine(day, time(15), PARIS)
    return house.confirmed(room, who=who, at=slot().starting(at))


def test_all_dates_are_decided_together_and_stay_at_their_hour_across_the_clock_change(house: House) -> None:
    series = ask(house)
    decided = house.decide()
    assert len(decided) == 10
    assert states(house, series) == ["confirmed"] * 10
    assert {start[6:] for start in starts(house, series)} == {"14:00"}
    assert {r.starts_at.hour for r in house.dates(series)} == {12, 13}  # UTC


def test_all_or_nothing(house: House) -> None:
    block(house, date(2027, 9, 21))
    series = ask(house)
    house.decide()
    found = house.dates(series)
    assert {r.state.value for r in found} == {"refused"}
    assert [r.refusal["code"] for r in found if r.refusal].count("room_taken") == 1
    assert [r.refusal["code"] for r in found if r.refusal].count("series_refused") == 9
    assert len(house.rows("SELECT FROM occupancy")) == 1


def test_the_dates_that_are_taken_are_skipped(house: House) -> None:
    block(house, date(2027, 9, 21))
    series = ask(house, on_conflict="skip")
    house.decide()
    assert states(house, series) == ["confirmed"] * 2 + ["refused"] + ["confirmed"] * 7


def test_the_house_may_limit_how_many_dates_a_series_loses(house: House) -> None:
    house.rule(series={"conflicts_percent": 10})
    for day in (date(2027, 9, 14), date(2027, 9, 21)):
        block(house, day)
    series = ask(house, on_conflict="skip")
    house.decide()
    assert set(states(house, series)) == {"refused"}


def test_another_room_is_taken_for_a_date_on_which_the_wanted_one_is_taken(house: House) -> None:
    block(house, date(2027, 9, 21))
    series = ask(house, on_conflict="propose")
    house.decide()
    assert states(house, series) == ["confirmed"] * 10
    third = house.dates(series)[2]
    assert (third.resource_ids, third.starts_at) != ([house.rooms["flexi-16"]], third.recurs_at)
    assert third.recurs_at is not None


def test_two_proposals_of_one_series_are_never_put_onto_each_other(house: House) -> None:
    """Every day from 8 to 20 h in a house where all rooms but one are taken all week."""
    for room in house.rooms:
        if room != "escapelab":
            house.confirmed(room, who="basile", at=slot(0, 24 * 6))
    series = ask(
        house,
        "FREQ=DAILY;COUNT=5",
        start=datetime(2027, 11, 8, 9),  # noqa: DTZ001
        on_conflict="propose",
    )
    house.decide()
    held = house.rows("SELECT resource_id, lower(during) AS start FROM occupancy WHERE reservation_id > 4")
    assert len(held) == len({(row.resource_id, row.start) for row in held})
    assert set(states(house, series)) <= {"confirmed", "refused"}


def test_the_dates_that_are_taken_wait(house: House) -> None:
    blocking = block(house, date(2027, 9, 21))
    series = ask(house, on_conflict="wait")
    house.decide()
    assert states(house, series)[2] == "waitlisted"
    house.cancel(blocking, who="basile")
    house.decide()
    assert states(house, series) == ["confirmed"] * 10


def test_a_series_and_a_single_request_are_decided_in_turn(house: House) -> None:
    first = house.ask("flexi-16", at=slot().starting(datetime(2027, 9, 14, 14, tzinfo=PARIS)))
    series = ask(house)
    second = house.ask("flexi-16", at=slot().starting(datetime(2027, 9, 7, 15, tzinfo=PARIS)))
    house.decide()
    assert house.states(first, second) == ["confirmed", "confirmed"]
    assert set(states(house, series)) == {"refused"}


def test_one_date_moves_by_itself(house: House) -> None:
    series = ask(house)
    house.decide()
    third = house.dates(series)[2]
    house.move(third.id, third.slot.starting(third.starts_at + timedelta(hours=3)))
    house.decide()
    assert starts(house, series)[1:4] == ["09-14 14:00", "09-21 17:00", "09-28 14:00"]
    assert house.dates(series)[2].recurs_at == third.recurs_at


def test_all_dates_move_and_the_rule_with_them(house: House) -> None:
    series = ask(house)
    house.decide()
    change(house, series, start=time(9), length=timedelta(hours=3), days_later=1)
    assert starts(house, series)[:2] == ["09-08 09:00", "09-15 09:00"]
    assert all(r.recurs_at == r.starts_at for r in house.dates(series))
    with house.book() as db:
        changed = db.get_one(Series, series)
        assert (changed.starts_on, changed.length) == (datetime(2027, 9, 8, 9), timedelta(hours=3))  # noqa: DTZ001
        assert Recurrence.parse(changed.rule).until == date(2027, 11, 10)


def test_a_rule_of_every_second_week_moves_as_far_as_it_stays_one(house: House) -> None:
    series = ask(house, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=6")
    house.decide()
    with pytest.raises(InvalidInputError) as refusal:
        change(house, series, days_later=5)  # to Sunday and, in another week, Tuesday
    assert refusal.value.code == "shift_leaves_rule"
    change(house, series, days_later=7)
    assert starts(house, series)[:3] == ["09-14 14:00", "09-16 14:00", "09-28 14:00"]


def test_this_date_and_later_ones_go_on_as_another_series(house: House) -> None:
    series = ask(house, people=5)
    house.decide()
    change(house, series, since=date(2027, 10, 5), start=time(10), length=timedelta(hours=1))
    assert starts(house, series) == ["09-07 14:00", "09-14 14:00", "09-21 14:00", "09-28 14:00"]
    [later] = house.rows("SELECT id, head_id FROM series WHERE split_from = :id", id=series)
    assert starts(house, later.id)[:2] == ["10-05 10:00", "10-12 10:00"]
    assert len(house.dates(later.id)) == 6
    assert later.head_id == house.dates(later.id)[0].id


def test_a_change_that_one_date_cannot_have_changes_none(house: House) -> None:
    series = ask(house)
    house.decide()
    theirs = house.confirmed("flexi-16", who="basile", at=slot(9, 12).starting(datetime(2027, 10, 12, 9, tzinfo=PARIS)))
    before = starts(house, series)
    change(house, series, since=date(2027, 9, 21), start=time(9), length=timedelta(hours=2))
    assert starts(house, series) == before
    codes = [r.refusal["code"] for r in house.dates(series) if r.refusal]
    assert sorted(set(codes)) == ["room_taken", "series_refused"]
    assert house.state(theirs) == "confirmed"
    assert house.rows("SELECT FROM series WHERE split_from = :id", id=series) == []
    assert house.rows("SELECT FROM occupancy WHERE reservation_id <> :id", id=theirs) != []


def test_another_room_from_a_date_on_leaves_each_date_its_place_in_the_rule(house: House) -> None:
    series = ask(house)
    house.decide()
    for date_ in house.dates(series)[5:7]:
        house.move(date_.id, date_.slot.starting(date_.starts_at + timedelta(hours=3)))
    house.decide()
    change(house, series, since=date(2027, 10, 12), resources=("flexi-36",))
    [later] = house.rows("SELECT id, starts_on FROM series WHERE split_from = :id", id=series)
    assert starts(house, later.id) == [
        *("10-12 17:00", "10-19 17:00", "10-26 14:00", "11-02 14:00", "11-09 14:00"),
    ]
    by_rule = [r.recurs_at.astimezone(PARIS).hour for r in house.dates(later.id) if r.recurs_at]
    assert (by_rule, later.starts_on) == ([14] * 5, datetime(2027, 10, 12, 14))  # noqa: DTZ001


def test_dates_that_wait_in_line_stay_behind_under_their_rule_with_the_list_of_people(house: House) -> None:
    block(house, date(2027, 9, 21))
    series = ask(house, on_conflict="wait", guests=["zoe@college.example"])
    house.decide()
    first = house.dates(series)[0].id
    change(house, series, start=time(9), length=timedelta(hours=1))
    [later] = house.rows("SELECT id, head_id FROM series WHERE split_from = :id", id=series)
    [waiting] = house.dates(series)
    assert waiting.recurs_at == waiting.starts_at
    assert {start[6:] for start in starts(house, later.id)} == {"09:00"}
    assert house.rows("SELECT head_id FROM series WHERE id = :id", id=series) == [(waiting.id,)]
    assert later.head_id == first
    listed = house.rows("SELECT reservation_id FROM attendee ORDER BY 1")
    assert [row.reservation_id for row in listed] == sorted([waiting.id, first])


def test_whoever_is_invited_to_one_date_is_invited_to_the_series(house: House) -> None:
    series = ask(house)
    house.decide()
    first, _, third, *_ = house.dates(series)
    with house.book() as db:
        zoe = Invitee("zoe@college.example")
        [attendee] = programme.invite(db, third.id, [zoe], by=house.actors["anne"], now=house.now)
    assert house.rows("SELECT id, reservation_id FROM attendee") == [(attendee, first.id)]
    with house.book() as db:
        programme.take_off(db, third.id, attendee, by=house.actors["anne"], now=house.now)
    assert house.rows("SELECT FROM attendee WHERE removed_at IS NULL") == []


def test_a_daily_series_moves_onto_its_own_old_dates(house: House) -> None:
    series = ask(house, "FREQ=DAILY;COUNT=5")
    house.decide()
    change(house, series, days_later=1)
    assert starts(house, series) == [f"09-{day:02} 14:00" for day in range(8, 13)]


def test_all_dates_that_have_not_begun_are_given_back(house: House) -> None:
    series = ask(house)
    house.decide()
    with house.book() as db:
        now = datetime(2027, 9, 28, 15, tzinfo=PARIS)
        recurring.cancel_series(db, series, reason="", by=house.actors["anne"], now=now)
    assert states(house, series) == ["confirmed"] * 4 + ["cancelled"] * 6


def test_dates_that_wait_are_given_up_with_those_that_are_held(house: House) -> None:
    for day in (date(2027, 9, 14), date(2027, 9, 21)):
        block(house, day)
    series = ask(house, on_conflict="wait")
    house.decide()
    with house.book() as db:
        recurring.cancel_series(db, series, reason="", by=house.actors["anne"], now=house.now)
    assert states(house, series) == ["cancelled"] * 10
    assert house.decide() == []


def test_a_date_that_was_skipped_or_cancelled_comes_back(house: House) -> None:
    series = ask(house, skip=frozenset({date(2027, 9, 14)}))
    house.decide()
    cancelled = house.dates(series)[3]
    house.cancel(cancelled.id)
    for day in (date(2027, 9, 14), date(2027, 10, 5)):
        with house.book() as db:
            recurring.bring_back(db, series, day, by=house.actors["anne"], now=house.now)
        house.decide()
    alive = [r for r in house.dates(series) if r.state == "confirmed"]
    assert len(alive) == 10
    with house.book() as db, pytest.raises(WrongStateError):
        recurring.bring_back(db, series, date(2027, 9, 14), by=house.actors["anne"], now=house.now)
    with house.book() as db, pytest.raises(InvalidInputError):
        recurring.bring_back(db, series, date(2027, 9, 15), by=house.actors["anne"], now=house.now)


def test_only_the_owner_and_coordinators_change_a_series(house: House) -> None:
    series = ask(house)
    house.decide()
    with pytest.raises(NotAllowedError):
        change(house, series, who="basile", start=time(9), length=timedelta(hours=1))
    change(house, series, who="claire", words={"title": "Club radio"})
    assert {r.title for r in house.dates(series)} == {"Club radio"}


def test_a_series_of_a_whole_year_is_one_turn_in_a_small_batch(house: House) -> None:
    series = ask(house, "FREQ=DAILY;COUNT=366", start=datetime(2027, 12, 1, 18))  # noqa: DTZ001
    assert len(house.decide_once(batch=1)) == 366
    assert set(states(house, series)) == {"confirmed"}
