"""Who gets a room: first come, first served, all or nothing, and never two at once."""

from tests.house import House, slot


def test_a_later_request_loses_the_room(house: House) -> None:
    first, second = house.ask("flexi-16"), house.ask("flexi-16", who="basile", at=slot(11, 13))
    house.decide()
    assert (house.state(first), house.state(second)) == ("confirmed", "refused")


def test_a_failed_move_changes_nothing(house: House) -> None:
    mine, taken = house.confirmed("flexi-16"), house.confirmed("flexi-16", who="basile", at=slot(14, 16))
    house.move(mine, slot(13, 15))
    house.decide()
    kept = house.reservation(mine)
    assert (kept.slot, kept.state, kept.turn) == (slot(), "confirmed", None)
    assert kept.refused is not None
    assert kept.refused.conflicts[0].reservation_id == taken
