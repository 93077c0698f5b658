"""The waiting list: first come, first served, for whatever is released, whole or in pieces."""

from datetime import timedelta

import pytest

from shared import holds
from shared.domain.states import Hold
from tests.house import House, slot


def wait(house: House, *rooms: str, who: str = "basile", **more: object) -> int:
    return house.decided_as("waitlisted", *rooms, who=who, on_conflict="wait", **more)


def test_who_waits_first_gets_what_is_cancelled(house: House) -> None:
    mine = house.confirmed("flexi-16")
    first, second = wait(house, "flexi-16"), wait(house, "flexi-16", who="claire")
    house.cancel(mine)
    house.decide()
    assert house.states(first, second) == ["confirmed", "waitlisted"]
    assert house.history(first) == ["ReservationRequested", "ReservationWaitlisted", "ReservationConfirmed"]
    assert house.history(second) == ["ReservationRequested", "ReservationWaitlisted"]


def test_who_waits_comes_before_whoever_asks_after_the_release(house: House) -> None:
    mine = house.confirmed("flexi-16")
    waiting = wait(house, "flexi-16")
    house.cancel(mine)
    late = house.ask("flexi-16", who="claire")
    house.decide()
    assert house.states(waiting, late) == ["confirmed", "refused"]


def test_who_asked_before_the_release_and_is_decided_after_it_waits_behind(house: House) -> None:
    mine = house.confirmed("flexi-16")
    waiting = wait(house, "flexi-16")
    undecided = house.ask("flexi-16", who="claire")
    house.cancel(mine)
    house.decide()
    assert house.states(waiting, undecided) == ["confirmed", "refused"]


def test_a_released_piece_goes_to_the_first_that_fits(house: House) -> None:
    mine = house.confirmed("flexi-16", at=slot(9, 17))
    long, short = wait(house, "flexi-16", at=slot(9, 17)), wait(house, "flexi-16", at=slot(14, 16))
    house.move(mine, slot(9, 12))  # shortened
    house.decide()
    assert house.states(long, short) == ["waitlisted", "confirmed"]


def test_what_moves_away_leaves_its_slot_to_the_waiting_list(house: House) -> None:
    mine = house.confirmed("flexi-16")
    waiting = wait(house, "flexi-16")
    house.move(mine, slot(), "flexi-36")
    house.decide()
    assert house.states(mine, waiting) == ["confirmed", "confirmed"]


def test_places_in_line_are_told(house: House) -> None:
    house.confirmed("flexi-16")
    ids = [wait(house, "flexi-16") for _ in range(3)]
    query = "SELECT data FROM event WHERE type = 'ReservationWaitlisted' ORDER BY reservation_id"
    assert [row.data["place"] for row in house.rows(query)] == [1, 2, 3]
    house.cancel(ids[0], who="basile")
    assert house.states(*ids) == ["cancelled", "waitlisted", "waitlisted"]


def test_an_offer_is_held_for_whom_it_was_made_to(house: House) -> None:
    house.rule(waiting_list={"mode": "offer", "offer_hours": 12})
    mine = house.confirmed("flexi-16")
    first, second = wait(house, "flexi-16"), wait(house, "flexi-16", who="claire")
    house.cancel(mine)
    house.decide()
    offered = house.reservation(first)
    assert (offered.hold, offered.hold_until) == (Hold.OFFER, house.now + timedelta(hours=12))
    with house.book() as db:
        holds.confirm(db, first, by=house.actors["basile"], now=house.now)
    house.passes(hours=13)
    house.run_timers()
    assert house.states(first, second) == ["confirmed", "waitlisted"]


def test_an_offer_that_nobody_takes_goes_to_the_next(house: House) -> None:
    house.rule(waiting_list={"mode": "offer", "offer_hours": 12})
    mine = house.confirmed("flexi-16")
    first, second = wait(house, "flexi-16"), wait(house, "flexi-16", who="claire")
    house.cancel(mine)
    house.decide()
    house.passes(hours=12)
    house.run_timers()
    assert house.states(first, second) == ["expired", "tentative"]


def test_nobody_waits_longer_than_until_the_slot_begins(house: House) -> None:
    house.confirmed("flexi-16")
    waiting = wait(house, "flexi-16")
    house.passes(days=30, hours=9)
    house.run_timers()
    assert house.state(waiting) == "expired"


def test_a_house_without_waiting_lists_refuses(house: House) -> None:
    house.rule("room", "flexi-16", waiting_list={"mode": "off"})
    house.confirmed("flexi-16")
    asked = house.ask("flexi-16", who="basile", on_conflict="wait")
    house.decide()
    assert house.state(asked) == "refused"


@pytest.mark.parametrize("rule", [{"lead_minutes": 60 * 24 * 365}, {"longest_minutes": 30}])
def test_nobody_waits_for_what_a_rule_forbids(house: House, rule: dict[str, int]) -> None:
    house.confirmed("flexi-16")
    house.rule(**rule)
    asked = house.ask("flexi-16", who="basile", on_conflict="wait")
    house.decide()
    assert house.state(asked) == "refused"


def test_whoever_waits_is_looked_at_again_when_the_house_allows_more(house: House) -> None:
    house.rule(building_limit=30)
    house.confirmed("flexi-16", people=16)
    waiting = wait(house, "flexi-19", people=19)
    house.rule(building_limit=40)
    late = house.ask("flexi-19", who="claire", people=19)
    house.decide()
    assert house.states(waiting, late) == ["confirmed", "refused"]


@pytest.mark.parametrize("batch", [1, 500])
def test_who_begins_to_wait_just_before_a_move_gets_what_it_leaves(house: House, batch: int) -> None:
    """Both are decided in one batch: the request first, which waits for what the move then gives back."""
    mine = house.confirmed("flexi-16")
    waiting = house.ask("flexi-16", who="basile", on_conflict="wait")
    house.move(mine, slot(), "flexi-36")
    house.decide(batch)
    assert house.states(mine, waiting) == ["confirmed", "confirmed"]


@pytest.mark.parametrize("batch", [1, 500])
def test_who_is_looked_at_in_vain_just_before_a_move_is_looked_at_again(house: House, batch: int) -> None:
    first, second = house.confirmed("flexi-16"), house.confirmed("flexi-19")
    waiting = wait(house, "flexi-16", "flexi-19")
    house.cancel(first)
    house.move(second, slot(), "flexi-36")
    house.decide(batch)
    assert house.states(first, second, waiting) == ["cancelled", "confirmed", "confirmed"]


def test_a_place_in_line_does_not_count_those_who_are_served_meanwhile(house: House) -> None:
    mine = house.confirmed("flexi-16")
    first = wait(house, "flexi-16")
    house.cancel(mine)
    second = wait(house, "flexi-16", who="claire")
    assert house.states(first, second) == ["confirmed", "waitlisted"]
    [event] = house.rows(
        "SELECT data FROM event WHERE type = 'ReservationWaitlisted' AND reservation_id = :id", id=second
    )
    assert event.data["place"] == 1


def test_one_may_wait_where_there_are_no_series(house: House) -> None:
    house.rule(series={"allowed": False})
    house.confirmed("flexi-16")
    wait(house, "flexi-16")


def test_fewer_people_leave_their_part_of_the_building_to_who_waits_for_it(house: House) -> None:
    house.rule(building_limit=20)
    mine = house.confirmed("flexi-36", people=15)
    waiting = wait(house, "flexi-16", people=10)
    house.change(mine, people=10)
    house.decide()
    assert house.state(waiting) == "confirmed"


def test_who_waits_with_fewer_people_than_before_is_looked_at_again(house: House) -> None:
    house.rule(building_limit=20)
    house.confirmed("flexi-36", people=15)
    waiting = wait(house, "flexi-16", people=10)
    house.change(waiting, who="basile", people=5)
    house.decide()
    assert house.state(waiting) == "confirmed"


@pytest.mark.parametrize("batch", [1, 500])
def test_nobody_waits_for_a_full_building_whose_share_is_used_up(house: House, batch: int) -> None:
    house.rule(building_limit=20, person_quota={"hours_per_week": 3})
    house.confirmed("flexi-36", people=15)
    asked = house.ask("flexi-16", people=10, on_conflict="wait")
    house.decide(batch)
    assert house.state(asked) == "refused"


def test_a_share_that_is_given_back_goes_to_what_its_owner_waits_for(house: House) -> None:
    """Basile may have three hours a week; what he waits for becomes free while he has none left."""
    house.rule(person_quota={"hours_per_week": 3})
    mine = house.confirmed("flexi-19", at=slot(9, 10))
    waiting = wait(house, "flexi-19", at=slot(9, 10))
    his = house.confirmed("flexi-36", who="basile", at=slot(9, 12, day=4))
    house.cancel(mine)
    house.decide()
    assert house.state(waiting) == "waitlisted"
    house.cancel(his, who="basile")
    house.decide()
    assert house.state(waiting) == "confirmed"


def test_nobody_waits_for_a_building_that_never_holds_so_many(house: House) -> None:
    house.rule(building_limit=10)
    house.trainer("basile")
    house.confirmed("trainer-basile", who="basile")
    room = house.ask("flexi-16", people=11, on_conflict="wait")
    elsewhere = house.ask("trainer-basile", people=11, on_conflict="wait")  # they do not come into the building
    house.decide()
    assert house.states(room, elsewhere) == ["refused", "waitlisted"]
