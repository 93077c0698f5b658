"""Rooms that combine: the whole takes its parts, and a part is not to be had without asking the whole."""

import pytest

from shared.domain.errors import InvalidInputError, WrongStateError
from tests.house import House, slot


@pytest.fixture
def both(house: House) -> str:
    """Flexi 16 and Flexi 19 without the wall between them."""
    return house.furnish("flexi-16-19", name="Flexi 16+19", parts=("flexi-16", "flexi-19"))


def refused_for(house: House, *rooms: str, **more: object) -> str:
    refused = house.reservation(house.decided_as("refused", *rooms, **more)).refused
    assert refused is not None
    return refused.code


def taken(house: House, reservation_id: int) -> dict[str, str]:
    """What it occupies, from when to when on the clock of UTC."""
    query = """
    SELECT slug, to_char(lower(during), 'HH24:MI') || '-' || to_char(upper(during), 'HH24:MI') AS span
    FROM occupancy JOIN resource ON resource.id = resource_id WHERE reservation_id = :id
    """
    return {row.slug: row.span for row in house.rows(query, id=reservation_id)}


def test_the_whole_takes_its_parts(house: House, both: str) -> None:
    whole = house.confirmed(both)
    assert set(taken(house, whole)) == {"flexi-16", "flexi-19", both}
    assert refused_for(house, "flexi-16") == refused_for(house, both) == "room_taken"
    house.confirmed("flexi-36")


def test_the_whole_is_not_to_be_had_while_a_part_is_taken(house: House, both: str) -> None:
    house.confirmed("flexi-19", at=slot(9, 10))
    assert refused_for(house, both) == "room_taken"
    house.confirmed(both, at=slot(10, 12))


def test_in_one_batch_whoever_asks_first_has_it(house: House, both: str) -> None:
    ids = [house.ask("flexi-16"), house.ask(both), house.ask("flexi-19")]
    house.decide()
    assert house.states(*ids) == ["confirmed", "refused", "confirmed"]


def test_combinations_are_not_transitive(house: House, both: str) -> None:
    """19+36 has a part in common with 16+19, and nothing to do with Flexi 16."""
    other = house.furnish("flexi-19-36", parts=("flexi-19", "flexi-36"))
    house.confirmed(both)
    assert refused_for(house, other) == "room_taken"
    house.confirmed("flexi-36")
    with pytest.raises(InvalidInputError, match="a combination itself"):
        house.furnish("flexi-all", parts=(both, "flexi-36"))


def test_asking_for_a_part_beside_the_whole_is_asking_for_the_whole(house: House, both: str) -> None:
    assert len(taken(house, house.confirmed(both, "flexi-16"))) == 3


def test_the_whole_seats_its_parts_together_and_rules_count_it_once(house: House, both: str) -> None:
    house.confirmed(both, people=35)
    assert refused_for(house, both, at=slot(14, 16), people=36) == "too_many_people"


def test_a_part_that_is_closed_closes_the_whole(house: House, both: str) -> None:
    house.alter("flexi-16", is_open=False)
    assert refused_for(house, both) == "resource_closed"


def test_the_parts_are_made_ready_with_the_whole(house: House, both: str) -> None:
    house.rule("room", both, setup_minutes=30, clearing_minutes=15)
    house.rule("room", "flexi-19", clearing_minutes=20)
    house.confirmed("flexi-16", at=slot(8, 8.5))
    whole = house.confirmed(both)
    assert taken(house, whole) == {"flexi-16": "08:30-12:15", "flexi-19": "08:30-12:20", both: "08:30-12:15"}
    assert refused_for(house, "flexi-16", at=slot(12, 13)) == "room_taken"
    house.confirmed("flexi-16", at=slot(12.25, 13))


def test_a_class_that_moves_into_the_whole_frees_its_room(house: House, both: str) -> None:
    mine = house.confirmed("flexi-36")
    house.move(mine, slot(), both)
    house.decide()
    assert set(taken(house, mine)) == {"flexi-16", "flexi-19", both}
    house.confirmed("flexi-36")


def test_who_waits_for_the_whole_gets_it_once_both_parts_are_free(house: House, both: str) -> None:
    one, other = house.confirmed("flexi-16"), house.confirmed("flexi-19")
    waiting = house.decided_as("waitlisted", both, who="basile", on_conflict="wait")
    house.cancel(one)
    house.decide()
    assert house.state(waiting) == "waitlisted"
    house.cancel(other)
    house.decide()
    assert house.state(waiting) == "confirmed"


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (("flexi-16",), "two rooms at least"),
        (("flexi-16", "flexi-16"), "two rooms at least"),
        (("flexi-16", "flexi-99"), "no room or resource called 'flexi-99'"),
        (("flexi-16", "tablettes"), "only rooms combine"),
        (("flexi-16", "escapelab"), "escapelab is closed"),
    ],
)
def test_only_open_rooms_combine(house: House, parts: tuple[str, ...], why: str) -> None:
    house.furnish("tablettes", "equipment")
    house.alter("escapelab", is_open=False)
    with pytest.raises(InvalidInputError, match=why):
        house.furnish("flexi-x", parts=parts)


def test_its_parts_are_others_only_while_nobody_has_it(house: House, both: str) -> None:
    mine = house.ask(both)
    for decide in (lambda: None, house.decide):
        decide()
        with pytest.raises(WrongStateError, match="asked for or booked 1 times, next on 2027-11-08"):
            house.alter(both, parts=("flexi-16", "flexi-36"))
    house.alter(both, parts=("flexi-19", "flexi-16"))  # the same ones
    house.cancel(mine)
    house.alter(both, parts=("flexi-16", "flexi-36"))
    assert set(taken(house, house.confirmed(both))) == {"flexi-16", "flexi-36", both}


def test_closing_it_leaves_what_is_booked_and_says_who_that_is(house: House, both: str) -> None:
    mine = house.confirmed(both)
    assert house.alter(both, is_open=False) == (mine,)
    assert house.state(mine) == "confirmed"
    assert refused_for(house, both, at=slot(14, 15)) == "resource_closed"
    house.confirmed("flexi-16", at=slot(14, 15))


def test_a_plain_room_does_not_become_a_combination(house: House) -> None:
    with pytest.raises(InvalidInputError, match="no combined room"):
        house.alter("flexi-36", parts=("flexi-16", "flexi-19"))
