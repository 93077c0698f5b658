"""Equipment that is there several times: as many as there are, at every moment, whichever of them it is."""

from random import Random
from typing import Any

import pytest

from shared.domain.errors import InvalidInputError
from tests.house import House, slot


@pytest.fixture
def tablets(house: House) -> str:
    return house.furnish("tablettes", "equipment", name="Tablettes", quantity=12)


def ask(house: House, count: int, *rooms: str, **more: Any) -> int:
    """Ask for so many tablets, decided."""
    reservation_id = house.ask(*rooms, quantities={"tablettes": count}, **more)
    house.decide()
    return reservation_id


def refused_for(house: House, reservation_id: int) -> str:
    refused = house.reservation(reservation_id).refused
    assert refused is not None
    return refused.code


def held(house: House, reservation_id: int) -> int:
    return len(house.rows("SELECT FROM occupancy WHERE reservation_id = :id", id=reservation_id))


@pytest.mark.usefixtures("tablets")
def test_there_are_as_many_as_there_are(house: House) -> None:
    first, second = ask(house, 7), ask(house, 5)
    third = ask(house, 1)
    assert house.states(first, second, third) == ["confirmed", "confirmed", "refused"]
    assert refused_for(house, third) == "equipment_taken"
    assert house.state(ask(house, 12, at=slot(12, 13))) == "confirmed"


@pytest.mark.usefixtures("tablets")
def test_who_asks_for_more_than_there_are_hears_how_many_there_are(house: House) -> None:
    refused = house.reservation(ask(house, 13)).refused
    assert refused is not None
    assert (refused.code, refused.fix) == ("not_so_many", {"quantities": {"tablettes": 12}})
    assert refused.override == "nobody"


@pytest.mark.usefixtures("tablets")
def test_without_a_number_it_is_one(house: House) -> None:
    assert held(house, house.confirmed("tablettes")) == 1


@pytest.mark.usefixtures("tablets")
def test_room_and_tablets_are_had_together_or_not_at_all(house: House) -> None:
    ask(house, 12)
    lost = ask(house, 1, "flexi-16")
    assert house.state(lost) == "refused"
    house.confirmed("flexi-16")


@pytest.mark.usefixtures("tablets")
def test_whoever_has_the_tablets_is_named(house: House) -> None:
    first, second = ask(house, 6), ask(house, 6, who="basile")
    refused = house.reservation(ask(house, 2, who="claire")).refused
    assert refused is not None
    assert {conflict.reservation_id for conflict in refused.conflicts} == {first, second}


@pytest.mark.usefixtures("tablets")
def test_in_one_batch_the_first_ones_have_them(house: House) -> None:
    ids = [house.ask(quantities={"tablettes": 5}) for _ in range(4)]
    house.decide()
    assert house.states(*ids) == ["confirmed", "confirmed", "refused", "refused"]


@pytest.mark.usefixtures("tablets")
def test_who_takes_fewer_leaves_the_others(house: House) -> None:
    first = ask(house, 12)
    waiting = ask(house, 4, who="basile", on_conflict="wait")
    house.change(first, quantities={"tablettes": 8})
    house.decide()
    assert (held(house, first), house.states(first, waiting)) == (8, ["confirmed", "confirmed"])


def test_tablets_change_hands_rather_than_lie_idle(house: House) -> None:
    """One is out at each moment, never the same for three hours: still two can be had, and one for all the time."""
    house.furnish("tablettes", "equipment", quantity=2)
    gone = ask(house, 1, at=slot(9, 11))  # the first
    ask(house, 1, at=slot(9, 10))  # the second
    house.cancel(gone)
    ask(house, 1, at=slot(10, 12))  # the first again
    assert house.state(ask(house, 1, at=slot(9, 12))) == "confirmed"
    assert house.state(ask(house, 1, at=slot(11, 12))) == "refused"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_is_refused_exactly_when_there_are_not_enough_at_some_moment(house: House, seed: int) -> None:
    random = Random(seed)
    house.furnish("tablettes", "equipment", quantity=3)
    held: dict[int, tuple[range, int]] = {}
    for _ in range(60):
        start, length, count = random.randint(8, 15), random.randint(1, 4), random.randint(1, 2)
        hours = range(start, start + length)
        is_free = all(sum(n for other, n in held.values() if h in other) + count <= 3 for h in hours)
        reservation_id = ask(house, count, at=slot(start, start + length))
        assert house.state(reservation_id) == ("confirmed" if is_free else "refused")
        if is_free:
            held[reservation_id] = (hours, count)
        if held and random.random() < 0.4:
            gone = random.choice(list(held))
            house.cancel(gone)
            del held[gone]


def test_a_thousand_of_them_are_counted_too(house: House) -> None:
    house.furnish("tablettes", "equipment", quantity=1000)
    assert house.state(ask(house, 1000)) == "confirmed"
    late = ask(house, 1)
    assert refused_for(house, late) == "equipment_taken"


@pytest.mark.usefixtures("tablets")
def test_a_mallette_that_shrinks_takes_nothing_from_anybody_and_says_whom_it_concerns(house: House) -> None:
    early, late = ask(house, 12, at=slot(9, 10)), ask(house, 4, at=slot(10, 12))
    other = ask(house, 8, at=slot(11, 12), who="basile")
    assert house.alter("tablettes", quantity=11) == (early, late, other)
    assert house.states(early, late, other) == ["confirmed"] * 3
    assert house.alter("tablettes", quantity=12) == ()
    assert house.alter("tablettes", quantity=5) == (early, late, other)


def test_what_is_held_beyond_what_there_is_now_counts(house: House) -> None:
    house.furnish("tablettes", "equipment", quantity=4)
    gone = ask(house, 2, at=slot(9, 10))
    ask(house, 2, at=slot(9, 12))  # the third and fourth
    house.cancel(gone)
    house.alter("tablettes", quantity=2)
    assert refused_for(house, ask(house, 1)) == "equipment_taken"
    house.alter("tablettes", quantity=1)
    assert refused_for(house, ask(house, 1)) == "equipment_taken"
    assert house.state(ask(house, 1, at=slot(12, 13))) == "confirmed"


@pytest.mark.usefixtures("tablets")
def test_more_of_them_go_to_who_waits_first(house: House) -> None:
    ask(house, 12)
    first, second = (ask(house, 2, who=who, on_conflict="wait") for who in ("basile", "claire"))
    house.alter("tablettes", quantity=14)
    house.decide()
    assert house.states(first, second) == ["confirmed", "waitlisted"]


def test_only_equipment_has_a_quantity(house: House) -> None:
    with pytest.raises(InvalidInputError, match="flexi-16 is a room: only equipment has a quantity"):
        house.alter("flexi-16", quantity=2)
