"""The Python `caldav` client from end to end: find, list, search, bring, synchronize; and it may not write."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import caldav
import pytest
from caldav.lib.error import AuthorizationError, DAVError

from tests.calendars.dav.speaking import Dav
from tests.house import slot


@pytest.fixture
def client(dav: Dav) -> Iterator[caldav.DAVClient]:
    with caldav.DAVClient(
        url=str(dav.client.base_url), username=dav.house.addresses["anne"], password=dav.house.tokens["anne"]
    ) as client:
        yield client


def called(client: caldav.DAVClient, name: str) -> caldav.Calendar:
    return next(one for one in client.principal().calendars() if one.get_display_name() == name)


def titles(found: list[caldav.CalendarObjectResource]) -> list[str]:
    return sorted(str(one.icalendar_component["SUMMARY"]) for one in found)


def test_it_finds_the_calendars_from_the_address_of_the_server(client: caldav.DAVClient) -> None:
    names = [calendar.get_display_name() for calendar in client.principal().calendars()]
    assert names == ["Mon agenda", "EscapeLAB", "Espace ouvert", "Flexi 16", "Flexi 19", "Flexi 36"]
    assert called(client, "Flexi 16").get_supported_components() == ["VEVENT"]


def test_it_lists_searches_and_brings(dav: Dav, client: caldav.DAVClient) -> None:
    dav.house.confirmed("flexi-16", title="Montage")
    dav.house.confirmed("flexi-16", title="Écriture", at=slot(13, 15))
    dav.house.series("FREQ=WEEKLY;COUNT=5", "flexi-16", title="Club")
    dav.house.decide()
    dav.publish()
    room = called(client, "Flexi 16")
    assert titles(room.events()) == ["Club", "Montage", "Écriture"]
    assert titles(room.search(start=slot(9).start, end=slot(9).end, event=True)) == ["Montage"]
    assert titles(room.search(summary="ritur", event=True)) == ["Écriture"]
    [uid] = [row.uid for row in dav.house.rows("SELECT uid FROM calendar_entry WHERE series_id IS NOT NULL")]
    assert room.event_by_uid(uid).icalendar_component["SUMMARY"] == "Club"
    month = {"start": datetime(2027, 11, 1, tzinfo=UTC), "end": datetime(2027, 12, 1, tzinfo=UTC), "event": True}
    for where in ({"expand": True}, {"server_expand": True}):
        dates = [one for one in room.search(**month, **where) if one.icalendar_component["SUMMARY"] == "Club"]
        starts = sorted(one.icalendar_component["DTSTART"].dt.astimezone(UTC) for one in dates)
        assert starts == [datetime(2027, 11, 9, 13, tzinfo=UTC) + timedelta(weeks=week) for week in range(4)]
    some = room.events()[:2]
    brought = list(room.multiget([one.url for one in some]))
    assert titles(brought) == titles(some)


def test_it_follows_what_changes(dav: Dav, client: caldav.DAVClient) -> None:
    stays, leaves = dav.house.confirmed("flexi-16"), dav.house.confirmed("flexi-16", at=slot(13, 14), title="Part")
    dav.publish()
    mine = called(client, "Flexi 16").objects(load_objects=True)
    assert titles(list(mine)) == ["Atelier", "Part"]
    dav.house.change(stays, title="Autrement")
    dav.house.move(leaves, slot(), "flexi-19")
    dav.house.decide()
    dav.publish()
    updated, deleted = mine.sync()
    assert titles(list(updated)) == ["Autrement"]
    assert [one.url.path for one in deleted] == [f"{dav.room()}2.ics"]
    assert mine.sync() == ([], [])


def test_it_asks_when_a_room_is_free(dav: Dav, client: caldav.DAVClient) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    answer = called(client, "Flexi 16").freebusy_request(slot(0, 1).start, slot(23, 24).end)
    [period] = answer.icalendar_component["FREEBUSY"].to_ical().decode().split(",")
    assert period == "20271108T090000Z/20271108T120000Z"


def test_it_is_told_that_nothing_can_be_written(dav: Dav, client: caldav.DAVClient) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    room = called(client, "Flexi 16")
    [event] = room.events()
    with pytest.raises(AuthorizationError):
        room.add_event(summary="À moi", dtstart=slot().start, dtend=slot().end)
    with pytest.raises(DAVError):
        event.delete()
    with pytest.raises(DAVError):
        client.principal().make_calendar(name="À moi")
    assert titles(room.events()) == ["Atelier"]
