"""A room is invited: what is asked for goes the ordinary way, and the room answers."""

from datetime import UTC, datetime

from shared.itip.incoming import Party
from tests.attendant.organizers import Calendars, Entry, room
from tests.house import slot


def test_a_room_that_is_invited_is_booked_and_accepts(calendars: Calendars) -> None:
    outcome = calendars.send(Entry())
    assert outcome.code == "requested"
    [asked] = calendars.reservations()
    assert (asked.state, asked.title, asked.requested_by) == ("requested", "Atelier storyboard", 1)
    reply = calendars.reply()
    assert calendars.house.state(asked.id) == "confirmed"
    assert reply.mail.recipient == "anne@example.org"
    assert reply.calendar["METHOD"] == "REPLY"
    event = reply.event
    assert (event["UID"], event["SEQUENCE"]) == ("4711@anne.example", 0)
    assert (reply.room, reply.partstat) == (room("flexi-36"), "ACCEPTED")
    assert event["ATTENDEE"].params["CUTYPE"] == "ROOM"
    assert str(event["ORGANIZER"]) == "mailto:anne@example.org"
    assert event["DTSTART"].dt.astimezone(UTC) == slot().start
    assert event["DTEND"].dt.astimezone(UTC) == slot().end
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event["DTSTAMP"].dt == datetime(2027, 10, 9, tzinfo=UTC)
    assert event["REQUEST-STATUS"] == "2.0;Success"
    assert "X-MICROSOFT-CDO-REPLYTIME" in event
    assert "RRULE" not in event
    assert reply.mail.parsed["From"].addresses[0].addr_spec == room("flexi-36")
    assert reply.mail.parsed["Auto-Submitted"] == "auto-generated"
    assert reply.mail.envelope.sender.endswith("@creneau.example")
    assert "Flexi 36" in reply.mail.words
    assert "réservé" in reply.mail.words


def test_a_room_that_is_taken_declines_and_says_what_is_free(calendars: Calendars) -> None:
    calendars.house.confirmed("flexi-36", who="basile")
    calendars.send(Entry())
    reply = calendars.reply()
    assert reply.partstat == "DECLINED"
    assert reply.event["REQUEST-STATUS"].startswith("4.1;")
    assert "déjà réservé" in reply.comment
    assert "Ce qui est libre" in reply.comment
    assert "Ce qui est libre" in reply.mail.words
    assert "est pas réservé" in reply.mail.words


def test_whoever_asked_first_by_whatever_way_has_the_room(calendars: Calendars) -> None:
    by_api = calendars.house.ask("flexi-16", who="basile")
    calendars.send(Entry(rooms=("flexi-16",)))
    later = calendars.house.ask("flexi-16", who="basile")
    assert calendars.reply().partstat == "DECLINED"
    assert calendars.house.states(by_api, later) == ["confirmed", "refused"]


def test_a_stranger_is_refused_and_nobody_is_made_known(calendars: Calendars) -> None:
    outcome = calendars.send(Entry(organizer=Party("eve@elsewhere.example", "Eve")))
    assert outcome.code == "refused"
    reply = calendars.reply()
    assert (reply.partstat, reply.mail.recipient) == ("DECLINED", "eve@elsewhere.example")
    assert "ne connaît pas" in reply.comment
    assert calendars.reservations() == []
    assert calendars.house.rows("SELECT 1 FROM person WHERE address LIKE 'eve%'") == []
