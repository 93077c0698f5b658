"""Mails and calendars made to keep a reader busy, or to fill its memory; each is made when it is asked for."""

from collections.abc import Callable

HEAD = b"From: zoe@college.example\r\nMIME-Version: 1.0\r\n"
CALENDAR = HEAD + b"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
BASE64 = HEAD + b"Content-Type: text/calendar; method=REQUEST\r\nContent-Transfer-Encoding: base64\r\n\r\n"
QUOTED = HEAD + b"Content-Type: text/calendar; method=REQUEST\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
MIXED = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
BEGIN = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"
EVENT = b"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20271109T080000Z\r\nDTEND:20271109T090000Z\r\n"
END = b"END:VEVENT\r\nEND:VCALENDAR\r\n"
ZONE = b"BEGIN:STANDARD\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n"


def event(*lines: bytes) -> bytes:
    return CALENDAR + BEGIN + EVENT + b"".join(line + b"\r\n" for line in lines) + END


def nested(depth: int) -> bytes:
    parts = (b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(depth))
    return HEAD + b"".join(parts) + b"\r\nx"


# refused, with the code
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "50 MB": (lambda: CALENDAR + BEGIN + b"X-A:" + b"A" * 50_000_000, "mail_too_large"),
    "a calendar of 19 MB": (lambda: CALENDAR + BEGIN + b"X-A:" + b"A" * 19_000_000, "calendar_too_large"),
    "a calendar of 14 MB in base64": (lambda: BASE64 + b"QUJD" * 4_750_000, "calendar_too_large"),
    "a calendar of 2 MB in base64": (lambda: BASE64 + b"QUJD" * 700_000, "calendar_too_large"),
    "a calendar in quoted-printable": (lambda: QUOTED + b"=41" * 1_000_001, "calendar_too_large"),
    "a million attendees": (
        lambda: CALENDAR + BEGIN + EVENT + b"ATTENDEE:a@b.fr\r\n" * 1_000_000,
        "calendar_too_large",
    ),
    "3,000 attendees": (
        lambda: event(*(b"ATTENDEE:mailto:%d@a.fr" % n for n in range(3_000))),
        "too_many_attendees",
    ),
    "100,000 instances": (lambda: event(b"RRULE:FREQ=DAILY;COUNT=100000"), "too_many_dates"),
    "a date each second": (lambda: event(b"RRULE:FREQ=SECONDLY;UNTIL=21991231T000000Z"), "too_many_dates"),
    "a count of many digits": (lambda: event(b"RRULE:FREQ=DAILY;COUNT=" + b"9" * 400), "too_many_dates"),
    "a long rule": (lambda: event(b"RRULE:FREQ=DAILY;BYDAY=" + b"MO," * 10_000), "rule_too_long"),
    "50,000 dates left out": (lambda: event(b"EXDATE:" + b"20271109T080000Z," * 5_000), "too_many_dates"),
    "50,000 dates added": (
        lambda: event(*(b"RDATE;VALUE=PERIOD:20271109T080000Z/PT1H" for _ in range(4_000))),
        "too_many_dates",
    ),
    "a million folds": (lambda: event(b"X-A:" + b"\r\n A" * 330_000), "calendar_too_large"),
    "a million lines": (lambda: event(b"\r\n" * 480_000), "calendar_too_large"),
    "components without an end": (lambda: CALENDAR + BEGIN + b"BEGIN:VEVENT\r\n" * 60_000, "calendar_too_large"),
    "600 components": (lambda: CALENDAR + BEGIN + (EVENT + b"END:VEVENT\r\n") * 600, "too_many_components"),
    "a deep calendar": (lambda: CALENDAR + BEGIN + b"BEGIN:A\r\n" * 15_000, "too_deep"),
    "a deep mail": (lambda: nested(1_000), "too_deep"),
    "a very deep mail": (lambda: nested(150_000), "too_many_parts"),
    "many parts": (lambda: MIXED + b"--b\r\n\r\nx\r\n" * 900_000, "too_many_parts"),
    "many parts of one line": (lambda: MIXED + b"--b\n" * 4_000_000, "too_many_parts"),
    "many parts within parts": (
        lambda: MIXED + (b'--b\r\nContent-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n') * 200_000,
        "too_many_parts",
    ),
    "almost a delimiter": (lambda: MIXED + b"--bb\n" * 3_900_000, "too_many_parts"),
    "a header without an end": (lambda: b"X-A: " + b"A" * 19_000_000, "header_too_long"),
    "a header of many lines": (lambda: b"X-A: 1\r\n" * 9_000 + b"\r\nx", "too_many_header_fields"),
    "a header folded for ever": (lambda: b"X-A: 1\r\n" + b" \r\n" * 80_000 + b"\r\nx", "header_too_long"),
    "a header of a part without an end": (lambda: MIXED + b"--b\r\nX-A: " + b"A" * 19_000_000, "header_too_long"),
    "many calendars": (
        lambda: MIXED + (b"--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n" + BEGIN + EVENT + END) * 50,
        "several_calendars",
    ),
    "unknown zones": (
        lambda: event(*(b"EXDATE;TZID=A/%d:20271109T080000" % n for n in range(900))),
        "unknown_zone",
    ),
    "one zone by many names": (
        lambda: CALENDAR
        + BEGIN
        + b"BEGIN:VTIMEZONE\r\nTZID:A\r\n"
        + ZONE * 900
        + b"END:VTIMEZONE\r\n"
        + EVENT
        + b"".join(b"EXDATE;TZID=%sA:20271109T080000\r\n" % (b"\\" * n) for n in range(600))
        + END,
        "unknown_zone",
    ),
    "a zone with a rule for each second": (
        lambda: event(b"EXDATE;TZID=A:20271109T080000").replace(
            EVENT,
            b"BEGIN:VTIMEZONE\r\nTZID:A\r\n"
            + ZONE.replace(b"YEARLY", b"SECONDLY") * 3_000
            + b"END:VTIMEZONE\r\n"
            + EVENT,
        ),
        "unknown_zone",
    ),
}  # fmt: skip

# read all the same, and not for long
READ: dict[str, Callable[[], bytes]] = {
    "19 MB of something else": lambda: HEAD + b"Content-Type: application/pdf\r\n\r\n" + b"A" * 19_000_000,
    "19 MB of line breaks": lambda: MIXED + b"\n" * 19_000_000,
    "19 MB of text in base64": lambda: (
        HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 4_700_000
    ),
    "a boundary of dashes": lambda: (
        HEAD + b'Content-Type: multipart/mixed; boundary="' + b"-" * 60 + b'"\r\n\r\n' + b"-" * 19_000_000
    ),
    "a subject of encoded words": lambda: b"Subject: " + b"=?utf-8?q?=?= " * 15_000 + b"\r\n\r\n",
    "a subject of question marks": lambda: b"Subject: " + b"=?a?b?" * 40_000 + b"\r\n\r\n",
    "a From of comments": lambda: b"From: " + b"(" * 200_000 + b"\r\n\r\n",
    "a From of quotation marks": lambda: b"From: " + b'"\\' * 490 + b"\r\n\r\n",
    "parameters of a type": lambda: b"Content-Type: a/b" + b";a=b" * 60_000 + b"\r\n\r\n",
    "quotation marks of a type": lambda: b"Content-Type: a/b" + b';a="\\' * 50_000 + b"\r\n\r\n",
    "parameters of a property": lambda: event(b"ATTENDEE" + b";A=B" * 230_000 + b":mailto:a@b.fr"),
    "quotation marks of a property": lambda: event(b"ATTENDEE" + b';A="' * 230_000 + b":mailto:a@b.fr"),
    "values of a parameter": lambda: event(b"ATTENDEE;DELEGATED-TO=" + b'"mailto:a@b.fr",' * 6_000 + b":mailto:a@b.fr"),
    "mailto and mailto": lambda: event(b"ATTENDEE:" + b"mailto:" * 14_000 + b"a@b.fr"),
    "escapes": lambda: event(b"DESCRIPTION:" + b"\\n" * 49_000, b"SUMMARY:" + b"\\" * 90_000),
    "a long UID of blanks": lambda: event(b"X-A:" + b" " * 900_000),
    "empty dates": lambda: event(b"EXDATE:20271109T080000Z", *(b"X-A" for _ in range(4_000))),
    "2,000 attendees": lambda: event(*(b"ATTENDEE;CN=%d:mailto:%d@a.fr" % (n, n) for n in range(2_000))),
    "an unending delivery status": lambda: (
        HEAD
        + b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
        + b"Action: failed\r\n\r\n" * 1_000_000
    ),
    "a delivery status of blanks": lambda: (
        HEAD
        + b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
        + b"Action: failed\r\n" + b" \t" * 9_000_000
    ),
}  # fmt: skip
