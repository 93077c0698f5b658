"""Shortest, longest, and steps on the clock."""

import pytest

from shared.domain.rules.duration import is_in_step, is_long_enough, is_short_enough
from tests.domain.rules.asking import ask, between, code, fixed, proposed, refusal, room


@pytest.mark.parametrize(
    ("end", "short", "long"),
    [
        ("09:29:59", "too_short", None),
        ("09:30", None, None),
        ("11:00", None, None),
        ("11:00:01", None, "too_long"),
    ],
)
def test_a_booking_is_neither_too_short_nor_too_long(end: str, short: str | None, long: str | None) -> None:
    request = ask(between("2027-11-09 09:00", end), room(shortest_minutes=30, longest_minutes=120))
    assert (code(is_long_enough(request)), code(is_short_enough(request))) == (short, long)


def test_true_time_counts_in_the_nights_of_the_clock_change() -> None:
    """From one to four are four hours when the clock is set back, and two when it is put forward."""
    for start, end, expected in (
        ("2027-10-31 01:00", "2027-10-31 04:00", "too_long"),
        ("2028-03-26 01:00", "2028-03-26 04:00", None),
    ):
        assert code(is_short_enough(ask(between(start, end), room(longest_minutes=180)))) == expected


def test_the_strictest_of_several_rooms_counts() -> None:
    rooms = room(1, shortest_minutes=30), room(2, name="EscapeLAB", shortest_minutes=90, longest_minutes=600), room(3)
    found = is_long_enough(ask(between("2027-11-09 09:00", "10:00"), *rooms))
    assert refusal(found).facts == {"name": "EscapeLAB", "shortest_minutes": 90}
    assert proposed(found) == between("2027-11-09 09:00", "10:30")
    day = between("2027-11-09 08:00", "20:00")
    assert proposed(is_short_enough(ask(day, room(longest_minutes=60), *rooms))) == between("2027-11-09 08:00", "09:00")


def test_lengths_are_said_as_people_say_them() -> None:
    def said(minutes: int) -> tuple[str, str]:
        no = refusal(is_long_enough(ask(between("2027-11-09 09:00", "09:01"), room(shortest_minutes=minutes))))
        return no.sentence("fr").split("pour ")[1], no.sentence("en").split("for ")[1]

    assert said(45) == ("45 minutes au moins.", "45 minutes at least.")
    assert said(60) == ("1 heure au moins.", "1 hour at least.")
    assert said(90) == ("1\u202fh\u202f30 au moins.", "1:30 hours at least.")
    assert said(2880) == ("2 jours au moins.", "2 days at least.")


@pytest.mark.parametrize(
    ("step", "start", "end", "nearest"),
    [
        (30, "2027-11-09 09:00", "10:30", None),
        (30, "2027-11-09 00:00", "2027-11-10 00:00", None),
        (30, "2027-11-09 09:10", "10:30", ("2027-11-09 09:00", "10:30")),
        (30, "2027-11-09 09:20", "10:50", ("2027-11-09 09:30", "11:00")),
        (30, "2027-11-09 09:00", "09:10", ("2027-11-09 09:00", "09:30")),
        (30, "2027-11-09 09:00:01", "10:00", ("2027-11-09 09:00", "10:00")),
        (240, "2027-11-09 09:00", "13:00", ("2027-11-09 08:00", "12:00")),  # half days
        (15, "2027-11-08 10:05", "11:00", ("2027-11-08 10:00", "11:00")),  # now, not before
        (15, "2027-11-08 10:02", "10:50", ("2027-11-08 10:00", "10:45")),
        # two is put forward to three: both hours are steps of an hour, and half past two is none
        (60, "2028-03-26 01:00", "2028-03-26 03:00", None),
        (60, "2028-03-26 01:10", "2028-03-26 04:00", ("2028-03-26 01:00", "2028-03-26 04:00")),
        (15, "2027-10-31 02:15+02:00", "2027-10-31 02:15+01:00", None),
    ],
)
def test_bookings_start_and_end_in_step(step: int, start: str, end: str, nearest: tuple[str, str] | None) -> None:
    request = ask(between(start, end), room(step_minutes=step))
    found = is_in_step(request)
    assert (found is None) == (nearest is None)
    if nearest:
        assert proposed(found) == between(*nearest)
        assert is_in_step(fixed(request, refusal(found).fix)) is None


def test_of_two_steps_the_common_one_is_proposed() -> None:
    request = ask(between("2027-11-09 09:10", "10:00"), room(1, step_minutes=20), room(2, step_minutes=30))
    assert proposed(is_in_step(request)) == between("2027-11-09 09:00", "10:00")


def test_by_default_a_booking_is_as_long_as_one_likes() -> None:
    for resources in ((room(),), ()):
        for end in ("2027-11-09 09:00:01", "2028-10-09 10:00"):
            request = ask(between("2027-11-09 09:00", end), *resources)
            assert [rule(request) for rule in (is_long_enough, is_short_enough, is_in_step)] == [None] * 3
