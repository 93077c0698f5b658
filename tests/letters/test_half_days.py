"""Half-days on the clock of the wall, also around midnight and in a night of the clock change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from shared.letters.half_days import HALF_DAYS, half_day

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2027-11-09T09:00", "2027-11-09T12:00", "morning"),
        ("2027-11-09T09:00", "2027-11-09T13:30", "morning"),
        ("2027-11-09T09:00", "2027-11-09T13:31", "day"),
        ("2027-11-09T11:59", "2027-11-09T17:00", "day"),
        ("2027-11-09T12:00", "2027-11-09T20:00", "afternoon"),
        ("2027-11-09T18:00", "2027-11-09T20:00", "evening"),
        ("2027-11-09T20:00", "2027-11-10T01:00", "evening"),
        ("2027-10-30T22:00", "2027-10-31T04:00", "evening"),
        ("2027-11-09T09:00", "2027-11-10T12:00", "several"),
        ("2027-11-09T18:00", "2027-11-11T02:00", "several"),
    ],
)
def test_a_half_day_is_what_teachers_call_it(start: str, end: str, expected: str) -> None:
    first, last = (datetime.fromisoformat(moment).replace(tzinfo=PARIS) for moment in (start, end))
    assert half_day(first, last, "Europe/Paris") == expected
    assert all(expected in words for words in HALF_DAYS.values())
