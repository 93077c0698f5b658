"""The states of a reservation: every way that there is, and every one that there is not."""

from itertools import product

import pytest

from shared.domain.errors import WrongStateError
from shared.domain.states import HOLDING, State, step

# Written out once more, from DESIGN's words, so that a change of the table is a decision and not a slip.
WAYS = {
    "requested": {"confirmed", "tentative", "waitlisted", "refused", "cancelled"},
    "tentative": {"confirmed", "refused", "expired", "cancelled"},
    "waitlisted": {"confirmed", "tentative", "expired", "cancelled"},
    "confirmed": {"cancelled"},
    "refused": set(),
    "cancelled": set(),
    "expired": set(),
}


@pytest.mark.parametrize(("now", "to"), list(product(State, State)))
def test_a_state_changes_only_along_its_ways(now: State, to: State) -> None:
    if to.value in WAYS[now.value]:
        assert step(now, to) is to
        return
    with pytest.raises(WrongStateError) as caught:
        step(now, to)
    assert caught.value.details == {"state": now.value}


def test_what_is_confirmed_or_awaits_approval_holds_its_slot() -> None:
    assert {state.value for state in HOLDING} == {"confirmed", "tentative"}
