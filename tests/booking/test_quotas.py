"""Quotas and the building's limit: counted over everything that holds, the batch's own winners included."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.domain.errors import RefusedError
from shared.domain.slots import Slot
from shared.store.people import Organisation, Person
from tests.house import House, slot

PARIS = ZoneInfo("Europe/Paris")


def code(house: House, reservation_id: int) -> str | None:
    refused = house.reservation(reservation_id).refused
    return refused.code if refused else None


def test_a_person_has_so_many_hours_a_week(house: House) -> None:
    house.rule(person_quota={"hours_per_week": 6})
    house.confirmed("flexi-16", at=slot(9, 12))
    second, third, other = house.ask("flexi-19"), house.ask("flexi-36"), house.ask("escapelab", who="basile")
    next_week = house.ask("flexi-36", at=slot(9, 12, day=7))
    house.decide()
    assert house.states(second, third, other, next_week) == ["confirmed", "refused", "confirmed", "confirmed"]


def test_a_booking_across_weeks_counts_in_each_as_it_lies_there(house: House) -> None:
    house.rule(person_quota={"hours_per_week": 24})
    sunday = datetime(2027, 11, 14, 12, tzinfo=PARIS)
    house.confirmed("flexi-16", at=Slot(sunday, sunday + timedelta(hours=30)))  # 12 h before Monday, 18 h after
    fits, exceeds = house.ask("flexi-19", at=slot(8, 14, day=8)), house.ask("flexi-36", at=slot(8, 9, day=9))
    house.decide()
    assert house.states(fits, exceeds) == ["confirmed", "refused"]


def test_what_lasts_for_weeks_counts_in_the_last_of_them(house: House) -> None:
    house.confirmed("flexi-16", at=slot(0, 24 * 20))
    house.rule(person_quota={"hours_per_week": 145})
    asked = house.ask("flexi-19", at=slot(9, 10, day=15))
    house.decide()
    assert house.state(asked) == "refused"


def test_a_person_has_so_many_bookings_at_one_time(house: House) -> None:
    house.rule(person_quota={"concurrent": 2})
    ids = [house.ask(room) for room in ("flexi-16", "flexi-19", "flexi-36")]
    touching = house.ask("flexi-36", at=slot(12, 14))
    house.decide()
    assert house.states(*ids, touching) == ["confirmed", "confirmed", "refused", "confirmed"]


def test_a_person_has_so_many_open_requests(house: House) -> None:
    house.rule(person_quota={"open_requests": 2})
    ids = [house.ask("flexi-16", at=slot(9, 10, day=day)) for day in range(3)]
    house.decide()
    assert house.states(*ids) == ["confirmed", "confirmed", "refused"]
    house.cancel(ids[0])
    assert house.state(house.confirmed("flexi-16", at=slot(9, 10, day=3))) == "confirmed"


def test_what_people_of_one_organisation_have_counts_together(house: House) -> None:
    house.rule(organisation_quota={"concurrent": 1})
    with house.book() as db:
        partner = db.query(Organisation).one()
        for name in ("anne", "basile"):
            db.get_one(Person, house.actors[name].person_id).organisation_id = partner.id
    first, second, other = (
        house.ask("flexi-16"),
        house.ask("flexi-19", who="basile"),
        house.ask("flexi-36", who="claire"),
    )
    house.decide()
    assert house.states(first, second, other) == ["confirmed", "refused", "confirmed"]


def test_a_move_does_not_count_what_it_leaves(house: House) -> None:
    house.rule(person_quota={"hours_per_week": 3, "concurrent": 1})
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(10, 13), "flexi-19")
    house.decide()
    assert house.reservation(mine).slot == slot(10, 13)
    assert house.history(mine)[-1] == "ReservationMoved"


def test_the_building_holds_so_many_people_at_its_fullest_moment(house: House) -> None:
    house.rule(building_limit=50)
    house.confirmed("flexi-36", people=30, at=slot(9, 11))
    house.confirmed("espace-ouvert", people=30, at=slot(11, 13))
    too_many = house.ask("flexi-19", people=19, at=slot(9, 13), who="basile")
    more = house.ask("flexi-16", people=16, at=slot(9, 13), who="claire", override="il le faut")
    crowd = house.ask("escapelab", people=5, at=slot(10, 12), who="claire", override="il le faut")
    house.decide()
    assert house.states(too_many, more, crowd) == ["confirmed", "refused", "refused"]
    assert (code(house, more), code(house, crowd)) == ("building_safety_limit", "building_safety_limit")


def test_more_people_do_not_slip_into_a_full_building(house: House) -> None:
    house.rule(building_limit=40)
    mine = house.confirmed("flexi-36", people=20)
    house.confirmed("espace-ouvert", people=15, who="basile")
    with pytest.raises(RefusedError) as caught:
        house.change(mine, people=26)
    assert caught.value.code == "building_safety_limit"
    house.change(mine, people=25)
    assert house.reservation(mine).people == 25


def test_who_is_refused_for_the_building_may_wait_for_others_to_leave(house: House) -> None:
    house.rule(building_limit=40)
    theirs = house.confirmed("flexi-36", people=30, who="basile")
    waiting = house.decided_as("waitlisted", "espace-ouvert", people=30, on_conflict="wait")
    house.cancel(theirs, who="basile")
    house.decide()
    assert house.state(waiting) == "confirmed"


def test_a_coordinator_overrides_a_quota_and_it_is_on_record(house: House) -> None:
    house.rule(person_quota={"concurrent": 1})
    house.confirmed("flexi-16", who="claire")
    second = house.ask("flexi-19", who="claire", override="journée portes ouvertes")
    house.decide()
    assert house.state(second) == "confirmed"
    assert house.history(second) == ["ReservationRequested", "OverrideUsed", "ReservationConfirmed"]
    [used] = house.rows("SELECT data FROM event WHERE type = 'OverrideUsed'")
    assert used.data["rules"] == ["person_concurrent"]
