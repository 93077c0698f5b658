"""Random histories of all that people, coordinators and time may do, decided at random moments, against the model.

`HYPOTHESIS_PROFILE=long` (make fuzz) searches anew each time and for long; without it the histories are the same ones
every time, so that a build fails for what was changed and not for what was found.
"""

import os
from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.domain.errors import WrongStateError
from shared.domain.slots import Slot
from shared.store.base import engine
from tests.house import MONDAY, furnished, slot
from tests.state import draws, promises
from tests.state.both import Both
from tests.state.laws import Laws
from tests.state.model import COORDINATOR, HOLDING, Entry
from tests.state.taken import Wish

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
LIVE = (*HOLDING, "requested", "waitlisted")
OVER = ("refused", "cancelled", "expired")


def some(*states: str, **like: object) -> precondition:
    """Only when there is a reservation like that."""
    return precondition(lambda self: self.ids(*states, **like))


class Histories(RuleBasedStateMachine):
    """The house and the model live through the same history; what is asked for is often decided at once (`batch`)."""

    both: Both

    @initialize(laws=draws.laws())
    def found(self, laws: Laws) -> None:
        house = furnished()
        house.now = MONDAY - timedelta(days=2)
        self.both = Both(house, laws)

    def ids(self, *states: str, **like: object) -> list[int]:
        """The reservations in one of these states whose entries are like that."""
        entries = self.both.model.entries.items()
        return [
            id_
            for id_, entry in entries
            if entry.state in states and all(getattr(entry, name) == value for name, value in like.items())
        ]

    def one_of(self, data: st.DataObject, *states: str, **like: object) -> tuple[int, Entry]:
        id_ = data.draw(st.sampled_from(self.ids(*states, **like)))
        return id_, self.both.model.entries[id_]

    # what people ask for

    @rule(
        who=draws.people,
        wish=draws.wishes(),
        if_taken=draws.if_taken,
        hours=st.sampled_from((None, None, 3, 30)),
        with_reason=st.booleans(),
        batch=draws.decided,
    )
    def ask(
        self, who: str, wish: Wish, if_taken: str, hours: int | None, *, with_reason: bool, batch: int | None
    ) -> None:
        """A coordinator sets the rules aside with a reason; never the limit of the building."""
        override = with_reason and who == COORDINATOR
        self.both.ask(who, wish, if_taken=if_taken, hours=hours, override=override)
        self.decide(batch)

    @rule(
        who=draws.people,
        wish=draws.wishes(),
        count=st.integers(2, 4),
        if_taken=st.sampled_from(("all", "skip", "wait")),
        batch=draws.decided,
    )
    def ask_for_a_series(self, who: str, wish: Wish, count: int, if_taken: str, batch: int | None) -> None:
        self.both.ask_for_series(who, wish, count=count, if_taken=if_taken)
        self.decide(batch)

    @some(*HOLDING)
    @rule(data=st.data(), at=draws.slots, rooms=draws.some_rooms, by_owner=st.booleans(), batch=draws.decided)
    def move(self, data: st.DataObject, at: Slot, rooms: frozenset[str], *, by_owner: bool, batch: int | None) -> None:
        id_, entry = self.one_of(data, *HOLDING)
        self.both.move(id_, replace(entry.wish, slot=at, rooms=rooms), entry.who if by_owner else COORDINATOR)
        self.decide(batch)

    @some(*HOLDING)
    @rule(data=st.data(), part=st.sampled_from((0.5, 2)), batch=draws.decided)
    def shorten_or_lengthen(self, data: st.DataObject, part: float, batch: int | None) -> None:
        id_, entry = self.one_of(data, *HOLDING)
        slot = entry.wish.slot
        self.both.move(id_, replace(entry.wish, slot=Slot(slot.start, slot.start + slot.length * part)), entry.who)
        self.decide(batch)

    @some(*HOLDING, is_moving=True)
    @rule(data=st.data())
    def withdraw_a_move(self, data: st.DataObject) -> None:
        id_, entry = self.one_of(data, *HOLDING, is_moving=True)
        self.both.move(id_, entry.wish, entry.who)

    @some(*HOLDING)
    @rule(data=st.data(), day=st.integers(2, 3), who=draws.people, if_taken=draws.if_taken, batch=draws.decided)
    def move_while_somebody_asks_for_what_it_leaves(
        self, data: st.DataObject, day: int, who: str, if_taken: str, batch: int | None
    ) -> None:
        id_, entry = self.one_of(data, *HOLDING)
        left, elsewhen = entry.wish, entry.wish.slot.starting(entry.wish.slot.start + timedelta(days=day))
        self.both.move(id_, replace(left, slot=elsewhen), entry.who)
        self.both.ask(who, left, if_taken=if_taken)
        self.decide(batch)

    @some(*HOLDING, is_of_series=True)
    @rule(
        data=st.data(),
        hour=st.integers(9, 13),
        hours=st.sampled_from((1, 2)),
        days=st.integers(0, 1),
        whole=st.booleans(),
        batch=draws.decided,
    )
    def move_a_series(
        self, data: st.DataObject, hour: int, hours: int, days: int, *, whole: bool, batch: int | None
    ) -> None:
        id_, _ = self.one_of(data, *HOLDING, is_of_series=True)
        if self.both.may_move_series(id_):
            self.both.move_series(id_, time(hour), hours, days, is_whole=whole)
            self.decide(batch)

    @some(*LIVE)
    @rule(data=st.data(), people=draws.crowds, batch=draws.decided)
    def change_people(self, data: st.DataObject, people: int, batch: int | None) -> None:
        self.both.change_people(self.one_of(data, *LIVE)[0], people)
        self.decide(batch)

    # what gives way, and what time does

    @some(*LIVE)
    @rule(data=st.data(), batch=draws.decided)
    def cancel(self, data: st.DataObject, batch: int | None) -> None:
        self.both.cancel(self.one_of(data, *LIVE)[0])
        self.decide(batch)

    @some(*HOLDING, is_of_series=True)
    @rule(data=st.data(), batch=draws.decided)
    def cancel_a_series_from_a_date_on(self, data: st.DataObject, batch: int | None) -> None:
        id_, entry = self.one_of(data, *HOLDING, is_of_series=True)
        if entry.wish.slot.start > self.both.house.now:
            self.both.cancel_series_from(id_)
            self.decide(batch)

    @some("tentative")
    @rule(data=st.data(), is_yes=st.booleans(), batch=draws.decided)
    def answer(self, data: st.DataObject, *, is_yes: bool, batch: int | None) -> None:
        """A coordinator approves or declines; an owner confirms, or does not."""
        id_, entry = self.one_of(data, "tentative")
        if entry.hold == "approval":
            (self.both.approve if is_yes else self.both.decline)(id_)
        else:
            (self.both.confirm if is_yes else self.both.cancel)(id_)
        self.decide(batch)

    @rule(hours=st.sampled_from((1, 7, 25)), is_noticed=st.booleans(), batch=draws.decided)
    def pass_time(self, hours: int, *, is_noticed: bool, batch: int | None) -> None:
        self.both.pass_time(hours)
        if is_noticed:
            self.both.run_timers()
            self.decide(batch)

    @some(*LIVE)
    @rule(data=st.data(), batch=draws.decided)
    def the_hour_comes(self, data: st.DataObject, batch: int | None) -> None:
        """In which somebody's time begins."""
        _, entry = self.one_of(data, *LIVE)
        hours = (entry.wish.slot.start - self.both.house.now) / timedelta(hours=1)
        if 0 < hours < 72:
            self.both.pass_time(hours)
            self.both.run_timers()
            self.decide(batch)

    # what must not be

    @some("confirmed", *OVER)
    @rule(data=st.data())
    def what_is_confirmed_or_over_awaits_nothing(self, data: st.DataObject) -> None:
        id_, entry = self.one_of(data, "confirmed", *OVER)
        verbs = [self.both.approve, self.both.decline, self.both.confirm]
        for verb in verbs if entry.state == "confirmed" else [*verbs, self.both.cancel]:
            with pytest.raises(WrongStateError):
                verb(id_)

    @some(*OVER, "requested", "waitlisted")
    @rule(data=st.data())
    def nobody_moves_what_they_do_not_hold(self, data: st.DataObject) -> None:
        id_, _ = self.one_of(data, *OVER, "requested", "waitlisted")
        with pytest.raises(WrongStateError):
            self.both.house.move(id_, slot(day=9), who=COORDINATOR)

    # what is decided

    @rule(batch=draws.batches)
    def decide_once(self, batch: int) -> None:
        self.both.decide_once(batch)

    def decide(self, batch: int | None) -> None:
        """All that waits, in such batches; nobody in line is passed over then."""
        if batch is not None:
            self.both.decide_all(batch)
            assert promises.passed_over(self.both.house) == []

    @invariant()
    def house_and_model_agree_and_all_promises_are_kept(self) -> None:
        if hasattr(self, "both"):
            assert self.both.differences() == []
            assert promises.broken(self.both.house, self.both.model.laws) == []

    def teardown(self) -> None:
        if hasattr(self, "both"):
            self.decide(500)
            self.house_and_model_agree_and_all_promises_are_kept()


@pytest.mark.timeout(0 if PROFILE is PROFILES["long"] else 600)  # a failing history takes minutes to be made short
def test_every_history_ends_as_the_model_says(database_url: str) -> None:
    assert database_url
    engine.cache_clear()
    run_state_machine_as_test(Histories, settings=PROFILE)
    engine().dispose()
