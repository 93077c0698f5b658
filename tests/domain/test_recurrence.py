"""Rules and their dates: what is understood, on which days it falls, and the two nights on which the clock changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.domain.errors import InvalidInputError
from shared.domain.occurrences import MOST_DATES, MOST_OCCURRENCES, Occurrence, expand
from shared.domain.recurrence import Recurrence
from shared.domain.slots import Slot
from tests.calendar.some_rules import beginnings

PARIS = "Europe/Paris"
MO, TU, WE, TH, FR, SA, SU = range(7)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def wall(*parts: int) -> datetime:
    """What the clock on the wall shows."""
    return datetime(*parts)  # noqa: DTZ001  naive is the point


def held(rule: str, first: date, *skip: date, horizon: date | None = None, at: time = time(9)) -> list[str]:
    """The dates of a series of half hours at nine in the morning, as month and day."""
    start = datetime.combine(first, at)
    occurrences = expand(Recurrence.parse(rule), start, HOUR / 2, PARIS, skip=skip, horizon=horizon)
    local = [occurrence.recurs_at.astimezone(ZoneInfo(PARIS)) for occurrence in occurrences]
    assert {moment.time() for moment in local} == {at}
    return [f"{moment:%m-%d}" for moment in local]


def refused(rule: Recurrence | str, first: datetime, **otherwise: object) -> InvalidInputError:
    rule = Recurrence.parse(rule) if isinstance(rule, str) else rule
    asked: dict[str, object] = {"length": HOUR, "zone": PARIS} | otherwise
    with pytest.raises(InvalidInputError) as caught:
        expand(rule, first, **asked)  # type: ignore[arg-type]
    return caught.value


UNDERSTOOD = {
    "FREQ=DAILY": Recurrence("DAILY"),
    "FREQ=DAILY;COUNT=10;INTERVAL=3": Recurrence("DAILY", 3, count=10),
    "FREQ=WEEKLY": Recurrence("WEEKLY"),
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=MO": Recurrence("WEEKLY", 2, (TU, TH)),
    "FREQ=WEEKLY;UNTIL=20270630;BYDAY=MO": Recurrence("WEEKLY", weekdays=(MO,), until=date(2027, 6, 30)),
    "FREQ=WEEKLY;UNTIL=20270629T070000Z": Recurrence("WEEKLY", until=datetime(2027, 6, 29, 7, tzinfo=UTC)),
    "FREQ=MONTHLY": Recurrence("MONTHLY"),
    "FREQ=MONTHLY;COUNT=6;BYMONTHDAY=1,15": Recurrence("MONTHLY", month_days=(1, 15), count=6),
    "FREQ=MONTHLY;BYMONTHDAY=-1": Recurrence("MONTHLY", month_days=(-1,)),
    "FREQ=MONTHLY;BYDAY=1TU,-1FR": Recurrence("MONTHLY", nth=((TU, 1), (FR, -1))),
    "FREQ=MONTHLY;BYDAY=5WE": Recurrence("MONTHLY", nth=((WE, 5),)),
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_a_rule_is_understood_and_written_back(text: str) -> None:
    assert Recurrence.parse(text) == UNDERSTOOD[text]
    assert str(UNDERSTOOD[text]) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("freq=weekly;byday=tu", "FREQ=WEEKLY;BYDAY=TU"),
        ("BYDAY=TH,TU,TH;INTERVAL=1;FREQ=WEEKLY;WKST=MO", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("FREQ=MONTHLY;BYDAY=+1TU,01MO", "FREQ=MONTHLY;BYDAY=1MO,1TU"),
        ("FREQ=MONTHLY;BYMONTHDAY=+15,01", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ],
)
def test_case_order_and_repetition_do_not_matter(text: str, same: str) -> None:
    assert str(Recurrence.parse(text)) == same


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "made of FREQ"),
        ("every tuesday", "made of FREQ"),
        ("INTERVAL=2", "FREQ=WEEKLY"),
        ("RRULE:FREQ=DAILY", "made of FREQ"),
        ("FREQ=YEARLY", "DAILY, WEEKLY or MONTHLY"),
        ("FREQ=HOURLY", "DAILY, WEEKLY or MONTHLY"),
        ("FREQ=DAILY;", "made of FREQ"),
        ("FREQ=DAILY;FREQ=DAILY", "twice"),
        ("FREQ=DAILY; COUNT=2", "made of FREQ"),
        ("FREQ=DAILY;BYSETPOS=1", "made of FREQ"),
        ("FREQ=DAILY;BYHOUR=9", "made of FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "1 to 999"),
        ("FREQ=DAILY;INTERVAL=-1", "1 to 999"),
        ("FREQ=DAILY;INTERVAL=1000", "1 to 999"),
        ("FREQ=DAILY;INTERVAL=\u0661", "1 to 999"),
        ("FREQ=DAILY;COUNT=0", "1 to 9999"),
        ("FREQ=DAILY;COUNT=" + "9" * 5000, "1 to 9999"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270630", "not by both"),
        ("FREQ=DAILY;UNTIL=20270231", "no day or time"),
        ("FREQ=DAILY;UNTIL=20270630T240000Z", "no day or time"),
        ("FREQ=DAILY;UNTIL=20270630T070000", "in UTC"),
        ("FREQ=DAILY;UNTIL=2027-06-30", "such as 20270630"),
        ("FREQ=DAILY;UNTIL=00010101T000000Z", "1970 to 2199"),
        ("FREQ=DAILY;BYDAY=MO", "FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYDAY=MO", "1MO"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "1MO"),
        ("FREQ=MONTHLY;BYDAY=0MO", "1TU"),
        ("FREQ=MONTHLY;BYDAY=6MO", "1st to the 5th"),
        ("FREQ=MONTHLY;BYDAY=-2MO", "1st to the 5th"),
        ("FREQ=MONTHLY;BYDAY=5MO,5SA", "two series"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=13", "not by both"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "1 to 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-32", "1 to 31"),
        ("FREQ=WEEKLY;BYDAY=1MO", "Only FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=XX", "such as MO,WE"),
        ("FREQ=WEEKLY;BYDAY=", "such as MO,WE"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "needs FREQ=MONTHLY"),
        ("FREQ=WEEKLY;WKST=SU", "begins on Monday"),
    ],
)
def test_what_could_not_be_kept_to_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Recurrence.parse(text)
    assert caught.value.code == "bad_rrule"
    assert hint in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("rule", "last", "written"),
    [
        ("FREQ=DAILY;COUNT=5", wall(2027, 7, 6, 9), "FREQ=DAILY;UNTIL=20270706T070000Z"),
        ("FREQ=WEEKLY", wall(2027, 1, 12, 9), "FREQ=WEEKLY;UNTIL=20270112T080000Z;BYDAY=TU"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20271231",
            wall(2027, 1, 12, 9),
            "FREQ=WEEKLY;UNTIL=20270112T080000Z;INTERVAL=2;BYDAY=TU,TH;WKST=MO",
        ),
        ("FREQ=MONTHLY", wall(2027, 8, 31, 9), "FREQ=MONTHLY;UNTIL=20270831T070000Z;BYMONTHDAY=31"),
        ("FREQ=MONTHLY;BYDAY=-1FR", wall(2027, 1, 29, 9), "FREQ=MONTHLY;UNTIL=20270129T080000Z;BYDAY=-1FR"),
        # half past midnight on Tuesday in Arras is still Monday in UTC
        ("FREQ=WEEKLY", datetime(2027, 7, 5, 22, 30, tzinfo=UTC), "FREQ=WEEKLY;UNTIL=20270705T223000Z;BYDAY=TU"),
    ],
)
def test_calendars_get_the_whole_rule_with_its_end_in_utc(rule: str, last: datetime, written: str) -> None:
    assert Recurrence.parse(rule).rrule(PARIS, last) == written


@pytest.mark.parametrize(
    ("rule", "first", "days"),
    [
        pytest.param("FREQ=DAILY;COUNT=3", date(2027, 1, 30), ["01-30", "01-31", "02-01"], id="days"),
        pytest.param("FREQ=DAILY;COUNT=3", date(2028, 2, 28), ["02-28", "02-29", "03-01"], id="days of a leap year"),
        pytest.param("FREQ=DAILY;COUNT=2", date(2027, 2, 28), ["02-28", "03-01"], id="days of no leap year"),
        pytest.param("FREQ=DAILY;INTERVAL=10;COUNT=3", date(2027, 2, 20), ["02-20", "03-02", "03-12"], id="ten days"),
        pytest.param("FREQ=WEEKLY;COUNT=3", date(2027, 3, 23), ["03-23", "03-30", "04-06"], id="weeks"),
        pytest.param(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,SU;COUNT=6",
            date(2027, 3, 4),  # a Thursday: Monday of that week is over
            ["03-04", "03-07", "03-15", "03-18", "03-21", "03-29"],
            id="every second week on several days",
        ),
        pytest.param(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA;COUNT=4",
            date(2026, 12, 29),  # in week 53 of 2026; week 1 of 2027 begins on 4 January
            ["12-29", "01-02", "01-12", "01-16"],
            id="over a 53rd week",
        ),
        pytest.param("FREQ=MONTHLY;COUNT=4", date(2027, 1, 31), ["01-31", "03-31", "05-31", "07-31"], id="the 31st"),
        pytest.param("FREQ=MONTHLY;COUNT=3", date(2027, 1, 30), ["01-30", "03-30", "04-30"], id="the 30th"),
        pytest.param("FREQ=MONTHLY;COUNT=3", date(2028, 1, 29), ["01-29", "02-29", "03-29"], id="the 29th, leap year"),
        pytest.param("FREQ=MONTHLY;COUNT=2", date(2027, 1, 29), ["01-29", "03-29"], id="the 29th, no leap year"),
        pytest.param(
            "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4",
            date(2027, 1, 31),
            ["01-31", "02-28", "03-31", "04-30"],
            id="month ends",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYMONTHDAY=31,-1;COUNT=3", date(2027, 1, 31), ["01-31", "02-28", "03-31"], id="one day once"
        ),
        pytest.param(
            "FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=3",
            date(2027, 1, 15),
            ["01-15", "02-01", "02-15"],
            id="two days a month",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=4", date(2027, 1, 29), ["01-29", "02-26", "03-26", "04-30"], id="last Friday"
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=5MO;COUNT=4", date(2027, 3, 29), ["03-29", "05-31", "08-30", "11-29"], id="fifth Monday"
        ),
        pytest.param(
            "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29;COUNT=2", date(2028, 2, 29), ["02-29", "02-29"], id="29 February"
        ),
        pytest.param("FREQ=DAILY;UNTIL=20270105", date(2027, 1, 4), ["01-04", "01-05"], id="until a date, inclusive"),
        pytest.param(
            "FREQ=DAILY;UNTIL=20270105T080000Z", date(2027, 1, 4), ["01-04", "01-05"], id="until that instant"
        ),
        pytest.param("FREQ=DAILY;UNTIL=20270105T075959Z", date(2027, 1, 4), ["01-04"], id="until a second before"),
        pytest.param("FREQ=WEEKLY;COUNT=1", date(2027, 1, 4), ["01-04"], id="once"),
    ],
)
def test_the_dates_of_a_rule(rule: str, first: date, days: list[str]) -> None:
    assert held(rule, first) == days


def test_until_in_utc_is_read_on_the_local_clock() -> None:
    """Half past midnight on 6 July in Arras is 22:30 on the 5th in UTC."""
    assert held("FREQ=DAILY;UNTIL=20270705T223000Z", date(2027, 7, 5), at=time(0, 30)) == ["07-05", "07-06"]


def test_a_skipped_date_is_left_out_and_counts() -> None:
    skip = date(2027, 1, 4), date(2027, 1, 6), date(2030, 1, 1)
    assert held("FREQ=DAILY;COUNT=4", date(2027, 1, 4), *skip) == ["01-05", "01-07"]


def test_the_horizon_is_the_last_day_that_is_looked_at() -> None:
    assert held("FREQ=WEEKLY", date(2027, 1, 4), horizon=date(2027, 1, 18)) == ["01-04", "01-11", "01-18"]
    assert held("FREQ=WEEKLY;COUNT=9", date(2027, 1, 4), horizon=date(2027, 1, 17)) == ["01-04", "01-11"]
    assert held("FREQ=WEEKLY;UNTIL=20270110", date(2027, 1, 4), horizon=date(2027, 1, 17)) == ["01-04"]


def test_a_rule_without_an_end_needs_a_horizon() -> None:
    assert refused("FREQ=WEEKLY", wall(2027, 1, 4, 9)).code == "endless_rule"


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "2027-01-05"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "2027-01-31"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "2027-01-29"),
    ],
)
def test_a_series_begins_on_a_date_of_its_rule_and_the_answer_names_one(rule: str, due: str) -> None:
    error = refused(rule, wall(2027, 1, 4, 9))
    assert error.code == "first_not_in_rule"
    assert error.details["next"] == due
    assert due in error.message


def test_a_rule_that_never_falls_is_refused_at_once() -> None:
    error = refused("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30;COUNT=3", wall(2027, 2, 1, 9))
    assert (error.code, error.details["next"]) == ("first_not_in_rule", None)


@pytest.mark.parametrize(
    ("rule", "otherwise"),
    [
        ("FREQ=DAILY;UNTIL=20270103", {}),
        ("FREQ=DAILY", {"horizon": date(2027, 1, 3)}),
        ("FREQ=DAILY;COUNT=2", {"skip": {date(2027, 1, 4), date(2027, 1, 5)}}),
    ],
)
def test_a_series_has_an_occurrence(rule: str, otherwise: dict[str, object]) -> None:
    assert refused(rule, wall(2027, 1, 4, 9), **otherwise).code == "no_occurrences"


def test_a_series_has_366_occurrences_and_not_one_more() -> None:
    first = date(2027, 1, 4)
    assert len(held("FREQ=DAILY;COUNT=366", first)) == MOST_OCCURRENCES == 366
    assert len(held("FREQ=DAILY;COUNT=367", first, first + DAY)) == 366
    for endless in ("FREQ=DAILY;COUNT=367", "FREQ=DAILY;COUNT=9999", "FREQ=DAILY;UNTIL=21991231"):
        assert refused(endless, wall(2027, 1, 4, 9)).code == "too_many_occurrences"
    assert refused("FREQ=DAILY", wall(2027, 1, 4, 9), horizon=date.max).code == "too_many_occurrences"


def test_a_series_does_not_skip_more_than_calendars_can_follow() -> None:
    first = date(2027, 1, 4)
    skip = [first + number * DAY for number in range(1, MOST_DATES)]
    assert held(f"FREQ=DAILY;COUNT={MOST_DATES}", first, *skip[:-1]) == ["01-04", "05-17"]
    error = refused(f"FREQ=DAILY;COUNT={MOST_DATES + 1}", wall(2027, 1, 4, 9), skip=skip)
    assert error.code == "too_many_occurrences"


def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change() -> None:
    for first, before, after in ((date(2027, 3, 27), 8, 7), (date(2027, 10, 30), 7, 8)):
        occurrences = expand(Recurrence("DAILY", count=2), datetime.combine(first, time(9)), HOUR, PARIS)
        assert [occurrence.recurs_at.hour for occurrence in occurrences] == [before, after]
        assert {occurrence.slot.length for occurrence in occurrences} == {HOUR}


def test_a_night_ends_at_the_hour_that_the_clock_shows() -> None:
    for first, hours in ((wall(2027, 3, 20, 20), 11), (wall(2027, 10, 23, 20), 13)):
        usual, changing = expand(Recurrence("WEEKLY", count=2), first, 12 * HOUR, PARIS)
        assert usual.slot.length == 12 * HOUR
        assert changing.slot.length == hours * HOUR
        assert changing.slot.end.astimezone(ZoneInfo(PARIS)).hour == 8


@pytest.mark.parametrize(
    ("sunday", "code"), [(date(2027, 3, 28), "time_does_not_exist"), (date(2027, 10, 31), "time_exists_twice")]
)
@pytest.mark.parametrize(("hour", "minute"), [(2, 0), (2, 30), (2, 59)])
def test_a_start_in_the_hour_of_the_clock_change_is_refused_with_its_date(
    sunday: date, code: str, hour: int, minute: int
) -> None:
    first = datetime.combine(sunday - 7 * DAY, time(hour, minute))
    error = refused("FREQ=WEEKLY;COUNT=3", first)
    assert (error.code, error.details["date"]) == (code, sunday.isoformat())
    assert f"skip {sunday}" in error.message
    kept = expand(Recurrence("WEEKLY", count=3), first, HOUR, PARIS, skip={sunday})
    assert len(kept) == 2


@pytest.mark.parametrize(("hour", "minute"), [(1, 29), (3, 0)])
@pytest.mark.parametrize("sunday", [date(2027, 3, 28), date(2027, 10, 31)])
def test_a_start_beside_the_hour_of_the_clock_change_is_kept(sunday: date, hour: int, minute: int) -> None:
    at = time(hour, minute)
    assert held("FREQ=DAILY;COUNT=2", sunday - DAY, at=at)[1] == f"{sunday:%m-%d}"


def test_an_end_in_the_hour_of_the_clock_change_is_refused_with_the_date_to_skip() -> None:
    error = refused("FREQ=WEEKLY;COUNT=2", wall(2027, 3, 20, 20), length=timedelta(hours=6.5))
    assert (error.code, error.details["date"]) == ("time_does_not_exist", "2027-03-27")
    assert "2027-03-28 02:30" in error.message


def test_occurrences_that_overlap_each_other_are_refused_with_their_dates() -> None:
    error = refused("FREQ=WEEKLY;BYDAY=MO,TH,FR;COUNT=3", wall(2027, 1, 4, 9), length=25 * HOUR)
    assert error.code == "occurrences_overlap"
    assert error.details["dates"] == ["2027-01-07", "2027-01-08"]


def test_occurrences_that_touch_or_whose_neighbour_is_skipped_do_not_overlap() -> None:
    assert len(expand(Recurrence("DAILY", count=3), wall(2027, 1, 4, 9), DAY, PARIS)) == 3
    apart = expand(Recurrence("DAILY", count=3), wall(2027, 1, 4, 9), 2 * DAY, PARIS, skip={date(2027, 1, 5)})
    assert len(apart) == 2


@pytest.mark.parametrize(
    ("otherwise", "code"),
    [
        ({"zone": "Mars/Olympus"}, "unknown_zone"),
        ({"length": timedelta(0)}, "slot_reversed"),
        ({"length": -HOUR}, "slot_reversed"),
        ({"length": timedelta(days=367)}, "slot_too_long"),
        ({"length": timedelta.max}, "slot_too_long"),
        ({"first": datetime(2027, 1, 4, 9, tzinfo=UTC)}, "bad_time"),
        ({"first": wall(1969, 1, 6, 9)}, "time_out_of_range"),
    ],
)
def test_what_makes_no_slot_makes_no_series(otherwise: dict[str, object], code: str) -> None:
    asked = {"first": wall(2027, 1, 4, 9)} | otherwise
    assert refused("FREQ=WEEKLY;COUNT=2", **asked).code == code  # type: ignore[arg-type]


def test_an_occurrence_is_named_by_its_start() -> None:
    (one,) = expand(Recurrence("DAILY", count=1), wall(2027, 7, 6, 9), 2 * HOUR, PARIS)
    nine, eleven = (datetime(2027, 7, 6, hour, tzinfo=UTC) for hour in (7, 9))
    assert one == Occurrence(nine, Slot(nine, eleven))


def falls(rule: Recurrence, first: date) -> Iterator[date]:
    """The same dates, found the slow way: by asking each day."""
    for number in range(366 * 5):
        day = first + number * DAY
        months = (day.year - first.year) * 12 + day.month - first.month
        weeks = (day - first + first.weekday() * DAY).days // 7
        elapsed = {"DAILY": number, "WEEKLY": weeks, "MONTHLY": months}[rule.freq]
        if elapsed % rule.interval == 0 and _is_day_of(rule, day, first):
            yield day


def _is_day_of(rule: Recurrence, day: date, first: date) -> bool:
    if rule.freq == "WEEKLY":
        return day.weekday() in (rule.weekdays or (first.weekday(),))
    if rule.freq == "MONTHLY":
        left = (day.replace(day=28) + 4 * DAY).replace(day=1) - day  # to the first of the next month
        names = {(day.weekday(), (day.day + 6) // 7)} | ({(day.weekday(), -1)} if left.days <= 7 else set())
        days = rule.month_days or (() if rule.nth else (first.day,))
        return bool(names & set(rule.nth)) or day.day in days or -left.days in days
    return True


exhaustive = settings(derandomize=True, deadline=None, max_examples=300)


@exhaustive
@given(beginnings())
def test_a_rule_falls_on_the_days_that_it_says(beginning: tuple[Recurrence, date]) -> None:
    rule, first = beginning
    end = first + 1100 * DAY
    assert list(takewhile(lambda day: day < end, rule.dates(first))) == [day for day in falls(rule, first) if day < end]


@exhaustive
@given(beginnings(), st.one_of(st.integers(1, 9999), st.dates(date(1970, 1, 1), date(2199, 12, 31))))
def test_a_rule_is_read_as_it_was_written(beginning: tuple[Recurrence, date], end: date | int) -> None:
    rule = replace(beginning[0], **{"count" if isinstance(end, int) else "until": end})
    assert Recurrence.parse(str(rule)) == rule
    assert Recurrence.parse(str(rule).lower()) == rule


@exhaustive
@given(beginnings(), st.integers(1, 60), st.sets(st.integers(0, 60)), st.integers(0, 2000), st.times())
def test_occurrences_are_the_rules_dates_that_are_left(
    beginning: tuple[Recurrence, date], count: int, skipped: set[int], days_ahead: int, at: time
) -> None:
    rule, first = beginning
    horizon = first + days_ahead * DAY
    by_rule = list(islice(rule.dates(first), count))
    skip = {by_rule[number] for number in skipped if number < count}
    # the hour of the clock change has tests of its own
    due = [day for day in by_rule if day not in skip and day <= horizon]
    assume(due and at.hour != 2)
    found = expand(replace(rule, count=count), datetime.combine(first, at), MINUTE, PARIS, skip=skip, horizon=horizon)
    local = [occurrence.recurs_at.astimezone(ZoneInfo(PARIS)) for occurrence in found]
    assert [(moment.date(), moment.time()) for moment in local] == [(day, at) for day in due]
    assert [occurrence.slot.length for occurrence in found] == [MINUTE] * len(due)
