"""Opening hours: what lies within them, across midnight and the clock changes, and the nearest slot that does."""

import pytest

from shared.domain.rules.opening import is_open, lies_within_opening
from tests.domain.rules.asking import OFFICE_HOURS, ask, between, code, fixed, proposed, refusal, room

OFFICE = room(opening=OFFICE_HOURS)
NIGHT_AND_DAY = {
    "friday": ["18:00-24:00"],
    "saturday": ["00:00-24:00"],
    "sunday": ["00:00-06:00"],
}


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2027-11-09 09:00", "12:30", None),  # equals a span
        ("2027-11-09 10:00", "11:00", None),  # during
        ("2027-11-09 09:00", "10:00", None),  # starts with it
        ("2027-11-09 11:00", "12:30", None),  # finishes with it
        ("2027-11-09 08:00", "08:30", "outside_opening"),  # before
        ("2027-11-09 08:00", "09:00", "outside_opening"),  # meets
        ("2027-11-09 08:59", "12:30", "outside_opening"),  # overlaps
        ("2027-11-09 08:00", "12:30", "outside_opening"),  # is finished by
        ("2027-11-09 09:00", "13:00", "outside_opening"),  # is started by
        ("2027-11-09 08:00", "13:00", "outside_opening"),  # contains
        ("2027-11-09 12:00", "13:00", "outside_opening"),  # is overlapped by
        ("2027-11-09 12:30", "13:30", "outside_opening"),  # is met by
        ("2027-11-09 19:00", "20:00", "outside_opening"),  # after
        ("2027-11-09 09:00", "15:00", "outside_opening"),  # over the break
        ("2027-11-13 09:00", "10:00", "closed_that_day"),  # Saturday
        ("2027-11-09 09:00", "2027-11-10 12:00", "outside_opening"),  # over night
        ("2028-02-29 09:00", "12:30", None),  # the leap day is a Tuesday
        ("2026-12-31 09:00", "12:30", None),  # Thursday of week 53
    ],
)
def test_a_booking_lies_within_the_opening_hours(start: str, end: str, expected: str | None) -> None:
    request = ask(between(start, end), OFFICE)
    assert code(lies_within_opening(request)) == expected
    assert is_open(request) == (expected is None)


def test_a_second_too_much_is_too_much() -> None:
    assert is_open(ask(between("2027-11-09 09:00", "12:29:59"), OFFICE))
    assert not is_open(ask(between("2027-11-09 09:00", "12:30:01"), OFFICE))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2027-11-12 18:00", "2027-11-14 06:00", True),  # through two midnights
        ("2027-11-12 20:00", "2027-11-13 00:00", True),  # until midnight
        ("2027-11-12 17:59", "2027-11-13 02:00", False),
        ("2027-11-13 22:00", "2027-11-14 06:01", False),
        ("2027-11-12 20:00", "2027-11-19 20:00", False),  # what is open again a week later is not open between
    ],
)
def test_a_night_is_open_when_both_its_days_are(start: str, end: str, expected: bool) -> None:
    assert is_open(ask(between(start, end), room(opening=NIGHT_AND_DAY))) == expected


def test_spans_that_touch_are_one() -> None:
    assert is_open(ask(between("2027-11-09 09:00", "17:00"), room(opening={"tuesday": ["08:00-12:00", "12:00-18:00"]})))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # the clock is put forward: 2:00 to 3:00 is not
        ("2028-03-26 01:00", "2028-03-26 05:00", True),
        ("2028-03-26 01:30", "2028-03-26 03:30", True),
        ("2028-03-26 04:00", "2028-03-26 05:30", False),
        # the clock is set back: 2:00 to 3:00 is twice
        ("2027-10-31 01:00", "2027-10-31 05:00", True),
        ("2027-10-31 02:45+02:00", "2027-10-31 02:15+01:00", True),
        ("2027-10-31 02:30+01:00", "2027-10-31 05:00", True),
        ("2027-10-31 00:30", "2027-10-31 02:30+02:00", False),
    ],
)
def test_the_clock_on_the_wall_counts_on_both_nights_of_the_clock_change(start: str, end: str, expected: bool) -> None:
    request = ask(between(start, end), room(opening={"sunday": ["01:00-05:00"]}), now=between(start, end).start)
    assert is_open(request) == expected


@pytest.mark.parametrize(
    ("start", "end", "nearest"),
    [
        ("2027-11-09 08:00", "10:00", ("2027-11-09 09:00", "11:00")),
        ("2027-11-09 17:00", "19:00", ("2027-11-09 16:00", "18:00")),
        ("2027-11-09 12:00", "13:00", ("2027-11-09 11:30", "12:30")),
        ("2027-11-13 09:00", "12:00", ("2027-11-12 15:00", "18:00")),  # a Saturday
        ("2027-11-08 08:00", "10:00", ("2027-11-08 10:00", "12:00")),  # not before now
        ("2027-11-09 09:00", "15:00", ("2027-11-09 09:00", "12:30")),  # longer than any opening: what fits of it
        ("2027-11-13 00:00", "2027-11-14 00:00", ("2027-11-12 13:30", "18:00")),
    ],
)
def test_the_nearest_slot_within_the_opening_hours_is_proposed(start: str, end: str, nearest: tuple[str, str]) -> None:
    request = ask(between(start, end), OFFICE)
    found = lies_within_opening(request)
    assert proposed(found) == between(*nearest)
    assert is_open(fixed(request, refusal(found).fix))


def test_several_rooms_are_all_open() -> None:
    mornings, days = room(1, opening={"tuesday": ["08:00-12:00"]}), room(2, name="EscapeLAB", opening=OFFICE_HOURS)
    request = ask(between("2027-11-09 09:00", "12:15"), days, mornings)
    found = lies_within_opening(request)
    assert refusal(found).facts == {"name": "Flexi 16", "day": "2027-11-09", "opening": "08:00-12:00"}
    assert proposed(found) == between("2027-11-09 09:00", "12:00")


def test_where_no_time_is_ever_open_nothing_is_proposed() -> None:
    assert refusal(lies_within_opening(ask(between("2027-11-09 09:00", "12:00"), room(opening={})))).fix == {}


@pytest.mark.parametrize(("stance", "weight"), [("allow", None), ("warn", "warn"), ("forbid", "forbid")])
def test_the_policy_says_what_happens_outside(stance: str, weight: str | None) -> None:
    found = lies_within_opening(
        ask(between("2027-11-09 20:00", "21:00"), room(opening=OFFICE_HOURS, outside_opening=stance))
    )
    assert (found.weight if found else None) == weight


def test_the_strictest_room_decides_what_happens_outside() -> None:
    lax = room(1, name="Hall", opening=OFFICE_HOURS, outside_opening="warn")
    strict = room(2, name="EscapeLAB", opening=OFFICE_HOURS)
    found = lies_within_opening(ask(between("2027-11-09 20:00", "21:00"), lax, strict))
    assert found is not None
    assert (found.weight, found.refusal.facts["name"]) == ("forbid", "EscapeLAB")


def test_the_sentence_names_the_hours() -> None:
    found = refusal(lies_within_opening(ask(between("2027-11-09 20:00", "21:00"), OFFICE)))
    thin = "\u202f"
    assert found.sentence("fr") == (
        "« Flexi 16 » n'est ouvert, le mardi 9 novembre 2027, que de 9_h_00 à 12_h_30 et de 13_h_30 à 18_h_00."
    ).replace("_", thin)
    assert found.sentence("en") == (
        "“Flexi 16” is only open from 9:00 to 12:30 and 13:30 to 18:00 on Tuesday 9 November 2027."
    )
    assert found.advice("en") == "The nearest slot: Tuesday 9 November 2027, 17:00 to 18:00."


def test_a_session_without_rooms_has_no_opening_hours() -> None:
    assert lies_within_opening(ask(between("2027-11-14 03:00", "05:00"), site={"opening": OFFICE_HOURS})) is None
