"""Public and school holidays: which days they are, whether they warn or forbid, and which day is like them but free."""

import pytest

from shared.domain.days import FrenchDays
from shared.domain.rules.holidays import is_no_public_holiday, is_no_school_holiday
from tests.domain.rules.asking import OFFICE_HOURS, ask, between, code, fixed, proposed, refusal, room

DAYS = FrenchDays()
STRICT = room(on_public_holidays="forbid", on_school_holidays="forbid", opening=OFFICE_HOURS)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2027-11-11 09:00", "12:00", "public_holiday"),  # Armistice
        ("2027-11-10 09:00", "12:00", None),
        ("2027-11-10 22:00", "2027-11-11 00:00", None),  # until midnight
        ("2027-11-10 22:00", "2027-11-11 00:01", "public_holiday"),
        ("2027-11-08 09:00", "2027-11-12 12:00", "public_holiday"),  # touched in the middle
        ("2028-04-17 09:00", "12:00", "public_holiday"),  # Easter Monday, which moves
    ],
)
def test_a_booking_touches_no_public_holiday(start: str, end: str, expected: str | None) -> None:
    assert code(is_no_public_holiday(ask(between(start, end), STRICT, days=DAYS))) == expected


def test_a_public_holiday_only_warns_unless_the_policy_says_more() -> None:
    armistice = between("2027-11-11 09:00", "12:00")
    weights = {
        stance: is_no_public_holiday(ask(armistice, room(**knobs), days=DAYS))
        for stance, knobs in {
            "default": {},
            "allow": {"on_public_holidays": "allow"},
            "forbid": {"on_public_holidays": "forbid"},
        }.items()
    }
    assert {stance: found.weight if found else None for stance, found in weights.items()} == {
        "default": "warn",
        "allow": None,
        "forbid": "forbid",
    }


def test_the_same_hours_on_the_nearest_working_day_are_proposed() -> None:
    request = ask(between("2027-11-11 09:00", "12:00"), STRICT, days=DAYS)  # a Thursday
    found = is_no_public_holiday(request)
    assert proposed(found) == between("2027-11-12 09:00", "12:00")
    assert refusal(found).sentence("fr") == "Le jeudi 11 novembre 2027 est férié (Armistice)."
    monday = ask(
        between("2027-11-01 09:00", "12:00"), STRICT, days=DAYS, now=between("2027-10-01 09:00", "12:00").start
    )
    assert proposed(is_no_public_holiday(monday)) == between("2027-11-02 09:00", "12:00")


def test_the_same_hours_are_those_of_the_clock_on_the_wall() -> None:
    """All Saints' Day is the day after the night in which the clock is set back: nine is nine."""
    now = between("2027-10-01 09:00", "12:00").start
    sundays = room(on_public_holidays="forbid", opening={"saturday": ["00:00-24:00"], "sunday": ["00:00-24:00"]})
    request = ask(between("2027-11-01 09:00", "12:00"), sundays, days=DAYS, now=now)
    assert proposed(is_no_public_holiday(request)) == between("2027-10-31 09:00", "12:00")


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("B", "2027-02-22 09:00", "school_holiday"),
        ("A", "2027-02-22 09:00", "school_holiday"),
        ("A", "2027-03-04 09:00", None),
        ("B", "2027-03-04 09:00", "school_holiday"),
        ("B", "2027-11-09 09:00", None),
        ("B", "2026-05-15 09:00", "school_holiday"),  # the bridge that the library misses
    ],
)
def test_school_holidays_are_those_of_the_zone(zone: str, start: str, expected: str | None) -> None:
    now = between("2026-01-01 09:00", "12:00").start
    request = ask(between(start, "12:00"), STRICT, days=DAYS, now=now, site={"school_zone": zone})
    assert code(is_no_school_holiday(request)) == expected


def test_even_in_summer_the_next_day_of_school_is_proposed() -> None:
    request = ask(between("2028-08-01 09:00", "12:00"), STRICT, days=DAYS)
    found = is_no_school_holiday(request)
    slot = proposed(found)
    assert slot is not None
    assert is_no_school_holiday(fixed(request, refusal(found).fix)) is None
    assert refusal(found).facts == {"day": "2028-08-01", "holiday": "Vacances d'été", "zone": "B"}


def test_where_holidays_are_not_known_nobody_is_stopped() -> None:
    assert is_no_public_holiday(ask(between("2027-11-11 09:00", "12:00"), STRICT)) is None
    assert is_no_school_holiday(ask(between("2027-11-11 09:00", "12:00"), STRICT)) is None
    assert is_no_school_holiday(ask(between("2031-08-01 09:00", "12:00"), STRICT, days=DAYS)) is None
