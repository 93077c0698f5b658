"""Random histories of requests, moves and cancellations, decided at random moments, against the model.

`HYPOTHESIS_PROFILE=long` (make fuzz) searches anew each time and for long; without it the histories are the same ones
every time, so that a build fails for what was changed and not for what was found.
"""

import os
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from shared.domain.errors import WrongStateError
from shared.domain.slots import Slot
from shared.store.base import engine
from tests.house import House, furnished, slot
from tests.state.model import Model

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]  # a database takes its time
PROFILES = {
    "default": settings(
        derandomize=True,
        database=None,
        max_examples=40,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=SLOW,
    ),
    "long": settings(max_examples=3000, stateful_step_count=80, deadline=None, suppress_health_check=SLOW),
}
PROFILE = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "default")]

NAMES = ("flexi-16", "flexi-19", "flexi-36")
rooms = st.sets(st.sampled_from(NAMES), min_size=1, max_size=3)
# few hours and few rooms, so that wishes meet
slots = st.builds(lambda start, length: slot(start, start + length), st.integers(9, 12), st.integers(1, 2))
batches = st.sampled_from([1, 2, 500])

RESERVATIONS = """
SELECT id, state, starts_at, ends_at, resource_ids, turn, wanted_starts_at, wanted_ends_at, wanted_resource_ids
FROM reservation ORDER BY id
"""
OCCUPANCIES = "SELECT reservation_id, resource_id, lower(during) AS starts_at, upper(during) AS ends_at FROM occupancy"


class Histories(RuleBasedStateMachine):
    """The house and the model live through the same history."""

    def __init__(self) -> None:
        super().__init__()
        self.house: House = furnished()
        self.model = Model()

    def ids(self, names: set[str]) -> frozenset[int]:
        return frozenset(self.house.rooms[name] for name in names)

    @rule(at=slots, names=rooms)
    def request(self, at: Slot, names: set[str]) -> None:
        self.model.request(self.house.ask(*names, at=at), (at, self.ids(names)))

    @precondition(lambda self: self.model.with_state("confirmed"))
    @rule(data=st.data(), at=slots, names=rooms)
    def move(self, data: st.DataObject, at: Slot, names: set[str]) -> None:
        id_ = data.draw(st.sampled_from(self.model.with_state("confirmed")))
        self.house.move(id_, at, *names)
        self.model.move(id_, (at, self.ids(names)))

    @precondition(lambda self: any(entry.wanted for entry in self.model.entries.values()))
    @rule(data=st.data())
    def withdraw_a_move(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from([id_ for id_, entry in self.model.entries.items() if entry.wanted]))
        at, wanted = self.model.entries[id_].asked
        self.house.move(id_, at, *(name for name in NAMES if self.house.rooms[name] in wanted))
        self.model.move(id_, (at, wanted))

    @precondition(lambda self: self.model.with_state("confirmed"))
    @rule(data=st.data(), day=st.integers(1, 3), names=rooms)
    def move_while_somebody_waits_for_what_it_leaves(self, data: st.DataObject, day: int, names: set[str]) -> None:
        id_ = data.draw(st.sampled_from(self.model.with_state("confirmed")))
        at, left = self.model.entries[id_].asked
        elsewhen = at.starting(at.start + timedelta(days=day))
        self.house.move(id_, elsewhen, *names)
        self.model.move(id_, (elsewhen, self.ids(names)))
        self.model.request(self.house.ask(*(n for n in NAMES if self.house.rooms[n] in left), at=at), (at, left))

    @precondition(lambda self: self.model.with_state("requested", "confirmed"))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        id_ = data.draw(st.sampled_from(self.model.with_state("requested", "confirmed")))
        self.house.cancel(id_)
        self.model.cancel(id_)

    @precondition(lambda self: self.model.with_state("refused", "cancelled"))
    @rule(data=st.data(), at=slots)
    def what_is_over_stays_over(self, data: st.DataObject, at: Slot) -> None:
        id_ = data.draw(st.sampled_from(self.model.with_state("refused", "cancelled")))
        with pytest.raises(WrongStateError):
            self.house.cancel(id_)
        with pytest.raises(WrongStateError):
            self.house.move(id_, at, "escapelab")

    @rule(batch=batches)
    def decide_once(self, batch: int) -> None:
        decided = self.house.decide_once(batch)
        assert bool(decided) == bool(self.model.queue)
        assert len(decided) <= batch
        assert self.model.decide(len(decided)) == decided
        self.compare()

    @rule(batch=batches)
    def decide_all(self, batch: int) -> None:
        assert self.house.decide(batch) == self.model.decide(10_000)
        assert not self.model.queue
        self.compare()

    @rule()
    def nothing_is_decided_while_another_decider_holds_the_house(self) -> None:
        with self.house.held():
            assert self.house.decide() == []
        self.compare()

    def teardown(self) -> None:
        self.decide_all(500)

    def compare(self) -> None:
        """Every reservation, the queue and every occupancy."""
        rows = self.house.rows(RESERVATIONS)
        assert {row.id: _as_entry(row) for row in rows} == {
            id_: (entry.state, entry.asked, entry.wanted) for id_, entry in self.model.entries.items()
        }
        waiting = sorted((row.turn, row.id) for row in rows if row.turn is not None)
        assert [id_ for _, id_ in waiting] == self.model.queue
        held = {
            (row.reservation_id, row.resource_id, row.starts_at, row.ends_at) for row in self.house.rows(OCCUPANCIES)
        }
        assert held == {
            (id_, room, entry.asked[0].start, entry.asked[0].end)
            for id_, entry in self.model.entries.items()
            if entry.state == "confirmed"
            for room in entry.asked[1]
        }


def _as_entry(row: Any) -> tuple[object, ...]:
    wanted = None
    if row.wanted_starts_at:
        wanted = (Slot(row.wanted_starts_at, row.wanted_ends_at), frozenset(row.wanted_resource_ids))
    return row.state, (Slot(row.starts_at, row.ends_at), frozenset(row.resource_ids)), wanted


@pytest.mark.timeout(0 if PROFILE is PROFILES["long"] else 600)  # a failing history takes minutes to be made short
def test_every_history_ends_as_the_model_says(database_url: str) -> None:
    assert database_url
    engine.cache_clear()
    run_state_machine_as_test(Histories, settings=PROFILE)
    engine().dispose()
