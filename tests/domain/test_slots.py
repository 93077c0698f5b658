"""Slots and instants: half-open, aware, at most 366 days, and the two nights on which the clock changes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.errors import InvalidInputError
from shared.domain.slots import LONGEST, Slot, instant, known_zone

NINE = datetime(2027, 11, 8, 9, tzinfo=UTC)
PARIS = "Europe/Paris"


def hours(start: float, end: float) -> Slot:
    return Slot(NINE + timedelta(hours=start), NINE + timedelta(hours=end))


def wall(*parts: int, fold: int = 0) -> datetime:
    """What the clock on the wall shows, which is not yet an instant."""
    return datetime(*parts, fold=fold)  # noqa: DTZ001  naive is the point


def code_of(caught: pytest.ExceptionInfo[InvalidInputError]) -> str:
    return caught.value.code


# Allen's relations of A to B = [4, 8): the thirteen ways in which two stretches of time can lie (Allen 1983).
ALLEN = {
    "before": (0, 2, False),
    "meets": (1, 4, False),
    "overlaps": (2, 6, True),
    "is finished by": (2, 8, True),
    "contains": (2, 10, True),
    "starts": (4, 6, True),
    "equals": (4, 8, True),
    "is started by": (4, 10, True),
    "during": (5, 7, True),
    "finishes": (6, 8, True),
    "is overlapped by": (6, 10, True),
    "is met by": (8, 10, False),
    "after": (9, 11, False),
}


@pytest.mark.parametrize("relation", ALLEN)
def test_overlap_in_all_thirteen_relations_of_two_slots(relation: str) -> None:
    start, end, shares_time = ALLEN[relation]
    a, b = hours(start, end), hours(4, 8)
    assert (a.overlaps(b), b.overlaps(a)) == (shares_time, shares_time)


moments = st.integers(0, 30)


@settings(derandomize=True, deadline=None)
@given(st.tuples(moments, moments, moments, moments))
def test_slots_overlap_exactly_when_they_share_an_hour(bounds: tuple[int, int, int, int]) -> None:
    a, b, c, d = bounds
    if a < b and c < d:
        assert hours(a, b).overlaps(hours(c, d)) == bool(set(range(a, b)) & set(range(c, d)))


def test_a_slot_is_kept_in_utc() -> None:
    paris = timezone(timedelta(hours=1))
    slot = Slot(NINE.astimezone(paris), NINE.astimezone(paris) + timedelta(hours=2))
    assert (slot.start.tzinfo, slot.end.tzinfo) == (UTC, UTC)
    assert slot == hours(0, 2)


def test_a_naive_time_is_refused() -> None:
    for start, end in ((NINE.replace(tzinfo=None), NINE), (NINE, NINE.replace(tzinfo=None))):
        with pytest.raises(InvalidInputError) as caught:
            Slot(start, end)
        assert code_of(caught) == "naive_time"


@pytest.mark.parametrize("end", [0, -1])
def test_an_empty_or_reversed_slot_is_refused(end: int) -> None:
    with pytest.raises(InvalidInputError) as caught:
        hours(0, end)
    assert code_of(caught) == "slot_reversed"


def test_a_slot_lasts_366_days_and_not_a_microsecond_more() -> None:
    assert Slot(NINE, NINE + LONGEST).length == timedelta(days=366)
    with pytest.raises(InvalidInputError) as caught:
        Slot(NINE, NINE + LONGEST + timedelta(microseconds=1))
    assert code_of(caught) == "slot_too_long"


@pytest.mark.parametrize(
    "start",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=UTC) - timedelta(hours=2),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))) - timedelta(hours=2),
    ],
)
def test_a_slot_at_the_end_of_all_calendars_is_refused(start: datetime) -> None:
    """Looking two weeks around such a slot would leave the range of datetime."""
    with pytest.raises(InvalidInputError) as caught:
        Slot(start, start + timedelta(hours=1))
    assert code_of(caught) == "time_out_of_range"


def test_a_moved_slot_keeps_its_length() -> None:
    assert hours(0, 3).starting(NINE + timedelta(days=1)) == hours(24, 27)


def test_a_wall_clock_time_is_read_in_its_zone() -> None:
    assert instant(wall(2027, 11, 8, 9), PARIS) == datetime(2027, 11, 8, 8, tzinfo=UTC)
    assert instant(wall(2027, 7, 8, 9), PARIS) == datetime(2027, 7, 8, 7, tzinfo=UTC)


def test_an_offset_says_more_than_the_zone() -> None:
    assert instant(NINE, PARIS) == NINE
    assert instant(NINE, "no/such/zone") == NINE


def test_a_wall_clock_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        instant(wall(2027, 11, 8, 9), None)
    assert code_of(caught) == "naive_time"


@pytest.mark.parametrize(
    ("clock", "utc_hour"),
    [((1, 59, 59), 0), ((3, 0, 0), 1), ((2, 0, 0), None), ((2, 30, 0), None), ((2, 59, 59), None)],
)
def test_the_spring_night_has_no_time_between_two_and_three(clock: tuple[int, int, int], utc_hour: int | None) -> None:
    time = wall(2027, 3, 28, *clock)
    if utc_hour is not None:
        assert instant(time, PARIS) == datetime(2027, 3, 28, utc_hour, *clock[1:], tzinfo=UTC)
        return
    with pytest.raises(InvalidInputError) as caught:
        instant(time, PARIS)
    assert code_of(caught) == "time_does_not_exist"


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize(
    ("clock", "utc"),
    [
        ((1, 59, 59), (30, 23)),
        ((3, 0, 0), (31, 2)),
        ((2, 0, 0), None),
        ((2, 30, 0), None),
        ((2, 59, 59), None),
    ],
)
def test_the_autumn_night_has_each_time_between_two_and_three_twice(
    clock: tuple[int, int, int], utc: tuple[int, int] | None, fold: int
) -> None:
    time = wall(2027, 10, 31, *clock, fold=fold)
    if utc is not None:
        day, hour = utc
        assert instant(time, PARIS) == datetime(2027, 10, day, hour, *clock[1:], tzinfo=UTC)
        return
    with pytest.raises(InvalidInputError) as caught:
        instant(time, PARIS)
    assert code_of(caught) == "time_exists_twice"


def test_an_explicit_offset_says_which_of_the_two_times_is_meant() -> None:
    summer, winter = (timezone(timedelta(hours=offset)) for offset in (2, 1))
    first = instant(datetime(2027, 10, 31, 2, 30, tzinfo=summer), PARIS)
    second = instant(datetime(2027, 10, 31, 2, 30, tzinfo=winter), PARIS)
    assert second - first == timedelta(hours=1)


def test_a_night_in_which_the_clock_changes_is_an_hour_longer_or_shorter() -> None:
    for day, night in ((wall(2027, 3, 27, 20), 11), (wall(2027, 10, 30, 20), 13)):
        slot = Slot(instant(day, PARIS), instant(day + timedelta(hours=12), PARIS))
        assert slot.length == timedelta(hours=night)


@pytest.mark.parametrize(
    "name",
    [
        *("Mars/Olympus", "", "../../etc/passwd", "/etc/localtime", "Europe", "x\0y", "é" * 99),
        *(
            "a." * 2_000 + "/b",
            "Europe/Paris" * 400,
            "." * 999 + "/.",
            "a/" * 500,
        ),  # a module for each, zoneinfo thinks
    ],
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        known_zone(name)
    assert code_of(caught) == "unknown_zone"


def test_a_time_that_no_utc_clock_can_show_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        instant(datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), None)
    assert code_of(caught) == "time_out_of_range"
