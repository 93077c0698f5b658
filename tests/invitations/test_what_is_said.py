"""The mails as they leave, rule by rule of what every client needs to show Accept and Decline."""

from email.utils import parseaddr, parsedate_to_datetime

import pytest
from icalendar import Calendar

from shared.programme import Meeting, Plan, register
from shared.store.attendees import Invitee
from tests.house import House, slot
from tests.post_office import Mail, PostOffice

ZOE, YANN = "zoe@college.example", "yann@college.example"
ANNE = "anne@example.org"


@pytest.fixture
def mails(house: House, post: PostOffice) -> list[Mail]:
    """A first invitation, an update after a move, one of words only, a removal, a reminder, and a cancellation."""
    title, note = "Étalonnage & « maquillage » de cinéma pour la classe de 4e B, première partie", "Venez.\n" * 20
    mine = house.confirmed("flexi-16", "flexi-19", title=title, note=note, guests=[ZOE, YANN])
    found = post.announce_all()
    house.move(mine, slot(14, 16))
    house.decide()
    found += post.announce_all()
    house.change(mine, note="Autre chose")
    found += post.announce_all()
    post.take_off(mine, YANN)
    found += post.announce_all()
    house.now = slot(8, 9, day=-1).start
    house.remind()
    found += post.collect()
    house.cancel(mine)
    return found + post.announce_all()


def test_every_mail_is_for_one_person_from_the_site_on_its_own_domain(mails: list[Mail]) -> None:
    assert [mail.method for mail in mails] == ["REQUEST"] * 9 + ["CANCEL"] + ["REMINDER"] * 2 + ["CANCEL"] * 2
    for mail in mails:
        head = mail.parsed
        assert [parseaddr(to)[1] for to in head.get_all("To")] == [mail.recipient]
        assert head["Cc"] is head["Bcc"] is None
        assert parseaddr(head["From"])[1] == "reservations@creneau.example"
        assert parseaddr(head["Reply-To"])[1] == ANNE
        assert (head["Auto-Submitted"], head["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
        assert parsedate_to_datetime(head["Date"]) == mail.dtstamp
        assert head["Message-ID"].endswith("@creneau.example>")


def test_a_bounce_comes_back_to_an_address_that_names_its_mail(mails: list[Mail], post: PostOffice) -> None:
    for mail in mails:
        key = post.row(mail.delivery).key
        assert mail.envelope.sender == f"bounces+{key.hex}@creneau.example"
        assert mail.parsed["Message-ID"] == f"<{key}@creneau.example>"
    assert len({mail.envelope.sender for mail in mails}) == len(mails)


def test_the_calendar_is_in_the_first_child_and_once_more_as_a_file(mails: list[Mail]) -> None:
    for mail in _with_entry(mails):
        assert mail.parsed.get_content_type() == "multipart/mixed"
        alternative, copy = mail.parsed.iter_parts()
        kinds = [part.get_content_type() for part in alternative.iter_parts()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        calendar = list(alternative.iter_parts())[-1]
        assert not calendar.is_attachment()
        assert calendar["Content-Disposition"] is None
        assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": mail.method}
        assert calendar["Content-Transfer-Encoding"] == copy["Content-Transfer-Encoding"] == "base64"
        assert (copy.get_content_type(), copy.get_filename()) == ("application/ics", "invite.ics")
        assert copy["Content-Type"].params["name"] == "invite.ics"
        assert copy.get_payload(decode=True) == mail.calendar


def test_every_line_is_short_and_ends_with_crlf(mails: list[Mail]) -> None:
    for mail in mails:
        assert mail.message.count(b"\r\n") == mail.message.count(b"\n") == mail.message.count(b"\r")
        assert mail.message.isascii()
        assert max(len(line) for line in mail.message.split(b"\r\n")) <= 78
    for mail in _with_entry(mails):
        assert mail.calendar.count(b"\r\n") == mail.calendar.count(b"\n") == mail.calendar.count(b"\r")
        assert max(len(line) for line in mail.calendar.split(b"\r\n")) <= 75


def test_the_entry_says_what_the_ledger_and_the_header_say(mails: list[Mail]) -> None:
    for mail in _with_entry(mails):
        calendar = Calendar.from_ical(mail.calendar)
        assert str(calendar["METHOD"]) == mail.method
        assert "UID" not in calendar
        assert len(calendar.walk("VTIMEZONE")) == len(calendar.walk("VEVENT")) == 1
        assert b"RRULE" in mail.calendar
        assert b"RDATE" not in mail.calendar
        event = mail.event
        assert (event["SEQUENCE"], event.decoded("DTSTAMP")) == (mail.sequence, mail.dtstamp)
        assert str(event["ORGANIZER"]) == "mailto:reservations@creneau.example"
        assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == "Europe/Paris"
        assert "DURATION" not in event
        assert "RECURRENCE-ID" not in event
        assert event["STATUS"] == ("CANCELLED" if mail.method == "CANCEL" else "CONFIRMED")
    assert len({str(mail.event["UID"]) for mail in _with_entry(mails)}) == 1


def test_the_recipient_is_asked_by_their_own_address(mails: list[Mail]) -> None:
    for mail in _with_entry(mails):
        asked = mail.attendees[mail.recipient]
        assert (asked["CUTYPE"], asked["PARTSTAT"]) == ("INDIVIDUAL", "NEEDS-ACTION")
        assert asked["ROLE"] == ("CHAIR" if mail.recipient == ANNE else "REQ-PARTICIPANT")
        assert asked.get("RSVP") == ("TRUE" if mail.method == "REQUEST" else None)


def test_each_room_has_accepted_and_the_location_says_where_in_words(mails: list[Mail]) -> None:
    for mail in _with_entry(mails):
        rooms = {address: who for address, who in mail.attendees.items() if who["CUTYPE"] == "ROOM"}
        assert {address: (who["CN"], who["PARTSTAT"]) for address, who in rooms.items()} == {
            "room-flexi-16@rooms.creneau.example": ("Flexi 16", "ACCEPTED"),
            "room-flexi-19@rooms.creneau.example": ("Flexi 19", "ACCEPTED"),
        }
        assert mail.event["LOCATION"] == "Flexi 16, Flexi 19, 37 rue du Temple, Porte 3, 62012 Arras CEDEX"


def test_no_participant_learns_who_else_comes(mails: list[Mail]) -> None:
    for mail in mails:
        others = {ZOE, YANN} - {mail.recipient}
        everything = mail.message + b"".join(part.get_payload(decode=True) or b"" for part in mail.parsed.walk())
        assert not [other for other in others if other.encode() in everything or other.title().encode() in everything]


def test_no_mail_calls_itself_a_travel_order(mails: list[Mail]) -> None:
    for mail in mails:
        parts = [part for part in mail.parsed.walk() if part.get_content_maintype() == "text"]
        texts = [part.get_payload(decode=True).decode() for part in parts] + [mail.parsed["Subject"]]
        assert "convocation" not in " ".join(texts).lower()


def test_each_person_reads_their_own_language(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16")
    people = (Invitee(ZOE, "Zoé"), Invitee("sam@school.example", "Sam", "en"))
    plan = Plan("lab", "Make-up", meetings=(Meeting(slot(day=1), resources=("flexi-16",), invitees=people),))
    with house.book() as db:
        register(db, plan, by=house.actors["anne"], now=house.now)
    house.decide()

    mails = {mail.recipient: mail for mail in post.announce_all()}

    assert mails[ZOE].words.startswith("Bonjour Zoé,\n")
    assert "mardi 9 novembre 2027, de 10 h 00 à 13 h 00" in mails[ZOE].words
    assert mails["sam@school.example"].words.startswith("Hello Sam,\n")
    assert "Tuesday 9 November 2027, 10:00 to 13:00" in mails["sam@school.example"].words
    assert mails[ANNE].parsed["Subject"].startswith("Réservation confirmée")


@pytest.mark.parametrize(
    ("place", "where"), [("elsewhere", "Collège Péguy, Arras"), ("online", "https://visio.example/a")]
)
def test_a_session_elsewhere_or_online_says_where_and_has_no_room(
    house: House, post: PostOffice, place: str, where: str
) -> None:
    meeting = Meeting(slot(), place=place, where=where, invitees=(Invitee(ZOE),))
    with house.book() as db:
        register(db, Plan("lab", "Maquillage", meetings=(meeting,)), by=house.actors["anne"], now=house.now)
    house.decide()

    mail = post.announce()[ZOE]

    assert mail.event["LOCATION"] == where
    assert {who["CUTYPE"] for who in mail.attendees.values()} == {"INDIVIDUAL"}
    assert where in mail.words
    assert "37 rue du Temple" not in mail.words


def _with_entry(mails: list[Mail]) -> list[Mail]:
    return [mail for mail in mails if mail.method in {"REQUEST", "CANCEL"}]
