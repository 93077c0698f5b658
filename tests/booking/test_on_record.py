"""What is on record of a decision: who set rules aside, which, why and for whom, and what a refusal was about."""

from datetime import timedelta
from typing import Any

from shared import booking, recurring
from shared.domain.recurrence import Recurrence
from tests.house import House, slot


def facts(house: House, type_: str) -> list[Any]:
    return house.rows("SELECT * FROM event WHERE type = :type ORDER BY id", type=type_)


def test_rules_are_set_aside_by_whoever_asked_for_it_and_not_by_creneau(house: House) -> None:
    house.rule(longest_minutes=60)
    anne, claire = house.actors["anne"].person_id, house.actors["claire"].person_id
    booked = house.confirmed("flexi-16", who="claire", owner_id=anne, override="festival")
    [fact] = facts(house, "OverrideUsed")
    assert (fact.reservation_id, fact.person_id, fact.on_behalf_of, fact.reason) == (booked, claire, anne, "festival")
    assert fact.data["rules"] == ["too_long"]
    assert fact.data["findings"][0]["facts"]["longest_minutes"] == 60


def test_a_move_that_sets_rules_aside_is_signed_by_whoever_moved(house: House) -> None:
    booked = house.confirmed("flexi-16", at=slot(9, 10))
    house.rule(longest_minutes=60)
    house.change(booked, "claire", slot=slot(9, 12), override="montage")
    house.decide()
    [fact] = facts(house, "OverrideUsed")
    assert (fact.person_id, fact.reason) == (house.actors["claire"].person_id, "montage")
    assert house.history(booked)[-2:] == ["OverrideUsed", "ReservationMoved"]


def test_more_people_than_seats_are_let_in_on_record(house: House) -> None:
    booked = house.confirmed("flexi-16", people=10)
    house.change(booked, "claire", people=17, override="debout")
    [fact] = facts(house, "OverrideUsed")
    assert (fact.person_id, fact.reason) == (house.actors["claire"].person_id, "debout")
    assert fact.data["rules"] == ["too_many_people"]


def test_a_series_that_may_not_be_one_is_granted_on_record(house: House) -> None:
    house.rule(series={"allowed": False})
    wish = booking.Wish(
        by=house.actors["claire"], title="Club", slot=slot(), resources=("flexi-16",), override="convention"
    )
    start = slot().start.replace(tzinfo=None)
    rule = Recurrence.parse("FREQ=WEEKLY;COUNT=3")
    with house.book() as db:
        asked = recurring.SeriesWish(wish, rule, start, timedelta(hours=1), "Europe/Paris")
        recurring.request_series(db, asked, now=house.now)
    house.decide()
    [fact] = facts(house, "OverrideUsed")
    assert (fact.data["rules"], fact.reason) == (["series_not_allowed"], "convention")


def test_what_was_not_granted_sets_nothing_aside(house: House) -> None:
    house.rule(longest_minutes=60)
    house.confirmed("flexi-16", at=slot(9, 10))
    house.decided_as("refused", "flexi-16", who="claire", override="festival")
    assert facts(house, "OverrideUsed") == []


def test_a_refusal_is_on_record_with_what_it_was_about(house: House) -> None:
    house.decided_as("refused", "flexi-16", people=17)
    [fact] = facts(house, "ReservationRefused")
    assert fact.data == {"code": "too_many_people", "facts": {"people": 17, "seats": 16}}
    assert fact.person_id is None
