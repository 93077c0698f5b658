"""What is due at a time is done once, whoever does it; and who cannot be reminded holds up nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared import holds
from shared.store.base import Db
from shared.store.reservations import Reservation
from tests.house import House, slot


def run_all(house: House) -> int:
    """Run what is due, one timer a transaction, as a worker does; how many it ran."""
    count = 0
    while True:
        with house.book() as db:
            if not holds.run_due(db, now=house.now):
                return count
        count += 1


def options(house: House, count: int) -> list[int]:
    """One after the other in one room, all of which end at one moment."""
    until = house.now + timedelta(days=7)
    ids = [house.ask("flexi-16", at=slot(n, n + 1), option_until=until) for n in range(count)]
    house.decide()
    return ids


def test_two_workers_at_once_run_each_timer_once(house: House) -> None:
    ids = options(house, 20)
    waiting = [house.ask("flexi-16", who="basile", at=slot(n, n + 1), on_conflict="wait") for n in range(20)]
    house.decide()
    house.passes(days=7)
    with ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(run_all, house) for _ in range(3)] + [pool.submit(house.decide)]
        for worker in workers:
            worker.result()
    house.decide()
    assert set(house.states(*ids)) == {"expired"}
    assert set(house.states(*waiting)) == {"confirmed"}
    for id_ in ids:
        assert house.history(id_).count("OptionReminded") == 1
        assert house.history(id_).count("ReservationExpired") == 1
    assert house.rows("SELECT FROM timer") == []


def test_who_confirms_and_the_timer_that_ends_it_cannot_both_succeed(house: House) -> None:
    ids = options(house, 20)
    house.passes(days=7)

    def confirm(id_: int) -> bool:
        try:
            with house.book() as db:
                holds.confirm(db, id_, by=house.actors["anne"], now=house.now)
        except holds.WrongStateError:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        timers = [pool.submit(run_all, house) for _ in range(2)]
        confirmed = list(pool.map(confirm, reversed(ids)))
        for timer in timers:
            timer.result()
    for id_, is_confirmed in zip(reversed(ids), confirmed, strict=True):
        end = ["OptionConfirmed"] if is_confirmed else ["ReservationExpired"]
        assert [e for e in house.history(id_) if e in {"OptionConfirmed", "ReservationExpired"}] == end
        assert house.state(id_) == ("confirmed" if is_confirmed else "expired")


def test_a_reminder_that_cannot_be_written_is_tried_again_and_holds_up_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = options(house, 2)
    notify = holds.notify

    def fail(db: Db, reservation: Reservation, kind: str, **more: bool) -> None:
        if reservation.id == first:
            raise ValueError("poison")
        notify(db, reservation, kind, **more)

    monkeypatch.setattr(holds, "notify", fail)
    house.passes(days=6)
    run_all(house)
    assert house.history(second)[-1] == "OptionReminded"
    assert house.history(first)[-1] == "ReservationTentative"
    monkeypatch.undo()
    house.passes(hours=1)
    run_all(house)
    assert house.history(first)[-1] == "OptionReminded"
