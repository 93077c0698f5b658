"""A room is invited: what is asked for goes the ordinary way, and the room answers."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from shared.domain.slots import Slot
from shared.itip.incoming import Party
from tests.attendant.organizers import ANNE, Calendars, Entry, guest, room
from tests.house import slot

EVE = Party("eve@elsewhere.example", "Eve")


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
    assert event["X-MICROSOFT-CDO-REPLYTIME"] == "20271009T000000Z"
    assert "RRULE" not in event
    assert "COMMENT" not in event
    assert reply.mail.parsed["From"].addresses[0].addr_spec == room("flexi-36")
    assert reply.mail.parsed["Auto-Submitted"] == "auto-generated"
    assert reply.mail.envelope.sender.endswith("@creneau.example")
    assert "Flexi 36" in reply.mail.words
    assert "réservé" in reply.mail.words


def test_nobody_else_is_told_and_nobody_is_put_on_a_list(calendars: Calendars) -> None:
    calendars.send(Entry(guests=(guest("cpe@college.example"),)))
    calendars.house.decide()
    assert [mail.method for mail in calendars.post.announce_all()] == ["REPLY"]
    assert calendars.house.rows("SELECT 1 FROM attendee WHERE address LIKE 'cpe%'") == []
    assert calendars.post.announce_all() == []


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


def test_several_rooms_are_had_together_or_not_at_all(calendars: Calendars) -> None:
    calendars.house.confirmed("flexi-19", who="basile")
    calendars.send(Entry(rooms=("flexi-16", "flexi-19")))
    replies = calendars.replies()
    assert {reply.room: reply.partstat for reply in replies} == {
        room("flexi-16"): "DECLINED",
        room("flexi-19"): "DECLINED",
    }
    assert (
        calendars.house.rows("SELECT 1 FROM occupancy WHERE resource_id = :id", id=calendars.house.rooms["flexi-16"])
        == []
    )


def test_a_mail_to_each_room_is_one_request(calendars: Calendars) -> None:
    entry = Entry(rooms=("flexi-16", "flexi-19"))
    assert calendars.send(entry, to=("flexi-16",)).code == "requested"
    assert calendars.send(entry, to=("flexi-19",)).code == "already_known"
    replies = calendars.replies()
    assert sorted(reply.room for reply in replies) == [room("flexi-16"), room("flexi-19")]
    assert {reply.partstat for reply in replies} == {"ACCEPTED"}
    assert len(calendars.reservations()) == 1


def test_calendars_that_hide_guests_name_one_room_in_each_mail(calendars: Calendars) -> None:
    first, second = Entry(rooms=("flexi-16",)), Entry(rooms=("flexi-19",))
    calendars.send(first)
    calendars.send(second)
    assert {reply.room: reply.partstat for reply in calendars.replies()} == {
        room("flexi-16"): "ACCEPTED",
        room("flexi-19"): "ACCEPTED",
    }
    assert [set(r.resource_ids) for r in calendars.reservations()] == [
        {calendars.house.rooms["flexi-16"], calendars.house.rooms["flexi-19"]}
    ]


def test_a_room_that_is_not_on_the_list_itself_is_the_one_that_the_mail_reached(calendars: Calendars) -> None:
    calendars.send(Entry(rooms=()), to=("flexi-16",))
    assert calendars.reply().room == room("flexi-16")


def test_a_stranger_is_refused_and_nobody_is_made_known(calendars: Calendars) -> None:
    outcome = calendars.send(Entry(organizer=EVE), language="en")
    assert outcome.code == "refused"
    reply = calendars.reply()
    assert (reply.partstat, reply.mail.recipient) == ("DECLINED", "eve@elsewhere.example")
    assert "does not know this address" in reply.comment
    assert "is not booked" in reply.mail.words
    assert reply.event["REQUEST-STATUS"].startswith("3.8;")
    assert calendars.reservations() == []
    assert calendars.house.rows("SELECT 1 FROM person WHERE address LIKE 'eve%'") == []


def test_a_stranger_waits_for_a_coordinator_where_the_house_lets_them_ask(calendars: Calendars) -> None:
    house = calendars.house
    house.rule("room", "flexi-36", unknown_organizers="approve")
    calendars.send(Entry(organizer=EVE))
    house.decide()
    mails = calendars.post.announce_all()
    assert sorted(mail.recipient for mail in mails) == ["claire@example.org", "eve@elsewhere.example"]
    [reply] = [mail for mail in mails if mail.method == "REPLY"]
    assert reply.event["ATTENDEE"].params["PARTSTAT"] == "TENTATIVE"
    [asked] = calendars.reservations()
    house.approve(asked.id)
    assert calendars.reply().partstat == "ACCEPTED"


def test_of_two_rooms_the_more_careful_one_counts_for_a_stranger(calendars: Calendars) -> None:
    calendars.house.rule("room", "flexi-36", unknown_organizers="approve")
    assert calendars.send(Entry(organizer=EVE, rooms=("flexi-16", "flexi-36"))).code == "refused"


@pytest.mark.parametrize(
    ("token", "is_known"),
    [("trainer", True), ("coordinator", True), ("partner", False), ("revoked", False), ("", True)],
)
def test_known_is_who_may_book(calendars: Calendars, token: str, is_known: bool) -> None:
    """A live token that books; or somebody of the house entered them and never gave one."""
    house = calendars.house
    house.rows(
        "INSERT INTO person (site_id, address, name) VALUES (:site, 'eve@elsewhere.example', 'Eve') RETURNING 1",
        site=house.site_id,
    )
    if token:
        house.rows(
            """INSERT INTO token (site_id, person_id, role, digest, label, created_at, revoked_at)
            SELECT site_id, id, :role, '\\x00', '', now(), CASE WHEN :revoked THEN now() END FROM person
            WHERE address LIKE 'eve%' RETURNING 1""",
            role="trainer" if token == "revoked" else token,
            revoked=token == "revoked",
        )
    calendars.send(Entry(organizer=EVE))
    assert calendars.reply().partstat == ("ACCEPTED" if is_known else "DECLINED")


def test_a_coordinator_asks_nobody_by_mail_either(calendars: Calendars) -> None:
    calendars.house.rule("room", "flexi-36", who_may_book=[], who_may_request=["everybody"])
    calendars.send(Entry(organizer=Party("claire@example.org")))
    calendars.send(Entry(uid="2", at=slot(14, 15)))
    assert {reply.mail.recipient: reply.partstat for reply in calendars.replies()} == {
        "claire@example.org": "ACCEPTED",
        "anne@example.org": "TENTATIVE",
    }


@pytest.mark.parametrize(
    ("organizer", "sender", "code"),
    [
        (ANNE, "mallory@elsewhere.example", "not_the_organizer"),
        (replace(ANNE, sent_by="mallory@elsewhere.example"), "mallory@elsewhere.example", "not_the_organizer"),
        (replace(ANNE, sent_by="basile@example.org"), "basile@example.org", "requested"),
        (ANNE, "basile@example.org", "not_the_organizer"),
        (ANNE, "anne@at-home.example", "requested"),
        (Party("anne@at-home.example"), "anne@at-home.example", "requested"),
        (Party(""), "anne@example.org", "no_organizer"),
        (Party("reservations@creneau.example"), "anne@example.org", "own_entry"),
        (Party(room("flexi-16")), room("flexi-16"), "own_entry"),
    ],
)
def test_only_the_organizer_asks(calendars: Calendars, organizer: Party, sender: str, code: str) -> None:
    calendars.house.rows(
        "INSERT INTO alias (site_id, address, means) VALUES (1, 'anne@at-home.example', 'anne@example.org') RETURNING 1"
    )
    assert calendars.send(Entry(organizer=organizer), sender=sender).code == code
    replies = calendars.replies()
    assert [reply.mail.recipient for reply in replies] == ([organizer.address] if code == "requested" else [])
    assert [r.requested_by for r in calendars.reservations()] == ([1] if code == "requested" else [])


@pytest.mark.parametrize(
    ("guests", "people"),
    [
        ((), 0),
        ((guest("a@x.example"), guest("b@x.example")), 3),
        ((guest("a@x.example"), ANNE), 2),
        ((guest("a@x.example", partstat="DECLINED"),), 0),
        ((guest("beamer@x.example", cutype="RESOURCE"),), 0),
    ],
)
def test_how_many_come(calendars: Calendars, guests: tuple[Party, ...], people: int) -> None:
    calendars.send(Entry(guests=guests))
    assert [r.people for r in calendars.reservations()] == [people]


def test_whole_days_are_days_of_the_site(calendars: Calendars) -> None:
    at = Slot(datetime(2027, 11, 8, 23, tzinfo=UTC), datetime(2027, 11, 10, 23, tzinfo=UTC))
    calendars.house.rule(opening=None)
    calendars.send(Entry(at=at, more={"is_all_day": True, "zone": ""}))
    reply = calendars.reply()
    assert reply.partstat == "ACCEPTED"
    assert (reply.event["DTSTART"].dt, reply.event["DTEND"].dt) == (date(2027, 11, 9), date(2027, 11, 11))


def test_a_zone_that_we_cannot_write_is_answered_in_utc(calendars: Calendars) -> None:
    calendars.send(Entry(more={"zone": "America/New_York"}))
    event = calendars.reply().event
    assert event["DTSTART"].dt == slot().start
    assert "TZID" not in event["DTSTART"].params


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"end": None}, "ne dit pas quand il se termine"),
        ({"end": slot().start}, "finit après son début"),
        ({"rdates": (slot(day=1).start,), "rule": "FREQ=DAILY;COUNT=2"}, "RDATE"),
        ({"rule": "FREQ=YEARLY"}, "FREQ=YEARLY"),
        ({"rule": "FREQ=WEEKLY;BYDAY=SU;COUNT=3"}, "ne suit pas la règle"),
        ({"rule": "FREQ=WEEKLY"}, "Une série va jusqu'au"),
    ],
)
def test_what_cannot_be_asked_for_is_declined_with_the_reason(
    calendars: Calendars, what: dict[str, object], words: str
) -> None:
    assert calendars.send(Entry(), Entry().component(**what)).code == "refused"
    reply = calendars.reply()
    assert reply.partstat == "DECLINED"
    assert words in reply.comment
    assert calendars.reservations() == []


def test_what_lies_in_the_past_is_declined(calendars: Calendars) -> None:
    calendars.send(Entry(at=slot(day=-40)))
    reply = calendars.reply()
    assert reply.partstat == "DECLINED"
    assert "déjà commencé" in reply.comment


def test_what_does_not_say_when_it_is_changes_nothing(calendars: Calendars) -> None:
    assert calendars.send(Entry(), Entry().component(start=None)).code == "no_time"
    assert calendars.replies() == []


def test_an_entry_that_leaves_its_organizer_free_still_needs_its_room(calendars: Calendars) -> None:
    calendars.send(Entry(more={"is_transparent": True}))
    assert calendars.reply().partstat == "ACCEPTED"


def test_words_that_are_too_long_are_cut(calendars: Calendars) -> None:
    calendars.send(Entry(more={"summary": "x" * 500 + "\x00", "description": "y" * 20_000}))
    [asked] = calendars.reservations()
    assert (len(asked.title), len(asked.note)) == (200, 10_000)


def test_an_entry_without_a_title_is_called_by_its_organizer(calendars: Calendars) -> None:
    calendars.send(Entry(more={"summary": " \n"}))
    assert [r.title for r in calendars.reservations()] == ["Anne"]


@pytest.mark.parametrize("method", ["REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH", "PUBLISH", "X"])
def test_other_methods_are_none_of_a_rooms_business(calendars: Calendars, method: str) -> None:
    assert calendars.send(Entry(), method=method).code == "ignored_method"
    assert calendars.replies() == []


def test_a_letter_in_the_language_of_the_organizer(calendars: Calendars) -> None:
    calendars.house.rows("UPDATE person SET language = 'en' WHERE address = 'anne@example.org' RETURNING 1")
    calendars.house.confirmed("flexi-36", who="basile")
    calendars.send(Entry())
    reply = calendars.reply()
    assert "already booked" in reply.comment
    assert reply.mail.parsed["Subject"].startswith("Declined: Atelier storyboard")
