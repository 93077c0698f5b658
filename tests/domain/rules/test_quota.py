"""Quotas of people and organisations: hours in a week of the calendar, bookings ahead, bookings at one time."""

from datetime import date
from typing import Any

import pytest

from shared.domain.rules import Usage
from shared.domain.rules.quota import organisation_is_within_quota, person_is_within_quota
from shared.domain.slots import Slot
from tests.domain.rules.asking import TOMORROW, ask, between, code, fixed, proposed, refusal, room

MONDAY = date(2027, 11, 8)


def usage(week_minutes: dict[date, int] | None = None, open_requests: int = 0, concurrent: int = 0) -> Usage:
    return Usage(week_minutes or {}, open_requests, concurrent)


def person(slot: Slot, used: Usage, **quota: int) -> Any:
    return person_is_within_quota(ask(slot, room(), site={"person_quota": quota}, person_usage=used))


@pytest.mark.parametrize(
    ("quota", "used", "expected"),
    [
        ({"hours_per_week": 10}, usage({MONDAY: 420}), None),  # 7 + 3
        ({"hours_per_week": 10}, usage({MONDAY: 421}), "hours"),
        ({"hours_per_week": 10}, usage({date(2027, 11, 1): 600, date(2027, 11, 15): 600}), None),  # other weeks
        ({"hours_per_week": 0}, usage(), "hours"),
        ({"open_requests": 3}, usage(open_requests=2), None),
        ({"open_requests": 3}, usage(open_requests=3), "open_requests"),
        ({"concurrent": 1}, usage(concurrent=0), None),
        ({"concurrent": 1}, usage(concurrent=1), "concurrent"),
        ({}, usage({MONDAY: 9999}, 99, 99), None),
    ],
)
def test_people_and_organisations_keep_to_their_quota(quota: dict[str, int], used: Usage, expected: str | None) -> None:
    request = ask(
        TOMORROW,
        room(),
        site={"person_quota": quota, "organisation_quota": quota},
        person_usage=used,
        organisation_usage=used,
    )
    assert code(person_is_within_quota(request)) == (f"person_{expected}" if expected else None)
    assert code(organisation_is_within_quota(request)) == (f"organisation_{expected}" if expected else None)


def test_a_quota_of_one_is_not_a_quota_of_the_other() -> None:
    request = ask(TOMORROW, room(), site={"organisation_quota": {"concurrent": 0}}, person_usage=usage())
    assert person_is_within_quota(request) is None
    assert organisation_is_within_quota(request) is None  # who belongs to no organisation


def test_what_takes_nothing_of_the_house_counts_for_nothing() -> None:
    assert person_is_within_quota(ask(TOMORROW, site={"person_quota": {"concurrent": 0}}, person_usage=usage())) is None


@pytest.mark.parametrize(
    ("start", "end", "used", "expected"),
    [
        # over the midnight between two weeks, two hours in each
        ("2027-11-14 22:00", "2027-11-15 02:00", {date(2027, 11, 8): 480, date(2027, 11, 15): 480}, None),
        ("2027-11-14 22:00", "2027-11-15 02:00", {date(2027, 11, 8): 481}, "person_hours"),
        ("2027-11-14 22:00", "2027-11-15 02:00", {date(2027, 11, 15): 481}, "person_hours"),
        # week 53 of 2026 goes on until Sunday 3 January 2027
        ("2027-01-02 09:00", "11:00", {date(2026, 12, 28): 480}, None),
        ("2027-01-02 09:00", "11:00", {date(2026, 12, 28): 481}, "person_hours"),
        ("2027-01-04 09:00", "11:00", {date(2026, 12, 28): 600}, None),
        # the week of the leap day
        ("2028-02-29 09:00", "11:00", {date(2028, 2, 28): 481}, "person_hours"),
        # in the night in which the clock is set back, midnight to four are five hours
        ("2027-10-31 00:00", "2027-10-31 04:00", {date(2027, 10, 25): 300}, None),
        ("2027-10-31 00:00", "2027-10-31 04:00", {date(2027, 10, 25): 301}, "person_hours"),
        # and three in the other one
        ("2028-03-26 00:00", "2028-03-26 04:00", {date(2028, 3, 20): 420}, None),
        ("2028-03-26 00:00", "2028-03-26 04:00", {date(2028, 3, 20): 421}, "person_hours"),
    ],
)
def test_hours_count_in_the_week_in_which_they_lie(
    start: str, end: str, used: dict[date, int], expected: str | None
) -> None:
    assert code(person(between(start, end), usage(used), hours_per_week=10)) == expected


def test_what_is_left_of_the_week_is_proposed() -> None:
    found = person(TOMORROW, usage({MONDAY: 540}), hours_per_week=10)
    assert proposed(found) == between("2027-11-09 09:00", "10:00")
    assert refusal(found).facts == {"hours_per_week": 10, "used": 540, "week": "2027-11-08"}
    assert refusal(found).sentence("en") == (
        "The quota is 10 hours per person and week; booked already, in the week of Monday 8 November 2027: 9 hours."
    )


def test_the_next_week_with_room_for_it_is_proposed_when_nothing_is_left() -> None:
    used = usage({MONDAY: 600, date(2027, 11, 15): 500})
    request = ask(TOMORROW, room(), site={"person_quota": {"hours_per_week": 10}}, person_usage=used)
    found = person_is_within_quota(request)
    assert proposed(found) == between("2027-11-23 09:00", "12:00")
    assert person_is_within_quota(fixed(request, refusal(found).fix)) is None


def test_nothing_is_proposed_where_no_week_is_long_enough() -> None:
    assert refusal(person(TOMORROW, usage({MONDAY: 120}), hours_per_week=2)).fix == {}
