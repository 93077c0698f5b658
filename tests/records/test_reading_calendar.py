"""What the events of a calendar say, as Outlook, Google and others export them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from icalendar import Calendar

from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot
from shared.records.from_calendar import read_calendar
from shared.records.lines import Booking, Line, Person, Skipped, Unreadable

PARIS = "Europe/Paris"
FILES = Path(__file__).parent / "files"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


USUAL = {
    "UID": "UID:1",
    "SUMMARY": "SUMMARY:Atelier",
    "DTSTART": "DTSTART:20271109T080000Z",
    "DTEND": "DTEND:20271109T110000Z",
}


def calendar(*events: str, around: str = "") -> bytes:
    """A calendar of these events, each told by what differs from a usual one; `-NAME` leaves a line out."""
    written = "\n".join(f"BEGIN:VEVENT\n{completed(event)}\nEND:VEVENT" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{around}\n{written}\nEND:VCALENDAR\n".encode()


def completed(event: str) -> str:
    names = {re.split("[:;]", line)[0].strip("-") for line in event.partition("BEGIN:")[0].split("\n")}
    names |= {"DTEND"} & {name.replace("DURATION", "DTEND") for name in names}
    usual = [line for name, line in USUAL.items() if name not in names]
    return "\n".join([*usual, *(line for line in event.split("\n") if not line.startswith("-"))])


def read(*events: str, around: str = "") -> list[Line]:
    return read_calendar(calendar(*events, around=around), PARIS)


def booked(line: Line) -> Booking:
    assert isinstance(line.found, Booking), line
    return line.found


def code(line: Line) -> str:
    assert isinstance(line.found, Unreadable | Skipped), line
    assert all(line.found.reason.sentence(language) for language in ("fr", "en"))
    return line.found.reason.code


def test_a_calendar_that_outlook_exported() -> None:
    lines = read_calendar((FILES / "outlook.ics").read_bytes(), PARIS)
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]
    meeting, club, moved, festival, cancelled = lines
    assert booked(meeting) == Booking(
        title="Atelier storyboard",
        slot=Slot(utc(2027, 11, 9, 8), utc(2027, 11, 9, 11)),
        rooms=("Flexi 16", "Flexi 19"),
        place="Flexi 16; Flexi 19",
        note="Bonjour,\n\nLe storyboard, de l'idée au plan.",
        organiser=Person("Zoé Martin", "zoe.martin@plan-sequence.example"),
        attendees=(Person("Élodie Dûment", "elodie.dument@college.example"),),
        uid="040000008200E00074C5B7101A82E0080000000010AB",
    )
    starts = [occurrence.slot.start for occurrence in booked(club).occurrences]
    tuesdays = [utc(2027, 10, day, 7) for day in (5, 12, 19, 26)] + [utc(2027, 11, day, 8) for day in (9, 23, 30)]
    assert starts == tuesdays
    assert booked(club).slot == Slot(utc(2027, 10, 5, 7), utc(2027, 10, 5, 10))
    assert booked(moved).recurs_at == utc(2027, 11, 16, 8)
    assert booked(moved).slot == Slot(utc(2027, 11, 17, 8), utc(2027, 11, 17, 11))
    assert booked(moved).rooms == ("Flexi 19",)
    assert club.uid == moved.uid
    assert booked(festival).slot == Slot(utc(2027, 11, 10, 23), utc(2027, 11, 12, 23))
    assert isinstance(cancelled.found, Skipped)
    assert cancelled.text == "Annulé : Réunion d'équipe, Flexi 16, 18/11/2027 09:00"


def test_a_calendar_that_google_exported() -> None:
    single, club, cancelled = read_calendar((FILES / "google.ics").read_bytes(), PARIS)
    assert booked(single).place == "37 rue du Temple, 62000 Arras, France"
    assert booked(club).rooms == ("Flexi 36",)
    assert booked(club).attendees == (Person("Zoé Martin", "zoe@college.example"),)
    firsts = [occurrence.recurs_at for occurrence in booked(club).occurrences]
    assert firsts == [utc(2027, 9, 7, 16), utc(2027, 10, 5, 16), utc(2028, 1, 4, 17)]
    assert code(cancelled) == "cancelled"


@pytest.mark.parametrize(
    ("start", "end", "slot"),
    [
        ("DTSTART:20271109T080000Z", "DTEND:20271109T110000Z", (utc(2027, 11, 9, 8), utc(2027, 11, 9, 11))),
        (
            "DTSTART;TZID=Europe/Paris:20271109T090000",
            "DTEND;TZID=Europe/London:20271109T110000",
            (utc(2027, 11, 9, 8), utc(2027, 11, 9, 11)),
        ),
        (
            "DTSTART;TZID=Romance Standard Time:20270706T090000",
            "DURATION:PT3H",
            (utc(2027, 7, 6, 7), utc(2027, 7, 6, 10)),
        ),
        (
            "DTSTART;TZID=/mozilla.org/20050126_1/Europe/Paris:20271109T090000",
            "DURATION:P1DT1H",
            (utc(2027, 11, 9, 8), utc(2027, 11, 10, 9)),
        ),
        ("DTSTART;VALUE=DATE:20271109", "-DTEND", (utc(2027, 11, 8, 23), utc(2027, 11, 9, 23))),
        ("DTSTART;VALUE=DATE:20271109", "DTEND;VALUE=DATE:20271109", (utc(2027, 11, 8, 23), utc(2027, 11, 9, 23))),
        ("DTSTART;VALUE=DATE:20270328", "DTEND;VALUE=DATE:20270329", (utc(2027, 3, 27, 23), utc(2027, 3, 28, 22))),
        ("DTSTART;VALUE=DATE:20271031", "DURATION:P1D", (utc(2027, 10, 30, 22), utc(2027, 10, 31, 23))),
    ],
)
def test_an_event_is_read_at_its_instant(start: str, end: str, slot: tuple[datetime, datetime]) -> None:
    (line,) = read(f"{start}\n{end}")
    assert booked(line).slot == Slot(*slot)


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        ("DTSTART:20271109T090000\nDTEND:20271109T120000", "floating_time"),
        ("DTSTART:20271109T080000Z\nDTEND:20271109T120000", "floating_time"),
        ("DTSTART;TZID=Europe/Arras:20271109T090000", "unknown_zone"),
        ("DTSTART;TZID=../../etc/passwd:20271109T090000", "unknown_zone"),
        ("DTSTART;TZID=Europe/Paris:20270328T023000", "time_does_not_exist"),
        ("DTSTART;TZID=Europe/Paris:20271031T023000", "time_exists_twice"),
        ("DTSTART:20271109T120000Z", "slot_reversed"),
        ("DTSTART:20251109T080000Z", "slot_too_long"),
        ("DTSTART:00010101T080000Z", "time_out_of_range"),
        ("DTSTART;VALUE=DATE:99991231\n-DTEND", "time_out_of_range"),
        ("DTSTART:20271331T080000Z", "bad_property"),
        ("DTSTART:demain", "bad_property"),
        ("DTSTART", "bad_property"),
        ("DTSTART:20271109T080000Z\nDTSTART:20271109T090000Z", "property_twice"),
        ("DTSTART:20271109T080000Z,20271110T080000Z", "property_twice"),
        ("DTSTART:20271109T080000Z\nDURATION:3 heures", "bad_property"),
        ("DTSTART:20271109T080000Z\nDURATION:-PT3H", "bad_property"),
        ("DTSTART:20271109T080000Z\nDURATION:PT", "bad_property"),
        ("DTSTART:20271109T080000Z\n-DTEND", "no_dtend"),
        ("-DTSTART", "no_dtstart"),
        ("SUMMARY:", "no_title"),
        (f"SUMMARY:{'A' * 201}", "text_too_long"),
        ("RRULE:FREQ=YEARLY;COUNT=3", "series_unreadable"),
        ("RRULE:FREQ=SECONDLY", "series_unreadable"),
        ("RRULE:FREQ=WEEKLY;COUNT=3;COUNT=4", "series_unreadable"),
        ("RRULE:toutes les semaines", "series_unreadable"),
        ("RRULE:FREQ=WEEKLY;UNTIL=20271399T080000", "series_unreadable"),
        ("RRULE:FREQ=WEEKLY", "series_endless"),
        ("RRULE:FREQ=DAILY;COUNT=367", "too_many_occurrences"),
        ("RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3", "first_not_in_rule"),
        ("DTEND:20271111T080000Z\nRRULE:FREQ=DAILY;COUNT=3", "occurrences_overlap"),
        ("RDATE:20271116T080000Z", "series_unreadable"),
        (
            "DTSTART;TZID=Europe/Paris:20271017T023000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3",
            "series_at_clock_change",
        ),
    ],
)
def test_an_event_that_is_wrong_says_so_and_the_others_are_read(event: str, wrong: str) -> None:
    before, line, after = read("UID:a", f"UID:b\n{event}", "UID:c")
    assert (line.number, line.uid, code(line)) == (2, "b", wrong)
    assert booked(before).uid == "a"
    assert booked(after).uid == "c"


def test_a_wrong_line_that_changes_nothing_is_left_out_and_named() -> None:
    (line,) = read("X-PROVENANCE=GRR:oui\nDESCRIPTION;LANGUAGE:fr")
    assert booked(line).unread == ("X-PROVENANCE", "DESCRIPTION")


def test_people_without_a_mail_address_are_named_but_not_invited() -> None:
    (line,) = read("ATTENDEE;CN=Service:invalid:nomail\nATTENDEE;CN=Zoé;EMAIL=zoe@college.example:urn:uuid:7")
    assert booked(line).attendees == (Person("Zoé", "zoe@college.example"),)
    assert booked(line).unread == ("ATTENDEE: Service invalid:nomail",)


def test_an_event_that_the_file_breaks_off_is_not_booked() -> None:
    content = calendar("UID:a", "UID:b").replace(b"END:VEVENT\nEND:VCALENDAR\n", b"")
    whole, broken = read_calendar(content, PARIS)
    assert booked(whole).uid == "a"
    assert code(broken) == "cut_off"


def test_an_alarm_inside_of_an_event_is_not_its_own_time() -> None:
    (line,) = read("BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nDTSTART:19700101T000000\nEND:VALARM\nSEQUENCE:1")
    assert booked(line).slot.start == utc(2027, 11, 9, 8)


def test_an_alarm_that_never_ends_does_not_swallow_the_repetition() -> None:
    (line,) = read("BEGIN:VALARM\nTRIGGER:-PT15M\nRRULE:FREQ=WEEKLY;COUNT=3")
    assert code(line) == "cut_off"


def test_text_is_unfolded_within_a_letter_and_freed_of_its_escapes() -> None:
    content = calendar(r"SUMMARY:Maquillage\, «\;» C:\\nouveau")
    folded = content.replace("«".encode(), "«".encode()[:1] + b"\r\n " + "«".encode()[1:])
    (line,) = read_calendar(folded, PARIS)
    assert booked(line).title == "Maquillage, «;» C:\\nouveau"


def test_the_newer_of_two_versions_holds() -> None:
    old, new = read("SUMMARY:Avant\nSEQUENCE:1", "SUMMARY:Après\nSEQUENCE:2")
    assert code(old) == "superseded"
    assert isinstance(old.found, Skipped)
    assert old.found.reason.facts == {"number": 2}
    assert booked(new).title == "Après"


def test_events_without_a_uid_are_events_of_their_own() -> None:
    one, other = read("UID:", "UID:")
    assert (booked(one).uid, booked(other).uid) == ("", "")


def test_a_calendar_of_cancellations_books_nothing() -> None:
    (line,) = read("UID:a", around="METHOD:CANCEL")
    assert code(line) == "cancelled"


WEEKLY: Callable[[str], str] = "DTSTART;TZID=Europe/Paris:20271019T090000\nDURATION:PT3H\nRRULE:FREQ=WEEKLY;{}".format


def starts(line: Line) -> list[datetime]:
    return [occurrence.recurs_at for occurrence in booked(line).occurrences]


TUESDAYS = [utc(2027, 10, 19, 7), utc(2027, 10, 26, 7), utc(2027, 11, 2, 8), utc(2027, 11, 9, 8)]


@pytest.mark.parametrize(
    "rule",
    [
        "COUNT=4",
        "BYDAY=TU;COUNT=4",
        "INTERVAL=1;BYDAY=TU;WKST=SU;COUNT=4",
        "UNTIL=20271109T080000Z",
        "UNTIL=20271116T075959Z",
        "UNTIL=20271109",
        "UNTIL=20271109T090000",
    ],
)
def test_a_weekly_nine_o_clock_stays_nine_o_clock(rule: str) -> None:
    (line,) = read(WEEKLY(rule))
    assert starts(line) == TUESDAYS


@pytest.mark.parametrize(
    "left_out",
    [
        "EXDATE;TZID=Europe/Paris:20271102T090000",
        "EXDATE:20271102T080000Z,20271103T080000Z",
        "EXDATE;VALUE=DATE:20271102",
        "EXDATE;TZID=Europe/Paris:20271102T140000\nEXDATE;TZID=Europe/Paris:20271102T090000",
    ],
)
def test_what_a_series_leaves_out_is_not_booked(left_out: str) -> None:
    (line,) = read(f"{WEEKLY('COUNT=4')}\n{left_out}")
    assert starts(line) == [TUESDAYS[0], TUESDAYS[1], TUESDAYS[3]]


def test_a_meeting_left_out_at_another_hour_is_none_of_the_series() -> None:
    (line,) = read(f"{WEEKLY('COUNT=4')}\nEXDATE;TZID=Europe/Paris:20271102T140000")
    assert starts(line) == TUESDAYS


def test_a_series_of_which_nothing_is_left_is_skipped() -> None:
    series, moved = read(
        f"{WEEKLY('COUNT=2')}\nEXDATE;TZID=Europe/Paris:20271019T090000",
        "RECURRENCE-ID;TZID=Europe/Paris:20271026T090000\nSUMMARY:Déplacée",
    )
    assert code(series) == "no_meetings_left"
    assert booked(moved).recurs_at == utc(2027, 10, 26, 7)


def test_a_cancelled_meeting_is_skipped_and_not_in_its_series() -> None:
    series, cancelled = read(WEEKLY("COUNT=4"), "RECURRENCE-ID:20271102T080000Z\nSTATUS:CANCELLED")
    assert starts(series) == [TUESDAYS[0], TUESDAYS[1], TUESDAYS[3]]
    assert code(cancelled) == "cancelled"


def test_whole_days_that_recur_over_the_clock_change() -> None:
    (line,) = read("DTSTART;VALUE=DATE:20271030\n-DTEND\nRRULE:FREQ=DAILY;COUNT=3")
    midnights = [utc(2027, 10, 29, 22), utc(2027, 10, 30, 22), utc(2027, 10, 31, 23), utc(2027, 11, 1, 23)]
    slots = [occurrence.slot for occurrence in booked(line).occurrences]
    assert slots == [Slot(*pair) for pair in pairwise(midnights)]


def test_an_endless_series_goes_as_far_as_the_house_plans() -> None:
    content = calendar(WEEKLY("BYDAY=TU"))
    (line,) = read_calendar(content, PARIS, horizon=datetime(2027, 11, 9, tzinfo=UTC).date())
    assert starts(line) == TUESDAYS


@pytest.mark.parametrize(
    ("outlook", "ours"),
    [
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;COUNT=3", "FREQ=MONTHLY;BYDAY=2TU;COUNT=3"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;WKST=SU;COUNT=3", "FREQ=MONTHLY;BYDAY=2TU;COUNT=3"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=9", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=9"),
    ],
)
def test_two_ways_of_writing_the_same_dates(outlook: str, ours: str) -> None:
    one, other = read(f"UID:a\nRRULE:{outlook}", f"UID:b\nRRULE:{ours}")
    assert starts(one) == starts(other)


OTHER_RULES = """BEGIN:VTIMEZONE
TZID:Réunion
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0400
TZOFFSETTO:+0400
END:STANDARD
END:VTIMEZONE"""


def test_a_zone_with_other_rules_than_the_site_is_not_taken_for_it() -> None:
    (line,) = read("DTSTART;TZID=Réunion:20271109T090000", around=OTHER_RULES)
    assert code(line) == "unknown_zone"
    named = OTHER_RULES.replace("TZID:Réunion", "TZID:Réunion\nX-LIC-LOCATION:Indian/Reunion")
    (line,) = read("DTSTART;TZID=Réunion:20271109T090000", around=named)
    assert booked(line).slot.start == utc(2027, 11, 9, 5)


def test_a_site_in_a_zone_whose_rules_are_not_written_here_reads_iana_names_only() -> None:
    events = ("UID:a\nDTSTART;TZID=Réunion:20271109T090000", "UID:b\nDTSTART;TZID=Indian/Reunion:20271109T090000")
    unknown, known = read_calendar(calendar(*events, around=OTHER_RULES), "America/New_York")
    assert code(unknown) == "unknown_zone"
    assert booked(known).slot.start == utc(2027, 11, 9, 5)


def test_a_zone_of_another_file_is_not_remembered() -> None:
    other = OTHER_RULES.replace("Réunion", "Ailleurs")
    Calendar.from_ical(calendar("DTSTART;TZID=Ailleurs:20271109T090000", around=other))
    (line,) = read("DTSTART;TZID=Ailleurs:20271109T090000")
    assert code(line) == "unknown_zone"


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        (b"", "file_empty"),
        (b"titre;date\nA;09/11/2027\n", "not_a_calendar"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no_events"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_000, "too_deep"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 5_001, "too_many_lines"),
        (b"BEGIN:VCALENDAR\n" + b"A" * 5_000_000, "file_too_large"),
        (calendar(*(f"UID:{n}\nRRULE:FREQ=DAILY;COUNT=366" for n in range(55))), "too_many_meetings"),
        (calendar(*(f"UID:{n}\nRRULE:FREQ=MONTHLY;BYMONTHDAY=30;COUNT=9" for n in range(41))), "too_many_meetings"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(file: bytes, wrong: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_calendar(file, PARIS)
    assert caught.value.code == wrong


def test_an_event_with_too_many_lines_is_entered_by_hand() -> None:
    too_many = "\n".join(f"ATTENDEE:mailto:a{n}@college.example" for n in range(2_001))
    dates = ",".join(["20271109T080000Z"] * 5_001)
    crowd, huge, skipping = read(
        f"UID:a\n{too_many}", "UID:b\n" + "X-A:1\n" * 5_001, f"UID:c\nEXDATE:{dates}\nRRULE:FREQ=DAILY;COUNT=2"
    )
    assert code(crowd) == "too_many_attendees"
    assert code(huge) == code(skipping) == "event_too_long"


def test_five_thousand_events_are_read_in_a_few_seconds() -> None:
    started = datetime.now(UTC)
    lines = read(*(f"UID:{n}" for n in range(5_000)))
    assert len(lines) == 5_000
    assert datetime.now(UTC) - started < timedelta(seconds=20)
