"""Nobody has more than their share, and the building never holds too many: however the requests fall into batches."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared import booking, recurring
from shared.domain.recurrence import Recurrence
from tests.house import House, slot

BATCHES = pytest.mark.parametrize("batch", [1, 500])


def code_of(house: House, reservation_id: int) -> str | None:
    refused = house.reservation(reservation_id).refused
    return refused.code if refused else None


@BATCHES
def test_who_waits_has_an_open_request(house: House, batch: int) -> None:
    house.rule(person_quota={"open_requests": 1})
    house.confirmed("flexi-16", who="basile")
    waiting, other = house.ask("flexi-16", on_conflict="wait"), house.ask("flexi-19")
    house.decide(batch)
    assert house.states(waiting, other) == ["waitlisted", "refused"]
    assert code_of(house, other) == "person_open_requests"


@BATCHES
def test_a_date_that_would_have_waited_in_a_series_that_is_refused_counts_for_nothing(house: House, batch: int) -> None:
    """The first date would wait, which leaves no share for the second one, and no date may be lost."""
    house.rule(person_quota={"open_requests": 1}, series={"conflicts_count": 0})
    house.confirmed("flexi-16", who="basile", at=slot(13, 15))
    house.confirmed("flexi-16", who="claire", at=slot(13, 15, day=1))
    start = slot(13, 15).start.astimezone(ZoneInfo("Europe/Paris")).replace(tzinfo=None)
    wish = booking.Wish(by=house.actors["anne"], title="Club", slot=slot(), resources=("flexi-16",))
    asked = recurring.SeriesWish(
        wish, Recurrence("DAILY", count=2), start, timedelta(hours=2), "Europe/Paris", on_conflict="wait"
    )
    with house.book() as db:
        recurring.request_series(db, asked, now=house.now)
    single = house.ask("flexi-36")
    house.decide(batch)
    series = house.rows("SELECT state FROM reservation WHERE series_id IS NOT NULL")
    assert [row.state for row in series] == ["refused", "refused"]
    assert house.state(single) == "confirmed"


@BATCHES
def test_what_takes_nothing_of_the_house_counts_for_nothing(house: House, batch: int) -> None:
    house.rule(person_quota={"hours_per_week": 3, "open_requests": 1, "concurrent": 1})
    elsewhere, here, more = house.ask(), house.ask("flexi-16"), house.ask("flexi-19", at=slot(14, 16))
    house.decide(batch)
    assert house.states(elsewhere, here, more) == ["confirmed", "confirmed", "refused"]


def test_what_is_over_makes_no_room_for_another_open_request_by_moving(house: House) -> None:
    house.rule(person_quota={"open_requests": 1})
    over = house.confirmed("flexi-16", at=slot().starting(house.now + timedelta(hours=1)))
    house.passes(days=1)
    house.confirmed("flexi-16")
    house.move(over, slot(14, 16))
    house.decide()
    assert house.history(over)[-1] == "MoveRefused"


def test_a_proposal_at_another_time_is_for_a_building_that_has_room_for_it(house: House) -> None:
    """Everything is taken at that hour; two hours later the rooms are free, but the house is full."""
    house.rule(building_limit=20)
    for room in house.rooms:
        house.confirmed(room, who="basile", at=slot(-24 * 20, 13))
        house.confirmed(room, who="basile", at=slot(16, 24 * 20))
    house.confirmed("flexi-36", who="claire", at=slot(13, 16), people=15)
    start = datetime(2027, 11, 8, 10)  # noqa: DTZ001  on the wall clock
    wish = booking.Wish(by=house.actors["anne"], title="Club", slot=slot(), resources=("flexi-16",), people=8)
    asked = recurring.SeriesWish(
        wish, Recurrence("DAILY", count=1), start, timedelta(hours=2), "Europe/Paris", on_conflict="propose"
    )
    with house.book() as db:
        series = recurring.request_series(db, asked, now=house.now)
    house.decide()
    assert house.state(series.head_id or 0) == "refused"
