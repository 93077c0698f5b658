"""Mornings and afternoons are times on the wall; some nights have an hour less, or one twice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.day_parts import Days, Part
from shared.domain.slots import Slot

PARIS = ZoneInfo("Europe/Paris")
MORNING, AFTERNOON = Part("matin", time(9), time(12)), Part("après-midi", time(14), time(17))
NIGHT = Part("nuit", time(22), time(6))
MONDAY = date(2027, 11, 8)
DAWN = datetime(2027, 1, 1, tzinfo=UTC)


def utc(day: date, start: int, end: int) -> Slot:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Slot(midnight + timedelta(hours=start), midnight + timedelta(hours=end))


def test_a_morning_is_one_on_the_wall_in_summer_and_in_winter() -> None:
    assert MORNING.on(date(2027, 7, 8), PARIS) == utc(date(2027, 7, 8), 7, 10)
    assert MORNING.on(MONDAY, PARIS) == utc(MONDAY, 8, 11)


def test_a_night_ends_on_the_next_day_and_may_be_an_hour_shorter() -> None:
    assert NIGHT.on(MONDAY, PARIS) == utc(MONDAY, 21, 29)
    assert NIGHT.on(date(2027, 3, 27), PARIS) == utc(date(2027, 3, 27), 21, 28)


def test_a_part_that_would_begin_in_the_hour_that_is_skipped_or_repeated_is_none() -> None:
    early = Part("très tôt", time(2, 30), time(5))
    assert early.on(date(2027, 3, 28), PARIS) is None
    assert early.on(date(2027, 10, 31), PARIS) is None
    assert early.on(MONDAY, PARIS) == Slot(
        datetime(2027, 11, 8, 1, 30, tzinfo=UTC), datetime(2027, 11, 8, 4, tzinfo=UTC)
    )


def test_windows_are_the_parts_of_the_days_in_order_up_to_the_last_but_not_beyond() -> None:
    days = Days(MONDAY, date(2027, 11, 10), (AFTERNOON, MORNING, MORNING), PARIS)
    tuesday = MONDAY + timedelta(days=1)
    assert days.windows(DAWN) == [
        (MONDAY, utc(MONDAY, 8, 11)),
        (MONDAY, utc(MONDAY, 13, 16)),
        (tuesday, utc(tuesday, 8, 11)),
        (tuesday, utc(tuesday, 13, 16)),
    ]


def test_only_the_allowed_weekdays_and_what_is_not_over_yet() -> None:
    days = Days(MONDAY, MONDAY + timedelta(days=14), (MORNING,), PARIS, frozenset({2}))
    wednesdays = [MONDAY + timedelta(days=2), MONDAY + timedelta(days=9)]
    assert [day for day, _ in days.windows(DAWN)] == wednesdays
    assert [day for day, _ in days.windows(utc(wednesdays[0], 11, 12).start)] == wednesdays[1:]
    assert [day for day, _ in days.windows(utc(wednesdays[0], 10, 12).start)] == wednesdays, "it has begun"


def test_a_year_is_looked_at_and_no_more_and_no_day_before_the_first() -> None:
    assert len(Days(MONDAY, date(2040, 1, 1), (MORNING,), PARIS).windows(DAWN)) == 366
    assert Days(MONDAY, MONDAY, (MORNING,), PARIS).windows(DAWN) == []
    assert Days(MONDAY, date(2027, 1, 1), (MORNING,), PARIS).windows(DAWN) == []
    assert Days(date(2500, 1, 1), date(2500, 2, 1), (MORNING,), PARIS).windows(DAWN) == []
