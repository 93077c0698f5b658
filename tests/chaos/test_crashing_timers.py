"""Whoever runs timers, or serves the waiting list, killed at the worst moments, by name: each thing happens once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.chaos.test_crash_points import KILLED, soon, work
from tests.house import House


@pytest.fixture
def today(house: House) -> House:
    """The house on the real clock: the processes have no other."""
    house.now = datetime.now(UTC)
    return house


@pytest.fixture
def option(today: House) -> int:
    """Anne holds an option whose time has run out."""
    until = today.now + timedelta(hours=1)
    option = today.decided_as("tentative", "flexi-16", at=soon(), option_until=until)
    is_due(today, "expire")
    return option


@pytest.fixture
def waiting(option: int, today: House) -> int:
    """Basile stands in line for it."""
    assert today.state(option) == "tentative"
    return today.decided_as("waitlisted", "flexi-16", who="basile", at=soon(), on_conflict="wait")


def is_due(house: House, kind: str) -> None:
    """The clock goes past the timers of that kind."""
    with house.book() as db:
        db.execute(text("UPDATE timer SET due_at = now() WHERE kind = :kind"), {"kind": kind})


@pytest.mark.parametrize("point", ["after-the-strike", "after-the-deed"])
def test_killed_before_its_commit_a_timer_worker_leaves_all_as_it_was(
    today: House, option: int, waiting: int, point: str
) -> None:
    assert work(None, "timers", point) == KILLED
    assert today.state(option) == "tentative"
    assert len(today.rows("SELECT FROM timer WHERE reservation_id = :id", id=option)) == 1

    assert work(None, "timers") == 0
    assert today.history(option) == ["ReservationRequested", "ReservationTentative", "ReservationExpired"]
    assert work(None, "decide") == 0
    assert today.states(option, waiting) == ["expired", "confirmed"]


def test_killed_after_its_commit_the_timer_has_run_and_does_not_run_again(
    today: House, option: int, waiting: int
) -> None:
    assert work(None, "timers", "before-the-bell") == KILLED
    assert today.state(option) == "expired"

    assert work(None, "timers") == 0
    assert today.history(option).count("ReservationExpired") == 1
    assert work(None, "decide") == 0, "the bell was not rung: the tick finds who waits"
    assert today.state(waiting) == "confirmed"


@pytest.mark.parametrize("point", ["after-the-strike", "after-the-deed"])
def test_killed_while_it_reminds_a_worker_reminds_once(today: House, point: str) -> None:
    today.rule("room", "flexi-16", who_may_book=["coordinators"], who_may_request=["everybody"])
    asked = today.decided_as("tentative", "flexi-16", at=soon())
    is_due(today, "remind")

    assert work(None, "timers", point) == KILLED
    assert reminders(today) == 0

    assert work(None, "timers") == 0
    assert work(None, "timers") == 0
    assert today.history(asked).count("ApprovalReminded") == 1
    assert reminders(today) == 1


def test_killed_while_it_serves_the_line_a_decider_serves_nobody_and_then_the_first(
    today: House, option: int, waiting: int
) -> None:
    second = today.decided_as("waitlisted", "flexi-16", who="claire", at=soon(), on_conflict="wait")
    today.cancel(option)

    assert work(None, "decide", "after-the-decision") == KILLED
    assert today.states(waiting, second) == ["waitlisted", "waitlisted"]
    assert today.rows("SELECT FROM occupancy") == []

    assert work(None, "decide") == 0
    assert today.states(waiting, second) == ["confirmed", "waitlisted"]
    assert today.history(waiting).count("ReservationConfirmed") == 1


def test_killed_while_it_makes_an_offer_a_decider_makes_it_once(today: House, option: int) -> None:
    today.rule(waiting_list={"mode": "offer"})
    waiting = today.decided_as("waitlisted", "flexi-16", who="basile", at=soon(), on_conflict="wait")
    today.cancel(option)

    assert work(None, "decide", "after-the-decision") == KILLED
    assert work(None, "decide", "before-the-bell") == KILLED
    assert work(None, "decide") == 0
    assert today.history(waiting) == ["ReservationRequested", "ReservationWaitlisted", "OfferMade"]
    assert [row.kind for row in today.rows("SELECT kind FROM timer WHERE reservation_id = :id", id=waiting)] == [
        "expire"
    ]


def reminders(house: House) -> int:
    """How many letters to coordinators wait to be sent."""
    query = "SELECT FROM delivery JOIN announcement AS a ON a.id = announcement_id WHERE a.kind = 'approval_reminder'"
    return len(house.rows(query))
