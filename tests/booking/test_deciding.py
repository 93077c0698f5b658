"""Who gets a room: first come, first served, all or nothing, and never two at once."""

from datetime import timedelta

import pytest

from shared.domain.refusals import Conflict
from shared.domain.slots import Slot
from shared.store.places import Resource
from tests.house import House, slot


def conflicts_of(house: House, reservation_id: int) -> set[tuple[int, int]]:
    refused = house.reservation(reservation_id).refused
    assert refused is not None
    assert refused.code == "room_taken"
    return {(conflict.resource_id, conflict.reservation_id) for conflict in refused.conflicts}


def code_of(house: House, reservation_id: int) -> str | None:
    refused = house.reservation(reservation_id).refused
    return refused.code if refused else None


def test_a_later_request_loses_the_room(house: House) -> None:
    first, second = house.ask("flexi-16"), house.ask("flexi-16", who="basile", at=slot(11, 13))
    house.decide()
    assert house.states(first, second) == ["confirmed", "refused"]
    assert conflicts_of(house, second) == {(house.rooms["flexi-16"], first)}


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_requests_are_decided_in_the_order_of_their_submission(house: House, batch: int) -> None:
    ids = [house.ask("flexi-16", at=slot(9 + n, 11 + n)) for n in range(5)]
    assert house.decide(batch) == ids
    assert house.states(*ids) == ["confirmed", "refused", "confirmed", "refused", "confirmed"]
    assert house.history(ids[0]) == ["ReservationRequested", "ReservationConfirmed"]
    assert house.history(ids[1]) == ["ReservationRequested", "ReservationRefused"]


def test_a_decision_is_not_taken_twice(house: House) -> None:
    one = house.ask("flexi-16")
    assert house.decide() == [one]
    assert house.decide() == []
    decided = house.reservation(one)
    assert (decided.turn, decided.waiting_since, decided.decided_at) == (None, None, house.now)


def test_back_to_back_slots_do_not_conflict(house: House) -> None:
    ids = [house.ask("flexi-16", at=at) for at in (slot(9, 12), slot(12, 14), slot(8, 9))]
    house.decide()
    assert house.states(*ids) == ["confirmed"] * 3
    later = house.confirmed("flexi-16", at=slot(14, 15))  # against the book too, not only within one batch
    assert house.state(later) == "confirmed"


def test_several_rooms_are_given_all_or_none(house: House) -> None:
    taken = house.confirmed("flexi-19")
    both = house.ask("flexi-16", "flexi-19", at=slot(11, 14))
    other = house.ask("flexi-16", at=slot(11, 14), who="basile")
    house.decide()
    assert house.states(both, other) == ["refused", "confirmed"]
    assert conflicts_of(house, both) == {(house.rooms["flexi-19"], taken)}


def test_a_refusal_names_everything_that_stands_in_the_way(house: House) -> None:
    kept = house.confirmed("flexi-16", at=slot(9, 10))
    fresh = house.ask("flexi-19", at=slot(11, 12))
    both = house.ask("flexi-16", "flexi-19")
    house.decide()
    assert conflicts_of(house, both) == {(house.rooms["flexi-16"], kept), (house.rooms["flexi-19"], fresh)}


def test_one_loser_does_not_undo_the_others(house: House) -> None:
    house.confirmed("flexi-16")
    ids = [house.ask(room) for room in ("flexi-19", "flexi-16", "flexi-36")]
    assert house.decide() == ids
    assert house.states(*ids) == ["confirmed", "refused", "confirmed"]


def test_a_house_that_another_decider_holds_is_left_to_it(house: House) -> None:
    """Limits, quotas and waiting lists are facts of the whole house: nobody decides a part of it meanwhile."""
    both, alone = house.ask("flexi-16", "flexi-19"), house.ask("escapelab")
    with house.held():
        assert house.decide() == []
        assert house.states(both, alone) == ["requested", "requested"]
    assert house.decide() == [both, alone]


def test_a_session_elsewhere_needs_no_room(house: House) -> None:
    elsewhere = [house.ask(), house.ask()]
    house.decide()
    assert house.states(*elsewhere) == ["confirmed", "confirmed"]
    assert house.rows("SELECT FROM occupancy") == []


def test_more_people_than_seats_are_refused(house: House) -> None:
    crowd, fits = house.ask("flexi-16", people=17), house.ask("flexi-16", people=16)
    house.decide()
    assert house.states(crowd, fits) == ["refused", "confirmed"]
    assert code_of(house, crowd) == "too_many_people"


def test_the_seats_of_two_rooms_count_together(house: House) -> None:
    assert house.state(house.confirmed("flexi-16", "flexi-19", people=35)) == "confirmed"
    crowd = house.ask("flexi-16", "flexi-19", people=36, at=slot(14, 16))
    house.decide()
    assert code_of(house, crowd) == "too_many_people"


def test_a_room_that_closes_while_a_request_waits_is_refused(house: House) -> None:
    waiting = house.ask("escapelab")
    with house.book() as db:
        db.get_one(Resource, house.rooms["escapelab"]).is_open = False
    house.decide()
    assert code_of(house, waiting) == "resource_closed"


def test_only_a_coordinator_enters_what_has_already_begun(house: House) -> None:
    begun = Slot(house.now - timedelta(hours=1), house.now + timedelta(hours=1))
    trainers, coordinators = house.ask("flexi-16", at=begun), house.ask("flexi-16", at=begun, who="claire")
    house.decide()
    assert house.states(trainers, coordinators) == ["refused", "confirmed"]
    assert code_of(house, trainers) == "in_the_past"


def test_a_room_twice_in_one_request_is_one_room(house: House) -> None:
    assert house.reservation(house.confirmed("flexi-16", "flexi-16")).resource_ids == [house.rooms["flexi-16"]]


def test_a_crowded_day_is_explained_by_twenty_conflicts_at_most(house: House) -> None:
    for n in range(25):
        house.ask("flexi-16", at=slot(8 + n / 4, 8.25 + n / 4))
    house.decide()
    all_day = house.ask("flexi-16", at=slot(8, 20))
    house.decide()
    refused = house.reservation(all_day).refused
    assert refused is not None
    assert len(refused.conflicts) == 20
    assert Conflict(house.rooms["flexi-16"], 1) in refused.conflicts
