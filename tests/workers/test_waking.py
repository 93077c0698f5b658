"""Wake-ups are hints: one is enough, a lost one is made good within seconds, and a woken task works in pieces."""

from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text

from deploy.processes import wait_until
from shared import broker
from shared.store.base import transaction
from tests.house import House
from tests.workers.conftest import Bell
from workers import waking

SEND = "invitations.send"


def test_one_wake_up_under_way_is_enough(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "ASLEEP_MS", 60_000)  # however slow this machine is just now
    for _ in range(5):
        waking.wake(SEND)
    waking.wake("conflicts.decide")
    assert bell.woken() == ["conflicts.decide", SEND]


def test_a_wake_up_carries_nothing_and_goes_stale(bell: Bell) -> None:
    waking.wake(SEND)
    [(queue, task, headers)] = bell.messages()
    assert (queue, task, headers["argsrepr"], headers["kwargsrepr"]) == ("mail", SEND, "()", "{}")
    assert headers["expires"]
    assert headers["eta"] is None


def test_what_comes_after_the_task_began_wakes_it_anew(bell: Bell) -> None:
    waking.wake(SEND)
    broker.is_awake(SEND)
    waking.wake(SEND)
    assert bell.woken() == [SEND, SEND]


def test_a_lost_wake_up_holds_up_nobody_for_long(bell: Bell) -> None:
    waking.wake(SEND)
    bell.lose_messages()

    def is_woken() -> bool:
        waking.wake(SEND)
        return bell.woken() == [SEND]

    assert wait_until(is_woken, seconds=5)  # of which the mark takes one


def test_a_woken_task_works_until_nothing_is_left(bell: Bell) -> None:
    left = _pieces(3)
    waking.wake(SEND)
    waking.drain(SEND, lambda: next(left))
    assert next(left, "nothing") == "nothing"
    waking.wake(SEND)  # what came while it worked is not taken for this very run's wake-up
    assert bell.woken() == [SEND, SEND]


def test_a_task_stops_after_its_piece_and_wakes_itself(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "PIECE", 0)
    left = _pieces(3)
    waking.drain(SEND, lambda: next(left))
    assert list(left) == [True, True, False]
    assert bell.woken() == [SEND]


def test_a_database_that_goes_away_ends_the_piece_and_the_next_one_works(house: House, bell: Bell) -> None:
    assert bell

    def works() -> bool:
        with transaction() as db:
            db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return False

    with structlog.testing.capture_logs() as logs:
        waking.drain(SEND, works)
    assert [line["event"] for line in logs] == ["database away or busy, the tick goes on"]

    seen = []
    waking.drain(SEND, lambda: bool(seen.append(house.rows("SELECT 1"))))
    assert seen == [[(1,)]]


def _pieces(count: int) -> Iterator[bool]:
    """That many pieces of work, then none."""
    yield from [True] * count
    yield False
