"""What recurring-ical-events and Thunderbird's own ical.js find in a series: exactly the occurrences that it holds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from hypothesis import HealthCheck, given, settings

from shared.calendar.series import SeriesEntry, render_series
from shared.domain.occurrences import MOST_DATES
from tests.calendar.some_series import some_series

Expand = Callable[[bytes], list[dict[str, Any]]]
Told = tuple[Any, ...]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# a busy machine is not a fault of the series
random_series = settings(
    derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow]
)


@random_series
@given(some_series())
def test_both_find_exactly_the_occurrences_of_any_series(ical_js_expands: Expand, series: SeriesEntry) -> None:
    assert found_by_ical_js(ical_js_expands, series) == held(series)
    assert found_by_recurring_ical_events(series) == held(series)


SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "weeks when the clocks go forward": ("FREQ=WEEKLY;COUNT=8", {"start": datetime(2027, 3, 2, 8, tzinfo=UTC)}),
    "days when the clocks go back": ("FREQ=DAILY;COUNT=9", {"start": datetime(2027, 10, 28, 7, tzinfo=UTC)}),
    "nights when the clocks go forward": ("FREQ=DAILY;COUNT=9", {"start": datetime(2027, 3, 24, 21, tzinfo=UTC)}),
    "nights when the clocks go back": ("FREQ=DAILY;COUNT=9", {"start": datetime(2027, 10, 27, 20, tzinfo=UTC)}),
    "from the night the clocks go forward": ("FREQ=DAILY;COUNT=4", {"start": datetime(2027, 3, 27, 23, tzinfo=UTC)}),
    "from the night the clocks go back": ("FREQ=DAILY;COUNT=4", {"start": datetime(2027, 10, 30, 22, tzinfo=UTC)}),
    "a year of days": ("FREQ=DAILY;COUNT=366", {}),
    "every second week on three days": ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,SU;COUNT=20", {"without": (0, 1, 5)}),
    "the 31st": ("FREQ=MONTHLY;COUNT=12", {"start": datetime(2027, 1, 31, 8, tzinfo=UTC), "without": (3,)}),
    "the last days": ("FREQ=MONTHLY;BYMONTHDAY=-1,31;COUNT=9", {"start": datetime(2027, 1, 31, 8, tzinfo=UTC)}),
    "the last Friday": ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=12", {"start": datetime(2027, 1, 29, 8, tzinfo=UTC)}),
    "the fifth Monday": ("FREQ=MONTHLY;BYDAY=5MO;COUNT=12", {"start": datetime(2027, 3, 29, 7, tzinfo=UTC)}),
    "a leap day": ("FREQ=MONTHLY;INTERVAL=12;COUNT=3", {"start": datetime(2028, 2, 29, 8, tzinfo=UTC)}),
    "over the 53rd week": ("FREQ=WEEKLY;INTERVAL=2;COUNT=4", {"start": datetime(2026, 12, 29, 8, tzinfo=UTC)}),
    "moved before the first": (
        "FREQ=WEEKLY;COUNT=3",
        {"changed": {1: {"start": datetime(2027, 11, 2, 8, tzinfo=UTC)}}},
    ),
    "moved behind the last": ("FREQ=WEEKLY;COUNT=3", {"changed": {1: {"end": datetime(2027, 12, 24, 8, tzinfo=UTC)}}}),
    "moved into the hour that the clocks repeat": (
        "FREQ=WEEKLY;COUNT=3",
        {
            "start": datetime(2027, 10, 26, 7, tzinfo=UTC),
            "changed": {
                0: {"start": datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "end": datetime(2027, 10, 31, 5, tzinfo=UTC)}
            },
        },
    ),
    "only the last one is left": ("FREQ=DAILY;COUNT=4", {"without": (0, 1, 2)}),
    "all but the first and the last are gone": ("FREQ=DAILY;COUNT=366", {"without": tuple(range(1, 365))}),
}


@pytest.mark.parametrize(("rule", "otherwise"), SHAPES.values(), ids=SHAPES)
def test_both_find_exactly_the_occurrences_of(
    a_series: Callable[..., SeriesEntry], ical_js_expands: Expand, rule: str, otherwise: dict[str, Any]
) -> None:
    start = otherwise.get("start", datetime(2027, 11, 9, 8, tzinfo=UTC))
    series = a_series(rule, **{"end": start + 10 * HOUR} | otherwise)
    assert found_by_ical_js(ical_js_expands, series) == held(series)
    assert found_by_recurring_ical_events(series) == held(series)


def test_the_most_dates_that_may_be_skipped_in_a_row_do_not_stop_ical_js(
    a_series: Callable[..., SeriesEntry], ical_js_expands: Expand
) -> None:
    series = a_series("FREQ=DAILY;COUNT=2")
    first, last = series.occurrences
    late = first.start + (MOST_DATES - 1) * DAY  # on a date of winter time, too
    far = replace(series, occurrences=(first, replace(last, recurrence_id=late, start=late, end=late + HOUR)))
    assert len(far.left_out) == MOST_DATES - 2
    assert found_by_ical_js(ical_js_expands, far) == held(far)


def held(series: SeriesEntry) -> list[Told]:
    """What the series says of each occurrence: its name, start, end, title, place and guests."""
    return sorted(
        (
            as_js(entry.recurrence_id),
            as_js(entry.start),
            as_js(entry.end),
            entry.summary,
            entry.location,
            [f"mailto:{guest.address}" for guest in entry.guests],
        )
        for entry in series.occurrences
    )


def found_by_ical_js(ical_js_expands: Expand, series: SeriesEntry) -> list[Told]:
    return sorted(tuple(occurrence.values()) for occurrence in ical_js_expands(render_series(series, "REQUEST")))


def found_by_recurring_ical_events(series: SeriesEntry) -> list[Told]:
    icalendar.use_zoneinfo()
    calendar = icalendar.Calendar.from_ical(render_series(series, "REQUEST"))
    ever = datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
    return sorted(
        (
            as_js(event["RECURRENCE-ID"].dt),
            as_js(event.start),
            as_js(event.end),
            event["SUMMARY"],
            event["LOCATION"],
            [str(attendee) for attendee in event.attendees],
        )
        for event in recurring_ical_events.of(calendar).between(*ever)
    )


def as_js(moment: datetime | None) -> str:
    assert moment
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
