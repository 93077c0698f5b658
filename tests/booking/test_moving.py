"""Moving a reservation: decided like a new request, and until then, and if it fails, everything stays as it was."""

import pytest

from shared.domain.errors import NotAllowedError, NotFoundError, RefusedError, StaleVersionError, WrongStateError
from tests.house import House, slot


def holds(house: House, reservation_id: int) -> list[tuple[int, str, str]]:
    """What the reservation occupies: room, first and last hour (UTC)."""
    query = """SELECT resource_id, to_char(lower(during), 'DD HH24') AS a, to_char(upper(during), 'DD HH24') AS b
               FROM occupancy WHERE reservation_id = :id ORDER BY 1, 2"""
    return [tuple(row) for row in house.rows(query, id=reservation_id)]


def test_a_reservation_may_move_onto_a_part_of_its_own_slot(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(10, 13))
    house.decide()
    assert house.reservation(mine).slot == slot(10, 13)
    assert holds(house, mine) == [(house.rooms["flexi-16"], "08 10", "08 13")]
    assert house.history(mine)[-2:] == ["MoveRequested", "ReservationMoved"]


def test_a_reservation_moves_to_other_rooms(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(), "flexi-36", "flexi-19")
    house.decide()
    assert {room for room, _, _ in holds(house, mine)} == {house.rooms["flexi-19"], house.rooms["flexi-36"]}
    assert house.state(house.confirmed("flexi-16", who="basile")) == "confirmed"


def test_a_failed_move_changes_nothing(house: House) -> None:
    mine, taken = house.confirmed("flexi-16"), house.confirmed("flexi-16", who="basile", at=slot(14, 16))
    before = holds(house, mine)
    house.move(mine, slot(13, 15))
    house.decide()
    kept = house.reservation(mine)
    assert (kept.slot, kept.state, kept.turn) == (slot(), "confirmed", None)
    assert kept.refused is not None
    assert kept.refused.conflicts[0].reservation_id == taken
    assert kept.asked.slot == slot(13, 15)
    assert holds(house, mine) == before
    assert house.history(mine)[-1] == "MoveRefused"


def test_a_move_to_two_rooms_of_which_one_is_taken_changes_nothing(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.confirmed("flexi-19", who="basile")
    house.move(mine, slot(), "flexi-19", "flexi-36")
    house.decide()
    assert holds(house, mine) == [(house.rooms["flexi-16"], "08 09", "08 12")]
    assert house.reservation(mine).resource_ids == [house.rooms["flexi-16"]]


def test_the_old_slot_stays_held_while_a_move_waits(house: House) -> None:
    mine = house.confirmed("flexi-16")
    with house.held():
        house.move(mine, slot(), "flexi-36")
        house.decide()
        assert house.reservation(mine).is_moving
        assert holds(house, mine) == [(house.rooms["flexi-16"], "08 09", "08 12")]
    house.decide()
    assert holds(house, mine) == [(house.rooms["flexi-36"], "08 09", "08 12")]


def test_a_request_behind_a_move_gets_what_the_move_gives_back(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(14, 16))
    behind = house.ask("flexi-16", who="basile")
    house.decide()
    assert (house.reservation(mine).slot, house.state(behind)) == (slot(14, 16), "confirmed")


def test_a_request_for_the_room_that_a_move_leaves_does_not_overtake_the_move(house: House) -> None:
    """Another decider holds the house: who comes behind must not be refused meanwhile."""
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(), "flexi-36")
    behind = house.ask("flexi-16", who="basile")
    with house.held():
        assert house.decide() == []
    assert house.decide() == [mine, behind]
    assert house.state(behind) == "confirmed"


def test_a_request_before_a_move_does_not_get_what_the_move_gives_back(house: House) -> None:
    mine = house.confirmed("flexi-16")
    before = house.ask("flexi-16", who="basile")
    house.move(mine, slot(14, 16))
    house.decide()
    assert (house.reservation(mine).slot, house.state(before)) == (slot(14, 16), "refused")


def test_two_reservations_cannot_swap_their_slots(house: House) -> None:
    """Each move would need the other's slot first; both stay where they are."""
    mine, theirs = house.confirmed("flexi-16"), house.confirmed("flexi-16", at=slot(13, 16))
    house.move(mine, slot(13, 16))
    house.move(theirs, slot())
    house.decide()
    assert (house.reservation(mine).slot, house.reservation(theirs).slot) == (slot(), slot(13, 16))


def test_a_newer_move_replaces_one_that_waits_and_queues_again(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(13, 15))
    other = house.ask("flexi-16", who="basile", at=slot(16, 18))
    house.move(mine, slot(17, 19))
    assert house.decide() == [other, mine]
    assert (house.state(other), house.reservation(mine).slot) == ("confirmed", slot())


def test_asking_for_what_one_has_withdraws_a_move_that_waits(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(13, 15))
    house.move(mine, slot())
    assert not house.reservation(mine).is_moving
    assert house.decide() == []
    assert house.history(mine)[-1] == "MoveWithdrawn"


def test_asking_for_what_one_has_changes_nothing_and_waits_for_nothing(house: House) -> None:
    mine = house.confirmed("flexi-16")
    version = house.reservation(mine).version
    house.move(mine, slot(), "flexi-16")
    assert (house.reservation(mine).version, house.decide()) == (version, [])


def test_a_new_move_forgets_why_the_last_one_was_refused(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.confirmed("flexi-16", who="basile", at=slot(14, 16))
    house.move(mine, slot(13, 15))
    house.decide()
    house.move(mine, slot(17, 19))
    assert house.reservation(mine).refused is None
    house.decide()
    assert (house.reservation(mine).refused, house.reservation(mine).slot) == (None, slot(17, 19))


@pytest.mark.parametrize("state", ["requested", "refused", "cancelled"])
def test_only_what_holds_its_slot_can_be_moved(house: House, state: str) -> None:
    if state == "refused":
        house.confirmed("flexi-16", who="basile")
    mine = house.ask("flexi-16")
    if state != "requested":
        house.decide()
    if state == "cancelled":
        house.cancel(mine)
    assert house.state(mine) == state
    with pytest.raises(WrongStateError):
        house.move(mine, slot(14, 16))


def test_a_move_into_the_past_is_for_coordinators(house: House) -> None:
    mine = house.confirmed("flexi-16", at=slot(day=-10))
    house.passes(days=25)
    house.move(mine, slot(14, 16, day=-10))
    house.decide()
    refused = house.reservation(mine).refused
    assert refused is not None
    assert refused.code == "in_the_past"
    house.move(mine, slot(14, 16, day=-10), who="claire")  # whoever asks for the move counts, not whose it is
    house.decide()
    assert house.reservation(mine).slot == slot(14, 16, day=-10)


def test_more_people_move_with_the_reservation_into_a_bigger_room(house: House) -> None:
    mine = house.confirmed("flexi-16", people=16)
    house.change(mine, resources=("flexi-36",), people=30)
    assert house.reservation(mine).people == 16
    house.decide()
    assert (house.reservation(mine).people, house.reservation(mine).resource_ids) == (30, [house.rooms["flexi-36"]])


def test_too_many_people_for_the_bigger_room_stay_where_they_are(house: House) -> None:
    mine = house.confirmed("flexi-16", people=16)
    house.change(mine, resources=("flexi-36",), people=37)
    house.decide()
    kept = house.reservation(mine)
    assert (kept.people, kept.resource_ids) == (16, [house.rooms["flexi-16"]])
    assert kept.refused is not None
    assert kept.refused.facts == {"people": 37, "seats": 36}


def test_more_people_without_a_move_need_seats_at_once(house: House) -> None:
    mine = house.confirmed("flexi-16", people=10)
    house.change(mine, people=16)
    with pytest.raises(RefusedError) as caught:
        house.change(mine, people=17)
    assert caught.value.refusal.code == "too_many_people"
    assert house.reservation(mine).people == 16


def test_people_who_are_counted_while_a_move_waits_are_not_forgotten_by_it(house: House) -> None:
    mine = house.confirmed("flexi-16", people=10)
    house.move(mine, slot(), "flexi-36")
    house.change(mine, people=14)
    house.decide()
    assert (house.reservation(mine).people, house.reservation(mine).resource_ids) == (14, [house.rooms["flexi-36"]])


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(house: House) -> None:
    mine = house.confirmed("flexi-16")
    version = house.reservation(mine).version
    house.change(mine, who="claire", title="Atelier du soir")
    with pytest.raises(StaleVersionError):
        house.change(mine, version=version, title="Atelier du matin")
    house.change(mine, version=house.reservation(mine).version, title="Atelier du matin")
    assert house.reservation(mine).title == "Atelier du matin"


def test_a_decision_is_a_change_too(house: House) -> None:
    mine = house.ask("flexi-16")
    version = house.reservation(mine).version
    house.decide()
    with pytest.raises(StaleVersionError):
        house.change(mine, version=version, slot=slot(14, 16))


def test_words_change_at_once_and_only_when_they_differ(house: House) -> None:
    mine = house.confirmed("flexi-16", title="Atelier")
    house.change(mine, title="Atelier", note="")
    assert house.history(mine)[-1] == "ReservationConfirmed"
    house.change(mine, title="Laboratoire", note="Prendre le vidéoprojecteur")
    changed = house.reservation(mine)
    assert (changed.title, changed.note, changed.turn) == ("Laboratoire", "Prendre le vidéoprojecteur", None)
    assert house.rows("SELECT data FROM event ORDER BY id DESC LIMIT 1")[0].data == {
        "fields": ["title", "note"],
        "before": {"title": "Atelier", "note": ""},
    }


def test_only_the_owner_and_coordinators_change_a_reservation(house: House) -> None:
    mine = house.confirmed("flexi-16")
    with pytest.raises(NotAllowedError):
        house.move(mine, slot(14, 16), who="basile")
    with pytest.raises(NotFoundError):
        house.move(mine + 1, slot(14, 16))
    house.move(mine, slot(14, 16), who="claire")
    house.decide()
    assert house.reservation(mine).slot == slot(14, 16)
