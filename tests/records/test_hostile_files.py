"""Whatever bytes come from outside: lines, or one clear error; never anything else, and never for long."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.domain.errors import InvalidInputError
from shared.records.from_calendar import read_calendar
from shared.records.from_csv import read_csv
from shared.records.lines import Booking, Line, Unreadable
from shared.records.report import Report, Verdict, about, unasked
from tests import memory

PARIS = "Europe/Paris"
FILES = Path(__file__).parent / "files"
SAVED = [path.read_bytes() for path in sorted(FILES.iterdir())]
READERS: list[Callable[[bytes, str], list[Line]]] = [read_csv, read_calendar]
TOKENS = [
    *(b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VTIMEZONE\r\n", b"END:VCALENDAR\r\n"),
    *(b"UID:1\r\n", b"SUMMARY:A\r\n", b"DTSTART", b"DTEND", b"DURATION", b"RRULE:", b"EXDATE", b"RECURRENCE-ID"),
    *(b";TZID=Europe/Paris", b";TZID=", b";VALUE=DATE", b":", b"20271109T090000", b"20271109", b"99991231T235959Z"),
    *(b"P1D", b"PT999999999S", b"P999W", b"FREQ=", b"DAILY", b"WEEKLY", b"MONTHLY", b"SECONDLY", b"YEARLY", b"COUNT=3"),
    *(b";INTERVAL=0", b";BYDAY=MO,6TU", b";BYSETPOS=-9", b";UNTIL=20279999T999999", b";WKST=", b"ATTENDEE", b"mailto:"),
    *(b"titre;", b"date;", b"debut;", b"fin;", b"salle;", b"personnes;", b"mail;", b"\n", b'"', b"=", b"'", b";", b","),
    *(b"09/11/2027", b"31/02/2027", b"9h", b"25h", b"matin", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\xe9", b"{0}"),
]


def check(read: Callable[[bytes, str], list[Line]], content: bytes) -> None:
    try:
        lines = read(content, PARIS)
    except InvalidInputError as error:
        lines = []
        sentences = error.details["sentences"]
        assert sentences
    told = [unasked(line) or about(line, Verdict.WOULD_BE_BOOKED) for line in lines]
    report = Report(tuple(told))
    assert len(report.lines) == len(lines)
    for line in report.lines:
        assert all(line.sentences("fr") + line.sentences("en"))
    for line in lines:
        assert "\n" not in line.text
        if isinstance(line.found, Booking):
            assert line.found.title
            assert "\n" not in line.found.title


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=300, deadline=None, derandomize=True)
@given(content=st.binary(max_size=400))
@example(content=b"\xff\xfe\x00")
def test_any_bytes(read: Callable[[bytes, str], list[Line]], content: bytes) -> None:
    check(read, content)


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=300, deadline=None, derandomize=True)
@given(content=st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join))
def test_any_order_of_what_files_are_made_of(read: Callable[[bytes, str], list[Line]], content: bytes) -> None:
    check(read, content)


@pytest.mark.parametrize("saved", SAVED)
@pytest.mark.parametrize("read", READERS)
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_damage_to_a_real_file(read: Callable[[bytes, str], list[Line]], saved: bytes, data: st.DataObject) -> None:
    content = saved
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.integers(0, 40))
        put = data.draw(st.one_of(st.binary(max_size=4), st.sampled_from(TOKENS)))
        content = content[:place] + put + content[place + gone :]
    check(read, content)


HEAD = b"BEGIN:VCALENDAR\n"
EVENT = b"BEGIN:VEVENT\nUID:%d\nSUMMARY:A\nDTSTART:20271109T080000Z\nDTEND:20271109T090000Z\n%s\nEND:VEVENT\n"
IN_ZONE = b"BEGIN:VEVENT\nUID:%d\nSUMMARY:A\nDTSTART;TZID=%s:20271109T080000\nDTEND:20271109T190000Z\nEND:VEVENT\n"
LARGE = {
    "one long line": b"A" * 4_900_000,
    "one long cell": b'titre;date\n"' + b"A" * 4_900_000 + b'"',
    "many separators": b"titre;date\n" + b";" * 4_900_000,
    "many headings": b"titre;date;" + b"a;" * 2_400_000,
    "many blank rows": b"titre;date\n" + b"\n" * 4_900_000,
    "many quotation marks": b"titre;date\n" + b'"";' * 1_600_000,
    "folded for ever": HEAD + EVENT % (1, b"X-A:" + b"\n " * 2_400_000),
    "a long property": HEAD + EVENT % (1, b"DESCRIPTION:" + b"\\n" * 2_400_000),
    "many parameters": HEAD + EVENT % (1, b"DTSTART" + b";A=B" * 1_200_000 + b":20271109T080000Z"),
    "many open quotes": HEAD + EVENT % (1, b"ATTENDEE" + b';A="' * 1_200_000),
    "many dates left out": HEAD + EVENT % (1, b"EXDATE:" + b"20271109T080000Z," * 280_000),
    "many properties": HEAD + EVENT % (1, b"A:\n" * 1_600_000),
    "many zones": HEAD + b"BEGIN:VTIMEZONE\nTZID:A\nEND:VTIMEZONE\n" * 100_000 + EVENT % (1, b""),
    "many unknown zones": HEAD + b"".join(EVENT % (n, b"EXDATE;TZID=A/%d:20271109T080000" % n) for n in range(5_000)),
    "many endless series": HEAD + b"".join(EVENT % (n, b"RRULE:FREQ=DAILY") for n in range(5_000)),
    "many days that never come": HEAD
    + b"".join(EVENT % (n, b"RRULE:FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=9") for n in range(5_000)),
    "one zone by many names": HEAD
    + b"BEGIN:VTIMEZONE\nTZID:A\n"
    + b"BEGIN:STANDARD\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\n" * 900
    + b"END:VTIMEZONE\n"
    + b"".join(IN_ZONE % (n, b"\\" * n + b"A") for n in range(2_000)),
    "a long definition of a zone": HEAD
    + b"BEGIN:VTIMEZONE\nTZID:A\n"
    + b"BEGIN:STANDARD\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\n" * 40_000
    + b"END:VTIMEZONE\n"
    + b"".join(IN_ZONE % (n, b"\\" * n + b"A") for n in range(300)),
    "many zones that nobody knows": HEAD + b"".join(IN_ZONE % (n, b"A/%d" % n) for n in range(5_000)),
    "many lines": HEAD + b"\n" * 4_900_000,
    "a zone that changes each second": HEAD
    + b"BEGIN:VTIMEZONE\nTZID:A\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=SECONDLY\nTZOFFSETFROM:+0100\n"
    + b"TZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
    + EVENT % (1, b"EXDATE;TZID=A:20271109T080000"),
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
@pytest.mark.timeout(30)
def test_no_file_keeps_the_reader_busy(content: bytes) -> None:
    check(read_calendar if content.startswith(HEAD) else read_csv, content)


GREEDY = {
    "many parameters": EVENT % (1, b"DTSTART" + b";A=B" * 1_200_000 + b":20271109T080000Z"),
    "many values of one": EVENT % (1, b"SUMMARY;A=" + b"," * 4_900_000 + b":B"),
    "a long list of days": EVENT % (1, b"RRULE:FREQ=MONTHLY;BYDAY=" + b",".join([b"1MO"] * 1_200_000)),
}


@pytest.mark.parametrize("event", GREEDY.values(), ids=GREEDY)
def test_no_line_takes_more_memory_than_a_few_times_its_length(event: bytes) -> None:
    script = (
        "import sys\n"
        "from shared.records.from_calendar import read_calendar\n"
        "from tests.memory import peak\n"
        "content = sys.stdin.buffer.read()\n"
        "before = peak()\n"
        "read_calendar(content, 'Europe/Paris')\n"
        "print(peak() - before)\n"
    )
    assert memory.of_a_process(script, HEAD + event) < 60_000_000


@pytest.mark.parametrize("name", [b"localtime", b"posixrules", b"Factory"])
def test_no_zone_is_that_of_this_machine(name: bytes) -> None:
    lines = read_calendar(HEAD + IN_ZONE % (1, name), PARIS)
    found = lines[0].found
    assert isinstance(found, Unreadable)
    assert found.reason.code == "unknown_zone"
