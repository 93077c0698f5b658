"""The relay hands each recorded event to the tasks that the table names, and nothing that dies loses one."""

import pytest
import structlog

from deploy.processes import wait_until
from shared import broker
from shared.domain.events import Event
from shared.store.base import transaction
from tests.house import House
from tests.workers.conftest import Bell
from tests.workers.relaying import WAITING, is_listening, record, running
from workers import relay
from workers.app import app
from workers.subscriptions import SUBSCRIPTIONS


def test_the_table_speaks_of_every_event_and_of_tasks_that_exist(bell: Bell) -> None:
    assert bell
    app.loader.import_default_modules()
    # by name: a dataclass with slots leaves a twin of its class behind
    assert {event.__name__ for event in SUBSCRIPTIONS} == {event.__name__ for event in Event.__subclasses__()}
    assert {task for tasks in SUBSCRIPTIONS.values() for task in tasks} <= set(app.tasks)


@pytest.mark.parametrize("event", SUBSCRIPTIONS, ids=lambda event: event.__name__)
def test_an_event_wakes_what_the_table_says(house: House, bell: Bell, event: type[Event]) -> None:
    record(house, event.__name__)
    assert relay.relay() == 1
    assert bell.woken() == sorted(SUBSCRIPTIONS[event])
    assert house.rows(WAITING) == []
    assert relay.relay() == 0


def test_many_events_are_one_wake_up_for_each_task(house: House, bell: Bell) -> None:
    record(house, *["ReservationRequested", "ReservationConfirmed"] * 50)
    assert relay.relay() == 100
    assert bell.woken() == ["calendars.publish", "conflicts.decide", "invitations.announce"]


def test_an_event_of_a_newer_version_is_logged_and_stops_nobody(house: House, bell: Bell) -> None:
    record(house, "RoomPaintedBlue", "ReservationConfirmed")
    with structlog.testing.capture_logs() as logs:
        assert relay.relay() == 2
    assert [line["type"] for line in logs] == ["RoomPaintedBlue"]
    assert bell.woken() == ["calendars.publish", "invitations.announce"]
    assert house.rows(WAITING) == []


def test_a_relay_that_dies_before_its_commit_wakes_again(
    house: House, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(house, "ReservationConfirmed")

    def wake_and_die(task: str) -> None:
        woken(task)
        raise KeyboardInterrupt

    woken = relay.wake
    with monkeypatch.context() as crash_point:
        crash_point.setattr(relay, "wake", wake_and_die)
        with pytest.raises(KeyboardInterrupt):
            relay.relay()
    assert len(house.rows(WAITING)) == 1
    broker.is_awake("calendars.publish")

    assert relay.relay() == 1

    assert bell.woken() == ["calendars.publish", "calendars.publish", "invitations.announce"]
    assert house.rows(WAITING) == []


def test_two_relays_at_once_share_the_events(house: House, bell: Bell) -> None:
    assert bell
    record(house, *["ReservationConfirmed"] * 3)
    with transaction() as other:
        assert len(other.execute(relay.TAKE, {"batch": 2}).all()) == 2
        assert relay.relay() == 1
    assert relay.relay() == 2


def test_the_bell_is_heard_at_once(house: House, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "TICK", 60.0)  # whoever does not hear the bell comes too late
    assert bell
    with running():
        assert wait_until(is_listening, seconds=5)
        record(house, "ReservationConfirmed")
        broker.ring()
        assert wait_until(lambda: house.rows(WAITING) == [], seconds=2)


def test_who_is_waited_for_is_woken_before_the_book_is_read(house: House, bell: Bell) -> None:
    """The ring names the event; the book does not have it yet, and is not asked."""
    assert house
    broker.ring("ReservationRequested")
    assert relay.listen() == {"conflicts.decide"}
    assert bell.woken() == ["conflicts.decide"]


def test_without_a_bell_the_tick_finds_the_event(house: House, bell: Bell) -> None:
    with running():
        record(house, "ReservationConfirmed")
        assert wait_until(lambda: "invitations.announce" in bell.woken(), seconds=5)
