"""An entry's bytes: what RFC 5545 and 5546 ask, and what the library would get wrong."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from shared.calendar.address import MalformedAddress
from shared.calendar.entry import ContradictoryEntry, Entry, Guest, Party, render

Build = Callable[..., Entry]
# the fixture only builds values, so that examples may share it
shared_fixture = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)


def lines_of(calendar: bytes) -> list[str]:
    return calendar.decode().replace("\r\n ", "").split("\r\n")


def line_of(calendar: bytes, name: str) -> str:
    (found,) = (line for line in event_lines(calendar) if line.split(":")[0].split(";")[0] == name)
    return found


def event_lines(calendar: bytes) -> list[str]:
    lines = lines_of(calendar)
    return lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]


def test_the_same_entry_gives_the_same_bytes(an_entry: Build) -> None:
    assert render(an_entry(), "REQUEST") == render(an_entry(), "REQUEST")


def test_one_calendar_holds_one_zone_one_event_and_no_random_uid(an_entry: Build) -> None:
    lines = lines_of(render(an_entry(), "REQUEST"))
    assert lines[:6] == [
        "BEGIN:VCALENDAR",
        "PRODID:-//Creneau//Creneau//FR",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VTIMEZONE",
    ]
    assert [line for line in lines if line.startswith("UID")] == ["UID:reservation-42@atelier62.example"]
    assert lines.count("BEGIN:VEVENT") == lines.count("BEGIN:VTIMEZONE") == 1


@pytest.mark.parametrize(
    ("start", "written"),
    [
        (datetime(2027, 7, 6, 7, tzinfo=UTC), "20270706T090000"),
        (datetime(2027, 1, 12, 8, tzinfo=UTC), "20270112T090000"),
        (datetime(2027, 1, 12, 3, tzinfo=timezone(timedelta(hours=-5))), "20270112T090000"),
        (datetime(2027, 3, 27, 8, tzinfo=UTC), "20270327T090000"),
        (datetime(2027, 3, 28, 7, tzinfo=UTC), "20270328T090000"),
        (datetime(2027, 10, 30, 7, tzinfo=UTC), "20271030T090000"),
        (datetime(2027, 10, 31, 8, tzinfo=UTC), "20271031T090000"),
    ],
)
def test_nine_in_arras_is_written_nine(an_entry: Build, start: datetime, written: str) -> None:
    calendar = render(an_entry(start=start, end=start + timedelta(hours=1)), "REQUEST")
    assert line_of(calendar, "DTSTART") == f"DTSTART;TZID=Europe/Paris:{written}"
    assert line_of(calendar, "DTEND") == f"DTEND;TZID=Europe/Paris:{written.replace('T09', 'T10')}"
    assert "DURATION" not in calendar.decode()


def test_the_hour_that_the_clocks_repeat_is_written_in_utc(an_entry: Build) -> None:
    start = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # the second 02:30 in Arras
    calendar = render(an_entry(start=start, end=start + timedelta(hours=2)), "REQUEST")
    assert line_of(calendar, "DTSTART") == "DTSTART:20271031T013000Z"


def test_an_occurrence_is_named_in_the_form_of_its_start(an_entry: Build) -> None:
    entry = an_entry(recurrence_id=datetime(2027, 11, 2, 8, tzinfo=UTC))
    assert line_of(render(entry, "CANCEL"), "RECURRENCE-ID") == "RECURRENCE-ID;TZID=Europe/Paris:20271102T090000"


def test_a_new_stamp_is_new_bytes(an_entry: Build) -> None:
    later = an_entry(dtstamp=datetime(2027, 1, 4, 9, 15, 31, tzinfo=timezone(timedelta(hours=1))))
    assert line_of(render(later, "REQUEST"), "DTSTAMP") == "DTSTAMP:20270104T081531Z"
    assert render(later, "REQUEST") != render(an_entry(), "REQUEST")


def test_an_invited_person_is_asked_and_a_room_has_said_yes(an_entry: Build) -> None:
    attendees = [line for line in event_lines(render(an_entry(), "REQUEST")) if line.startswith("ATTENDEE")]
    assert attendees == [
        (
            'ATTENDEE;CN="Zoé Martin";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE'
            ":mailto:zoe@plan-sequence.example"
        ),
        'ATTENDEE;CN="Flexi 16";CUTYPE=ROOM;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:flexi16@atelier62.example',
    ]


def test_a_cancellation_says_cancelled_and_still_names_everybody(an_entry: Build) -> None:
    calendar = render(an_entry(sequence=3), "CANCEL")
    assert "METHOD:CANCEL" in lines_of(calendar)
    assert line_of(calendar, "STATUS") == "STATUS:CANCELLED"
    assert line_of(calendar, "SEQUENCE") == "SEQUENCE:3"
    assert line_of(calendar, "ORGANIZER").endswith(":mailto:reservations@atelier62.example")
    assert calendar.decode().count("ATTENDEE;") == 2
    assert "RSVP" not in calendar.decode()


def test_a_published_entry_names_no_attendees(an_entry: Build) -> None:
    calendar = render(an_entry(status="CANCELLED"), "PUBLISH")
    assert "ATTENDEE" not in calendar.decode()
    assert line_of(calendar, "STATUS") == "STATUS:CANCELLED"


def test_nobody_is_invited_to_a_cancelled_entry(an_entry: Build) -> None:
    with pytest.raises(ContradictoryEntry):
        render(an_entry(status="CANCELLED"), "REQUEST")


@pytest.mark.parametrize(
    "otherwise",
    [
        {"start": datetime(2027, 11, 9, 9)},  # noqa: DTZ001 - the missing zone is what is refused
        {"dtstamp": datetime(2027, 11, 9, 9)},  # noqa: DTZ001
        {"recurrence_id": datetime(2027, 11, 9, 9)},  # noqa: DTZ001
        {"end": datetime(2027, 11, 9, 8, tzinfo=UTC)},
        {"sequence": -1},
        {"uid": "\r\n"},
    ],
)
def test_a_contradictory_entry_cannot_be_made(an_entry: Build, otherwise: dict[str, Any]) -> None:
    with pytest.raises(ContradictoryEntry):
        an_entry(**otherwise)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zoe",
        "@plan.example",
        "zoe@",
        "zoe@plan@example",
        "zoé@plan.example",
        "zoe martin@plan.example",
        "zoe@plan.example\r\nX: 1",
        "zoe@plan.example\n",
        "<zoe@plan.example>",
        "zoe@plan.example,eve@x.example",
        "zoe@stra\u00dfe.example",
        "zoe@-plan.example",
        "z" * 65 + "@plan.example",
    ],
)
@pytest.mark.parametrize("kind", [Party, Guest])
def test_a_malformed_address_names_nobody(kind: Callable[[str], object], address: str) -> None:
    with pytest.raises(MalformedAddress):
        kind(address)


def test_a_domain_with_accents_is_written_in_punycode(an_entry: Build) -> None:
    calendar = render(an_entry(guests=(Guest("zoe@coll\u00e8ge.example"),)), "REQUEST")
    assert line_of(calendar, "ATTENDEE").endswith(":mailto:zoe@xn--collge-6ua.example")


def test_long_lines_fold_at_75_octets_between_characters(an_entry: Build) -> None:
    text = "é🎬ש" * 200
    calendar = render(an_entry(description=text), "REQUEST")
    lines = calendar.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert all(line.decode() for line in lines[:-1])  # a line that ended inside a character would not decode
    assert line_of(calendar, "DESCRIPTION") == f"DESCRIPTION:{text}"


def test_a_backslash_before_an_n_stays_one(an_entry: Build) -> None:
    r"""The library's own escaping turns \N into a line break."""
    calendar = render(an_entry(description=r"C:\Nouveau; a, b" + "\r\nsuite"), "REQUEST")
    assert line_of(calendar, "DESCRIPTION") == r"DESCRIPTION:C:\\Nouveau\; a\, b\nsuite"


def test_nothing_is_said_about_what_is_not_known(an_entry: Build) -> None:
    names = {line.split(":")[0] for line in event_lines(render(an_entry(location=""), "REQUEST"))}
    assert not names & {"DESCRIPTION", "LOCATION", "URL"}


hostile = st.text(
    st.one_of(st.characters(), st.sampled_from('\r\n\t\0\x0b\x1f\x7f\x85\u2028\u202e\ud800;:,"\\^=N n')), max_size=120
)


@shared_fixture
@given(hostile, hostile, hostile, hostile)
def test_no_text_breaks_out_of_its_property(an_entry: Build, summary: str, text: str, name: str, url: str) -> None:
    plain = an_entry(summary="x", description="x", location="x", url="x", organizer=Party("a@b.example", "x"))
    hostile_one = replace(
        plain,
        summary=summary,
        description=f"x{text}",
        location=f"x{text}",
        url=f"x{url}",
        uid=f"x{text}",
        organizer=Party("a@b.example", name),
        guests=(Guest("c@d.example", name), Guest.room("e@f.example", name)),
    )
    calendar = render(hostile_one, "REQUEST")
    assert [line.split(":")[0].split(";")[0] for line in lines_of(calendar)] == [
        line.split(":")[0].split(";")[0] for line in lines_of(render(plain, "REQUEST"))
    ]
    assert max(len(line) for line in calendar.split(b"\r\n")) <= 75
    content = calendar.replace(b"\r\n", b"").decode()
    assert not [character for character in content if unicodedata.category(character) == "Cc" and character != "\t"]


@shared_fixture
@given(hostile)
def test_a_hostile_name_stays_a_name(an_entry: Build, name: str) -> None:
    calendar = render(an_entry(guests=(Guest("c@d.example", name),)), "REQUEST")
    attendee = Calendar.from_ical(calendar).events[0].attendees[0]
    assert str(attendee) == "mailto:c@d.example"
    assert set(attendee.params) - {"CN"} == {"CUTYPE", "ROLE", "PARTSTAT", "RSVP"}
