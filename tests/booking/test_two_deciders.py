"""Two deciders at once decide as one would who took one request after the other, whatever else goes on meanwhile."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest

from shared.store.base import engine
from tests.booking.at_random import WHO, ask_and_move, give_way, let_time_run_out, wish
from tests.chaos.book import read
from tests.chaos.fairness import fairness
from tests.chaos.lives import lives
from tests.chaos.replay import replay
from tests.house import House
from tests.state import promises
from tests.state.both import Both
from tests.state.laws import Laws

OPEN = Laws()
HOLDS = Laws(on_request=frozenset({"flexi-19"}), offering=frozenset({"flexi-16", "flexi-36"}))
LIMITS = Laws(
    on_request=frozenset({"flexi-19"}),
    building_limit=20,
    hours_per_week=14,
    concurrent=3,
    setup=15,
    changes=(("rows", "islands", 30), ("islands", "rows", 60)),
)
ALL_LAWS = pytest.mark.parametrize("laws", [OPEN, HOLDS, LIMITS], ids=["open", "holds", "limits"])


def decide_until_nothing_waits(house: House, batch: int) -> None:
    deadline = monotonic() + 60
    while house.rows("SELECT FROM reservation WHERE turn IS NOT NULL LIMIT 1"):
        house.decide_once(batch)
        assert monotonic() < deadline, "the deciders do not come to an end"


def submit_at_random(both: Both, random: Random, count: int) -> None:
    """Requests, and now and then somebody who holds something asks to move."""
    for _ in range(count):
        what, held = wish(random), both.model.with_state("confirmed", "tentative")
        if held and random.random() < 0.15:
            moving = random.choice(held)
            to = replace(both.model.entries[moving].wish, slot=what.slot, rooms=what.rooms)
            both.move(moving, to, "claire")
        else:
            if_taken, hours = random.choice(("refuse", "wait")), random.choice((None, None, 48))
            both.ask(random.choice(WHO), what, if_taken=if_taken, hours=hours)


@ALL_LAWS
def test_two_deciders_agree_with_one_after_the_other(house: House, laws: Laws) -> None:
    both, random = Both(house, laws), Random(1)
    submit_at_random(both, random, 60)
    both.decide_all(500)
    submit_at_random(both, random, 140)
    with ThreadPoolExecutor(2) as pool:
        for decider in [pool.submit(decide_until_nothing_waits, house, batch) for batch in (3, 10)]:
            decider.result()
    both.model.decide_all()
    assert both.differences() == []
    assert promises.broken(house, laws) == []
    assert {"confirmed", "refused", "waitlisted"} <= {entry.state for entry in both.model.entries.values()}


@ALL_LAWS
def test_two_deciders_keep_what_is_promised_while_others_give_way_and_time_runs_out(
    house: House, tmp_path: Path, laws: Laws
) -> None:
    laws.lay_down(house)
    stop = threading.Event()
    beside = give_way, let_time_run_out, let_time_run_out, decide_three, decide_three
    with ThreadPoolExecutor() as pool:
        threads = [pool.submit(keep_on, work, house, stop) for work in beside]
        try:
            asked = ask_and_move(house, Random(2), 150)
        finally:
            stop.set()
        for thread in threads:
            thread.result()
    house.run_timers()  # what was brought forward at the very end
    house.decide()
    assert promises.broken(house, laws) == []
    assert promises.passed_over(house) == []
    house.rows("UPDATE event SET relayed_at = recorded_at RETURNING 1")
    (tmp_path / "new").mkdir()  # no mail went out
    book = read(engine(), tmp_path)
    assert list(lives(book)) == []
    if laws is not LIMITS:  # of limits the log does not tell
        assert list(fairness(book, replay(book, asked))) == []
    assert {"ReservationExpired", "ReservationCancelled", "ReservationMoved"} <= {event.type for event in book.events}


def decide_three(house: House, _: Random) -> None:
    house.decide_once(3)


def keep_on(work: Callable[[House, Random], Any], house: House, stop: threading.Event) -> None:
    random = Random(3)
    while not stop.wait(0.01):
        work(house, random)


def test_a_request_that_comes_while_two_decide_is_decided_too(house: House) -> None:
    """Fifty ask for one slot while two deciders are at work: the first one gets it."""
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(house.ask, "flexi-16") for _ in range(50)]
        deciders = [pool.submit(house.decide) for _ in range(4)]
        ids = [future.result() for future in asked]
        for decider in deciders:
            decider.result()
    house.decide()
    states = {row.id: row.state for row in house.rows("SELECT id, state FROM reservation")}
    assert sorted(states) == sorted(ids)
    assert sorted(states.values()) == ["confirmed", *["refused"] * 49]
