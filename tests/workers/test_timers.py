"""The task that runs timers: once each, whatever fails, and whoever else is at it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from shared import holds
from tests.house import House
from workers import timers


def option(house: House, room: str) -> int:
    """An option whose time has come."""
    house.now = datetime.now(UTC)
    reservation_id = house.decided_as("tentative", room, option_until=house.now + timedelta(days=2))
    house.rows(
        "UPDATE timer SET due_at = now() WHERE kind = 'expire' AND reservation_id = :id RETURNING 1", id=reservation_id
    )
    return reservation_id


def test_what_is_due_is_done_one_by_one_until_nothing_is(house: House) -> None:
    ids = [option(house, room) for room in ("flexi-16", "flexi-19")]
    done = [timers.run_one(), timers.run_one(), timers.run_one()]
    assert done == [True, True, False]
    assert house.states(*ids) == ["expired", "expired"]


def test_two_workers_run_a_timer_once(house: House) -> None:
    ids = [option(house, room) for room in house.rooms]
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda _: timers.run_one(), range(4 * len(ids))):
            pass
    for reservation_id in ids:
        assert house.history(reservation_id).count("ReservationExpired") == 1


def test_a_timer_that_cannot_be_run_holds_up_no_other_and_is_tried_again(house: House) -> None:
    poisoned, other = option(house, "flexi-16"), option(house, "flexi-19")
    with house.book() as db:
        db.execute(
            text(f"""
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.id = {poisoned} THEN RAISE EXCEPTION 'poisoned'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER poison BEFORE UPDATE ON reservation FOR EACH ROW EXECUTE FUNCTION fail()""")
        )
    try:
        while timers.run_one():
            pass
    finally:
        with house.book() as db:
            db.execute(text("DROP TRIGGER poison ON reservation"))
            db.execute(text("DROP FUNCTION fail"))
    assert house.states(poisoned, other) == ["tentative", "expired"]
    [waiting] = house.rows("SELECT due_at FROM timer WHERE reservation_id = :id AND kind = 'expire'", id=poisoned)
    assert waiting.due_at > datetime.now(UTC) + holds.ANOTHER_TRY / 2
