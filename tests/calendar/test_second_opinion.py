"""What Thunderbird's own library, ical.js, reads in every kind of calendar that is sent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from icalendar import Calendar

from shared.calendar.entry import Entry, Guest, Method, render
from shared.calendar.imip import Letter, compose

Build = Callable[..., Entry]
Read = Callable[[bytes], dict[str, Any]]

OCCURRENCE = datetime(2027, 11, 2, 8, tzinfo=UTC)
KINDS: dict[str, tuple[Method, dict[str, Any]]] = {
    "request": ("REQUEST", {}),
    "changed request": ("REQUEST", {"sequence": 1, "summary": "Atelier storyboard, déplacé"}),
    "changed occurrence": ("REQUEST", {"sequence": 2, "recurrence_id": OCCURRENCE}),
    "cancellation": ("CANCEL", {"sequence": 3}),
    "cancelled occurrence": ("CANCEL", {"sequence": 3, "recurrence_id": OCCURRENCE}),
}
STARTS = {
    "summer": datetime(2027, 7, 6, 7, tzinfo=UTC),
    "winter": datetime(2027, 1, 12, 8, tzinfo=UTC),
    "the evening before the clocks go forward": datetime(2027, 3, 27, 22, 30, tzinfo=UTC),
    "the morning the clocks went forward": datetime(2027, 3, 28, 7, tzinfo=UTC),
    "the evening before the clocks go back": datetime(2027, 10, 30, 21, 30, tzinfo=UTC),
    "the first 02:30 as the clocks go back": datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    "the second 02:30 as the clocks go back": datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    "the morning the clocks went back": datetime(2027, 10, 31, 8, tzinfo=UTC),
}


def as_js(moment: datetime | None) -> str | None:
    return moment and f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def calendar_in(mail: bytes) -> bytes:
    (part,) = (
        p for p in message_from_bytes(mail, policy=policy.SMTP).walk() if p.get_content_type() == "text/calendar"
    )
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize(("method", "otherwise"), KINDS.values(), ids=KINDS)
def test_every_mail_is_read_at_its_instant(
    an_entry: Build,
    a_letter: Callable[..., Letter],
    ical_js: Read,
    method: Method,
    otherwise: dict[str, Any],
    start: datetime,
) -> None:
    entry = an_entry(start=start, end=start + timedelta(hours=6), **otherwise)
    mail = compose(a_letter(calendar=render(entry, method), method=method))
    read = ical_js(calendar_in(mail))
    assert read["method"] == method
    (event,) = read["events"]
    assert event["start"] == as_js(entry.start)
    assert event["end"] == as_js(entry.end)
    assert event["recurrence_id"] == as_js(entry.recurrence_id)
    assert event["dtstamp"] == as_js(entry.dtstamp)
    assert (event["uid"], event["sequence"], event["summary"]) == (entry.uid, entry.sequence, entry.summary)
    assert event["status"] == ("CANCELLED" if method == "CANCEL" else "CONFIRMED")
    assert event["organizer"] == "mailto:reservations@atelier62.example"
    assert [attendee["address"] for attendee in event["attendees"]] == [
        "mailto:zoe@plan-sequence.example",
        "mailto:flexi16@atelier62.example",
    ]


@pytest.mark.parametrize("month", [1, 7])
@pytest.mark.parametrize(
    "zone", ["Indian/Reunion", "America/Guadeloupe", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti"]
)
def test_ateliers_overseas_are_read_at_their_instant(an_entry: Build, ical_js: Read, zone: str, month: int) -> None:
    start = datetime(2027, month, 12, 20, tzinfo=UTC)
    (event,) = ical_js(render(an_entry(start=start, end=start + timedelta(hours=8), zone=zone), "REQUEST"))["events"]
    assert (event["start"], event["end"]) == (as_js(start), as_js(start + timedelta(hours=8)))


def test_hostile_text_is_read_as_text(an_entry: Build, ical_js: Read) -> None:
    entry = an_entry(
        summary='🎬 שלום; a, b: "c" \\N \\n\r\nATTENDEE:mailto:eve@x.example',
        description="un\r\ndeux\x00\x07\ntrois\u2028BEGIN:VEVENT",
        guests=(Guest("zoe@plan-sequence.example", 'Zoé "la; reine"\r\nX-EVIL:1, \\^n'),),
    )
    (event,) = ical_js(render(entry, "REQUEST"))["events"]
    assert event["summary"] == '🎬 שלום; a, b: "c" \\N \\n ATTENDEE:mailto:eve@x.example'
    assert event["description"] == "un\ndeux\ntrois\nBEGIN:VEVENT"
    (attendee,) = event["attendees"]
    assert attendee["name"] == "Zoé 'la; reine' X-EVIL:1, /n"
    assert attendee["address"] == "mailto:zoe@plan-sequence.example"


def test_the_second_opinion_would_notice_the_librarys_own_zone(an_entry: Build, ical_js: Read) -> None:
    """Why the zone is built by hand: with icalendar's own, ical.js puts a summer meeting an hour late."""
    start = STARTS["summer"]
    calendar = Calendar.from_ical(render(an_entry(start=start, end=start + timedelta(hours=1)), "REQUEST"))
    calendar.subcomponents = [part for part in calendar.subcomponents if part.name != "VTIMEZONE"]
    calendar.add_missing_timezones()
    (event,) = ical_js(calendar.to_ical())["events"]
    assert event["start"] == as_js(start + timedelta(hours=1))
