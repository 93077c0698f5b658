"""The days of France: eleven public holidays a year, school holidays by zone, and what a house corrects."""

from datetime import date, timedelta

import pytest

from shared.domain.days import DEFAULT_CORRECTIONS, Correction, FrenchDays

DAYS = FrenchDays()
BRIDGE = "Pont de l'Ascension"


def year(number: int) -> list[date]:
    first = date(number, 1, 1)
    return [first + timedelta(days=n) for n in range((date(number + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2028, 1, 1), "Jour de l'an"),
        (date(2028, 4, 17), "Lundi de Pâques"),
        (date(2028, 5, 25), "Ascension"),
        (date(2028, 7, 14), "Fête nationale"),
        (date(2027, 12, 25), "Noël"),
        (date(2027, 12, 26), None),  # a holiday in Alsace only
        (date(2028, 2, 29), None),
    ],
)
def test_public_holidays_are_those_of_all_france_in_french(day: date, name: str | None) -> None:
    assert DAYS.public_holiday(day) == name


@pytest.mark.parametrize("number", [2026, 2027, 2028, 2035])
def test_a_year_has_eleven_public_holidays(number: int) -> None:
    assert sum(DAYS.public_holiday(day) is not None for day in year(number)) == 11


@pytest.mark.parametrize(
    ("day", "zones"),
    [
        (date(2027, 10, 22), ""),
        (date(2027, 10, 23), "ABC"),  # All Saints'
        (date(2027, 11, 7), "ABC"),
        (date(2027, 11, 8), ""),
        (date(2027, 2, 15), "AC"),
        (date(2027, 2, 22), "AB"),
        (date(2028, 2, 29), "A"),
    ],
)
def test_school_holidays_differ_by_zone(day: date, zones: str) -> None:
    assert "".join(zone for zone in "ABC" if DAYS.school_holiday(day, zone)) == zones


@pytest.mark.parametrize("zone", "ABC")
def test_the_bridge_of_2026_that_the_library_misses_is_there(zone: str) -> None:
    fortnight = [date(2026, 5, 11) + timedelta(days=n) for n in range(14)]
    assert [day.day for day in fortnight if DAYS.school_holiday(day, zone)] == [15, 16]
    assert DAYS.school_holiday(date(2026, 5, 15), zone) == BRIDGE
    assert FrenchDays(()).school_holiday(date(2026, 5, 15), zone) is None


def test_the_library_still_misses_that_bridge_and_no_later_one() -> None:
    """When this fails, the correction can go."""
    bare = FrenchDays(())
    known = {
        number: [day for day in year(number) if bare.school_holiday(day, "B") == BRIDGE] for number in (2026, 2027)
    }
    assert known == {2026: [], 2027: [date(2027, 5, 6), date(2027, 5, 7), date(2027, 5, 8)]}


def test_a_house_adds_and_takes_away_and_the_last_word_counts() -> None:
    fair = Correction("B", date(2031, 6, 2), date(2031, 6, 4), "Foire")
    school = Correction("*", date(2027, 10, 23), date(2027, 11, 1), adds=False)
    again = Correction("A", date(2027, 11, 1), date(2027, 11, 1))
    days = FrenchDays([*DEFAULT_CORRECTIONS, fair, school, again])
    assert [days.school_holiday(date(2031, 6, n), "B") for n in (1, 2, 4, 5)] == [None, "Foire", "Foire", None]
    assert days.school_holiday(date(2031, 6, 2), "A") is None
    assert [days.school_holiday(date(2027, 11, n), "B") is None for n in (1, 2)] == [True, False]
    assert days.school_holiday(date(2027, 11, 1), "A") == "Vacances scolaires"
    assert days.school_holiday(date(2026, 5, 15), "B") == BRIDGE


def test_a_year_that_nobody_knows_yet_is_an_ordinary_one() -> None:
    assert DAYS.school_holiday(date(2050, 8, 1), "B") is None
    assert DAYS.school_holiday(date(1970, 8, 1), "B") is None
    for number in (1970, 2199, 2200):
        DAYS.public_holiday(date(number, 7, 14))
