"""The list of those who are invited: put on, taken off, put on again, up to its limit."""

import pytest

from shared import programme
from shared.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, WrongStateError
from shared.store.attendees import Invitee
from tests.house import House


def invite(house: House, reservation_id: int, *addresses: str, who: str = "anne") -> list[int]:
    people = [Invitee(address) for address in addresses]
    with house.book() as db:
        return programme.invite(db, reservation_id, people, by=house.actors[who], now=house.now)


def take_off(house: House, reservation_id: int, attendee_id: int, who: str = "anne") -> None:
    with house.book() as db:
        programme.take_off(db, reservation_id, attendee_id, by=house.actors[who], now=house.now)


def on_the_list(house: House, reservation_id: int) -> list[str]:
    query = "SELECT address FROM attendee WHERE reservation_id = :id AND removed_at IS NULL ORDER BY id"
    return [row.address for row in house.rows(query, id=reservation_id)]


def test_people_are_put_on_the_list_and_taken_off(house: House) -> None:
    mine = house.confirmed("flexi-16")
    version = house.reservation(mine).version
    luc, lea = invite(house, mine, "luc@example.org", "lea@example.org")
    take_off(house, mine, luc)
    assert on_the_list(house, mine) == ["lea@example.org"]
    assert house.history(mine)[-2:] == ["AttendeesInvited", "AttendeeRemoved"]
    assert house.reservation(mine).version == version + 2
    with pytest.raises(NotFoundError):
        take_off(house, mine, luc)
    assert lea != luc


def test_who_is_invited_again_keeps_their_answer(house: House) -> None:
    mine = house.confirmed("flexi-16")
    [luc] = invite(house, mine, "luc@example.org")
    house.rows("UPDATE attendee SET partstat = 'ACCEPTED' WHERE id = :id RETURNING 1", id=luc)
    assert invite(house, mine, "luc@example.org", "lea@example.org")[0] == luc
    [row] = house.rows("SELECT partstat FROM attendee WHERE id = :id", id=luc)
    assert (row.partstat, on_the_list(house, mine)) == ("ACCEPTED", ["luc@example.org", "lea@example.org"])


def test_who_was_taken_off_may_be_invited_again(house: House) -> None:
    mine = house.confirmed("flexi-16")
    [luc] = invite(house, mine, "luc@example.org")
    take_off(house, mine, luc)
    assert invite(house, mine, "luc@example.org") == [luc]
    assert on_the_list(house, mine) == ["luc@example.org"]


def test_people_may_be_invited_while_the_request_still_waits(house: House) -> None:
    mine = house.ask("flexi-16")
    invite(house, mine, "luc@example.org")
    assert house.reservation(mine).unannounced_since is None  # the confirmation will tell them
    house.decide()
    assert house.reservation(mine).unannounced_since == house.now


@pytest.mark.parametrize("state", ["refused", "cancelled"])
def test_nobody_is_invited_to_what_does_not_take_place(house: House, state: str) -> None:
    if state == "refused":
        house.confirmed("flexi-16", who="basile")
    mine = house.ask("flexi-16", guests=["luc@example.org"])
    house.decide()
    if state == "cancelled":
        house.cancel(mine)
    [luc] = house.rows("SELECT id FROM attendee WHERE address = 'luc@example.org'")
    with pytest.raises(WrongStateError):
        invite(house, mine, "lea@example.org")
    with pytest.raises(WrongStateError):
        take_off(house, mine, luc.id)


def test_two_thousand_people_and_not_one_more(house: House) -> None:
    mine = house.confirmed("espace-ouvert")
    crowd = invite(house, mine, *(f"prof{n}@college.example" for n in range(1999)))
    assert len(crowd) == 1999
    with pytest.raises(InvalidInputError) as caught:
        invite(house, mine, "a@example.org", "b@example.org")
    assert caught.value.code == "too_many_attendees"
    take_off(house, mine, crowd[0])
    invite(house, mine, "a@example.org", "b@example.org")
    assert len(on_the_list(house, mine)) == 2000


def test_who_holds_the_meeting_stays_on_its_list(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.announce()
    [anne] = house.rows("SELECT id FROM attendee WHERE role = 'CHAIR'")
    with pytest.raises(WrongStateError):
        take_off(house, mine, anne.id)


def test_somebody_on_another_list_cannot_be_taken_off_this_one(house: House) -> None:
    mine, theirs = house.confirmed("flexi-16"), house.confirmed("flexi-19", who="basile")
    [luc] = invite(house, theirs, "luc@example.org", who="basile")
    with pytest.raises(NotFoundError):
        take_off(house, mine, luc)


def test_only_the_owner_and_coordinators_touch_the_list(house: House) -> None:
    mine = house.confirmed("flexi-16")
    with pytest.raises(NotAllowedError):
        invite(house, mine, "luc@example.org", who="basile")
    [luc] = invite(house, mine, "luc@example.org", who="claire")
    with pytest.raises(NotAllowedError):
        take_off(house, mine, luc, who="basile")
    take_off(house, mine, luc, who="claire")
    assert on_the_list(house, mine) == []
