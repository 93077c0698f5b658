"""When deciding goes wrong: a wrong belief about what is free, and a request that cannot be decided at all."""

from collections.abc import Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from shared import deciding
from shared.deciding import BatchDisagreesError
from shared.store.base import Db
from tests.house import House, slot
from workers.conflicts import decide_some

INTRUDE = "INSERT INTO occupancy (resource_id, reservation_id, during) VALUES (:room, :id, tstzrange(:start, :end))"
SOMEBODY_WAITS = """
SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'
"""


def until(condition: Callable[[], object]) -> None:
    deadline = monotonic() + 20
    while not condition():
        assert monotonic() < deadline, "it never came to pass"
        sleep(0.01)


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What the workers log."""
    with capture_logs() as logs:
        yield logs


@contextmanager
def intruder(house: House, room: str) -> Iterator[None]:
    """A program that occupies a room without its lock; it commits once a decider has believed the room free.

    Nobody of the house does that: it is what the constraint is there for.
    """
    stranger = house.ask(who="claire")
    house.cancel(stranger, who="claire")
    with house.book() as db:
        values = {"room": house.rooms[room], "id": stranger, "start": slot().start, "end": slot().end}
        db.execute(text(INTRUDE), values)
        yield
        until(lambda: house.rows(SOMEBODY_WAITS))


def test_a_batch_that_the_constraint_contradicts_decides_nothing(house: House) -> None:
    """A move asks first who is in the way, and then finds somebody who was not there."""
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(), "flexi-36")
    with ThreadPoolExecutor() as pool:
        with intruder(house, "flexi-36"):
            decision = pool.submit(house.decide)
        with pytest.raises(BatchDisagreesError):
            decision.result()
    assert house.history(mine)[-1] == "MoveRequested"
    house.decide()  # now the book shows what is taken
    assert house.history(mine)[-1] == "MoveRefused"


def test_a_batch_that_meets_somebody_unexpected_asks_again_who_is_in_the_way(house: House) -> None:
    mine, other = house.ask("flexi-16"), house.ask("flexi-19")
    with ThreadPoolExecutor() as pool:
        with intruder(house, "flexi-16"):
            decision = pool.submit(house.decide)
        assert decision.result() == [mine, other]
    assert house.states(mine, other) == ["refused", "confirmed"]
    refused = house.reservation(mine).refused
    assert refused is not None
    assert refused.conflicts


def test_alone_the_constraint_has_the_last_word(house: House) -> None:
    mine, other = house.ask("flexi-16"), house.ask("flexi-19")
    with ThreadPoolExecutor() as pool:
        with intruder(house, "flexi-16"):
            decision = pool.submit(house.decide, 1)
        assert decision.result() == [mine, other]
    assert house.states(mine, other) == ["refused", "confirmed"]
    refused = house.reservation(mine).refused
    assert refused is not None
    assert refused.code == "room_taken"


def test_a_move_that_the_constraint_refuses_leaves_the_old_slot_held(house: House) -> None:
    mine = house.confirmed("flexi-16")
    house.move(mine, slot(), "flexi-36", "flexi-19")
    with ThreadPoolExecutor() as pool:
        with intruder(house, "flexi-36"):
            decision = pool.submit(house.decide, 1)
        assert decision.result() == [mine]
    assert house.history(mine)[-1] == "MoveRefused"
    [held] = house.rows("SELECT resource_id FROM occupancy WHERE reservation_id = :id", id=mine)
    assert held.resource_id == house.rooms["flexi-16"]


def test_the_worker_goes_one_by_one_when_a_batch_is_contradicted(house: House) -> None:
    mine = house.confirmed("flexi-16", who="claire")
    house.move(mine, slot(), "flexi-36", who="claire")
    other = house.ask("flexi-19", who="claire")
    with ThreadPoolExecutor() as pool:
        with intruder(house, "flexi-36"):
            decision = pool.submit(decide_some)
        decision.result()
    while decide_some():
        pass
    assert house.history(mine)[-1] == "MoveRefused"
    assert house.states(mine, other) == ["confirmed", "confirmed"]


@pytest.fixture
def poison(house: House) -> Iterator[Callable[[int], None]]:
    """Makes a reservation impossible to confirm: the database fails at its occupancy."""
    with house.book() as db:
        db.execute(text("CREATE TABLE poisoned (reservation_id bigint)"))
        db.execute(
            text("""
            CREATE FUNCTION fail_when_poisoned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.reservation_id IN (SELECT reservation_id FROM poisoned) THEN RAISE EXCEPTION 'poisoned'; END IF;
                RETURN NEW;
            END $$""")
        )
        db.execute(
            text("CREATE TRIGGER poison BEFORE INSERT ON occupancy FOR EACH ROW EXECUTE FUNCTION fail_when_poisoned()")
        )

    def give(reservation_id: int) -> None:
        house.rows("INSERT INTO poisoned VALUES (:id) RETURNING 1", id=reservation_id)

    yield give
    with house.book() as db:
        db.execute(text("DROP TRIGGER poison ON occupancy"))
        db.execute(text("DROP FUNCTION fail_when_poisoned"))
        db.execute(text("DROP TABLE poisoned"))


def code_of(house: House, reservation_id: int) -> str | None:
    refused = house.reservation(reservation_id).refused
    return refused.code if refused else None


def test_a_poisoned_request_is_set_aside_and_holds_up_nobody(
    house: House, poison: Callable[[int], None], logs: list[MutableMapping[str, Any]]
) -> None:
    ids = [house.ask(room, who="claire") for room in ("flexi-16", "flexi-19", "flexi-36")]
    poison(ids[1])
    while decide_some():
        pass
    assert house.states(*ids) == ["confirmed", "refused", "confirmed"]
    assert code_of(house, ids[1]) == "undecidable"
    assert logs[-1]["event"] == "a request cannot be decided, it is set aside"
    assert logs[-1]["exc_info"] is True


def test_a_poisoned_move_is_set_aside_and_keeps_its_slot(house: House, poison: Callable[[int], None]) -> None:
    mine = house.confirmed("flexi-16", who="claire")
    poison(mine)
    house.move(mine, slot(14, 16), who="claire")
    while decide_some():
        pass
    kept = house.reservation(mine)
    assert (kept.state, kept.slot, code_of(house, mine)) == ("confirmed", slot(), "undecidable")


def test_a_poisoned_request_is_set_aside_and_no_other_in_its_place(
    house: House, poison: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The house stays locked from the try to the refusal; else another request would seem to be the first."""
    poisoned, innocent = house.ask("flexi-16", who="claire"), house.ask("flexi-19", who="claire")
    poison(poisoned)
    free_meanwhile: list[object] = []
    set_aside = deciding.set_aside

    def meanwhile(db: Db, taken: deciding.Taken, *, now: datetime) -> deciding.Decided:
        query = "SELECT site_id FROM house FOR NO KEY UPDATE SKIP LOCKED"
        free_meanwhile.extend(house.rows(query))
        return set_aside(db, taken, now=now)

    monkeypatch.setattr(deciding, "set_aside", meanwhile)
    assert decide_some()
    assert (code_of(house, poisoned), free_meanwhile) == ("undecidable", [])
    decide_some()
    assert house.state(innocent) == "confirmed"


def test_who_waits_for_what_an_intruder_takes_waits_on(house: House) -> None:
    """Alone the constraint has the last word for them too: they are not confirmed without holding anything."""
    mine = house.confirmed("flexi-16")
    waiting = house.decided_as("waitlisted", "flexi-16", who="basile", on_conflict="wait")
    house.cancel(mine)
    with ThreadPoolExecutor() as pool:
        with intruder(house, "flexi-16"):
            decision = pool.submit(house.decide_once, 1)
        assert decision.result() == [waiting]
    assert house.state(waiting) == "waitlisted"
    assert house.history(waiting)[-1] == "ReservationWaitlisted"
