"""Giving a reservation back, in whatever state it is; what it held is free at once."""

import pytest

from shared import ruling
from shared.domain.errors import NotAllowedError, RefusedError, WrongStateError
from tests.house import House, slot


def test_what_is_cancelled_can_be_booked_by_others(house: House) -> None:
    mine = house.confirmed("flexi-16", "flexi-19")
    house.cancel(mine)
    assert house.rows("SELECT FROM occupancy") == []
    assert house.state(house.confirmed("flexi-16", who="basile")) == "confirmed"
    assert house.history(mine)[-1] == "ReservationCancelled"


def test_a_request_may_be_withdrawn_before_it_is_decided(house: House) -> None:
    mine, other = house.ask("flexi-16"), house.ask("flexi-16", who="basile")
    house.cancel(mine)
    assert house.decide() == [other]
    assert house.states(mine, other) == ["cancelled", "confirmed"]
    assert house.reservation(mine).unannounced_since is None  # nobody had heard of it


def test_a_cancellation_takes_a_waiting_move_along(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(14, 16), "flexi-36")
    house.cancel(mine)
    assert house.decide() == []
    gone = house.reservation(mine)
    assert (gone.state, gone.turn, gone.is_moving, gone.wanted_resource_ids) == ("cancelled", None, False, None)
    assert house.rows("SELECT FROM occupancy") == []


def test_a_request_that_waits_gets_a_slot_that_is_cancelled_before_its_decision(house: House) -> None:
    mine = house.confirmed("flexi-16")
    waiting = house.ask("flexi-16", who="basile")
    house.cancel(mine)
    house.decide()
    assert house.state(waiting) == "confirmed"


@pytest.mark.parametrize("state", ["refused", "cancelled"])
def test_what_is_over_cannot_be_cancelled(house: House, state: str) -> None:
    if state == "refused":
        house.confirmed("flexi-16", who="basile")
    mine = house.ask("flexi-16")
    house.decide()
    if state == "cancelled":
        house.cancel(mine)
    history = house.history(mine)
    with pytest.raises(WrongStateError) as caught:
        house.cancel(mine)
    assert caught.value.details == {"state": state}
    assert house.history(mine) == history


def test_only_the_owner_and_coordinators_cancel(house: House) -> None:
    mine = house.confirmed("flexi-16")
    with pytest.raises(NotAllowedError):
        house.cancel(mine, who="basile")
    house.cancel(mine, who="claire")
    assert house.state(mine) == "cancelled"


def test_what_awaits_approval_or_a_place_can_be_cancelled(house: House) -> None:
    house.rule("room", "flexi-19", who_may_book=[], who_may_request=["everybody"])
    house.confirmed("flexi-16")
    held, waiting = house.ask("flexi-19"), house.ask("flexi-16", who="basile", on_conflict="wait")
    house.decide()
    assert house.states(held, waiting) == ["tentative", "waitlisted"]
    house.cancel(held)
    house.cancel(waiting, who="basile")
    assert house.states(held, waiting) == ["cancelled", "cancelled"]
    assert house.rows("SELECT FROM timer") == []


def test_a_group_may_have_a_deadline_of_its_own(house: House) -> None:
    with house.book() as db:
        ruling.set_group(db, "staff", "Équipe", ["anne@example.org"], by=house.actors["claire"], now=house.now)
    house.rule("group", "staff", cancellation_minutes=60 * 24 * 60)
    mine, his = house.confirmed("flexi-16"), house.confirmed("flexi-19", who="basile")
    with pytest.raises(RefusedError):
        house.cancel(mine)
    house.cancel(his, who="basile")
    house.cancel(mine, who="claire")
    assert house.states(mine, his) == ["cancelled", "cancelled"]
