"""Where in a mail its calendar is, what it is encoded in, and what else a mail says; whole mails are in `dialects`."""

import base64

import pytest

from shared.itip.incoming import Incoming, Scheduling, UnreadableMail
from shared.itip.reading import read_mail
from tests.itip.writing import PARIS, calendar, mail, part, several

ANSWER = calendar("SUMMARY:Goûter", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:zoe@college.example")
BROKEN = ANSWER.replace("END:VEVENT\r\n", "")
OTHER = calendar("SUMMARY:Autre", uid="another")
ATTACHED = 'Content-Disposition: attachment; filename="invite.ics"\r\n'
TEXT = part("Bonjour", "text/plain")


def read(raw: bytes) -> Incoming:
    return read_mail(raw, PARIS)


def asked(raw: bytes) -> Scheduling:
    scheduling = read(raw).scheduling
    assert scheduling
    return scheduling


PLACES = {
    "beside its words": mail(TEXT, part(ANSWER), kind="alternative"),
    "alone": b"From: zoe@college.example\r\n" + part(ANSWER),
    "alone and to be attached": b"From: zoe@college.example\r\n" + part(ANSWER, more=ATTACHED),
    "below": mail(several(TEXT, part(ANSWER), kind="alternative"), part("x", "application/pdf")),
    "in base64": mail(TEXT, part(ANSWER, encoding="base64")),
    "in BASE64": mail(TEXT, part(ANSWER, encoding="base64").replace(b"base64", b"Base64 ")),
    "attached without a type": mail(TEXT, part(ANSWER, "application/octet-stream", more=ATTACHED)),
    "attached as application/ics": mail(TEXT, part(ANSWER, "application/ics", "base64")),
    "attached under a name that is encoded": mail(
        TEXT, part(ANSWER, "application/x; name*0*=utf-8''r%C3%A9ponse; name*1=.ICS", "base64")
    ),
    "without METHOD in its type": mail(TEXT, part(ANSWER, "text/calendar; charset=utf-8")),
    "with another METHOD in its type": mail(TEXT, part(ANSWER, "text/calendar; method=REQUEST")),
    "with METHOD in its type only": mail(TEXT, part(ANSWER.replace("METHOD:REPLY\r\n", ""))),
    "twice the same": mail(TEXT, part(ANSWER), part(ANSWER, "application/ics", "base64", ATTACHED)),
    "twice in one kind": mail(part(ANSWER), part(ANSWER, encoding="base64")),
    "beside a file about something else": mail(part(ANSWER), part(OTHER, "text/calendar", more=ATTACHED)),
    "attached, where the first one is broken": mail(part(BROKEN), part(ANSWER, "application/ics", "base64")),
    "with line feeds only": mail(TEXT, part(ANSWER)).replace(b"\r\n", b"\n"),
    "with a byte order mark": mail(TEXT, part(b"\xef\xbb\xbf" + ANSWER.encode())),
    "in a boundary without an end": mail(TEXT, part(ANSWER)).replace(b"--b--", b""),
    "in a mail from an mbox": b"From zoe Tue Nov  9 09:00:00 2027\r\n" + mail(TEXT, part(ANSWER)),
    "in a charset that is not true": mail(part(ANSWER, "text/calendar; method=REPLY; charset=iso-8859-1")),
    "in a charset that nobody knows": mail(part(ANSWER, "text/calendar; method=REPLY; charset=x-unknown")),
    "in Latin-1 that claims to be UTF-8": mail(part(ANSWER.encode("cp1252"))),
    "in Latin-9": mail(part(ANSWER.encode("iso-8859-15"), "text/calendar; method=REPLY; charset=iso-8859-15")),
    "in UTF-16": mail(
        part(ANSWER.encode("utf-16"), "text/calendar; method=REPLY; charset=utf-16", encoding="base64")
    ),
    "with base64 that has lost its end": mail(
        b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(ANSWER.encode() + b"\r\n\r\n").rstrip(b"=")
    ),
    "with base64 among which somebody wrote": mail(
        part(ANSWER, encoding="base64").replace(b"\n", b"\n!-- \n")
    ),
    "in a signed mail": mail(several(part(ANSWER), part("x", "application/pgp-signature"), kind="signed")),
}  # fmt: skip


@pytest.mark.parametrize("raw", PLACES.values(), ids=PLACES)
def test_a_calendar_is_found_wherever_it_is(raw: bytes) -> None:
    scheduling = asked(raw)
    assert (scheduling.method, scheduling.uid) == ("REPLY", "7@creneau.example")
    [component] = scheduling.components
    assert component.summary == "Goûter"
    assert component.attendees[0].partstat == "ACCEPTED"


UNASKED = {
    "nothing": (mail(TEXT), ""),
    "published": (mail(TEXT, part(calendar(method="PUBLISH"), "text/calendar; method=REQUEST")), "published"),
    "no METHOD anywhere": (mail(TEXT, part(calendar(method=""), "text/calendar")), "no_method"),
    "a task": (mail(part(ANSWER.replace("VEVENT", "VTODO"))), "no_event"),
    "free and busy": (mail(part(ANSWER.replace("VEVENT", "VFREEBUSY"))), "no_event"),
    "a mail within a mail": (mail(part(several(part(ANSWER)), "message/rfc822")), ""),
    "a calendar in words": (mail(part(ANSWER, "text/plain")), ""),
    "Outlook's own format": (mail(TEXT, part(b"x", "application/ms-tnef; name=winmail.dat")), "winmail"),
    "a multipart without a boundary": (b"Content-Type: multipart/mixed\r\n\r\n" + ANSWER.encode(), ""),
}


@pytest.mark.parametrize(("raw", "instead"), UNASKED.values(), ids=UNASKED)
def test_a_mail_that_asks_for_nothing_says_what_there_was(raw: bytes, instead: str) -> None:
    found = read(raw)
    assert (found.scheduling, found.unasked) == (None, instead)


UNREADABLE = {
    "two that differ": (mail(part(ANSWER), part(OTHER)), "several_calendars"),
    "no calendar in it": (mail(part("Bonjour")), "not_a_calendar"),
    "cut off": (mail(part(BROKEN)), "cut_off"),
    "empty": (mail(part("")), "file_empty"),
    "no METHOD but a sentence": (mail(part(calendar(method="please accept"))), "bad_method"),
}


@pytest.mark.parametrize(("raw", "code"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_calendar_that_cannot_be_read_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(UnreadableMail) as caught:
        read(raw)
    assert caught.value.code == code
    assert str(caught.value)


def test_a_method_that_nobody_knows_is_told_as_it_is() -> None:
    assert asked(mail(part(calendar(method="DANCE")))).method == "DANCE"


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        (b"Subject: Bonjour", "Bonjour"),
        (b"Subject:\r\n Bonjour\r\n  Zo\xc3\xa9", "Bonjour Zoé"),
        (b"Subject: caf\xe9", "café"),
        (b"Subject: =?utf-8?q?caf=C3=A9_=C3=A0?= =?utf-8?q?_deux?=", "café à deux"),
        (b"Subject: =?utf-8?b?Y2Fmw6k=?= au =?iso-8859-1?q?th=E9?=", "café au thé"),
        (b"Subject: =?utf-8?b?8J+O?= =?utf-8?b?rA==?=", "🎬"),
        (b"Subject: =?utf-8*fr?q?caf=C3=A9?=", "café"),
        (b"Subject: =?x-unknown?q?caf=C3=A9?=", "café"),
        (b"Subject: =?utf-8?b?Y2Fmw6?=", "cafÃ"),
        (b"Subject: a\x00b\x1b[31m", "ab[31m"),
        (b"Subject: " + b"a" * 2_000, "a" * 500),
        (b"X-Other: x", ""),
    ],
)
def test_a_subject_is_one_clean_line(field: bytes, subject: str) -> None:
    assert read(field + b"\r\n\r\n").subject == subject


@pytest.mark.parametrize(
    ("field", "is_so"),
    [
        (b"Auto-Submitted: auto-replied", True),
        (b'Auto-Submitted: AUTO-GENERATED; owner-email="a@b"', True),
        (b"Auto-Submitted: no", False),
        (b"Auto-Submitted: No ; x=y", False),
        (b"Precedence: bulk", False),
    ],
)
def test_what_a_program_sends_by_itself_says_so(field: bytes, is_so: bool) -> None:
    assert read(field + b"\r\n\r\n").auto_submitted is is_so


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b"Message-ID: <a@b.fr>", "<a@b.fr>"),
        (b"Message-Id:\r\n <a@b.fr> (sent)", "<a@b.fr>"),
        (b"MESSAGE-ID: a@b.fr", "a@b.fr"),
        (b"Message-ID: <" + b"a" * 900 + b">", "<" + "a" * 499),
    ],
)
def test_a_mail_is_known_by_its_message_id(field: bytes, name: str) -> None:
    assert read(field + b"\r\n\r\n").message_id == name


def test_words_are_the_first_plain_text_and_not_all_of_it() -> None:
    long = part("Bonjour " * 10_000, "text/plain")
    notes = part("notes", "text/plain", more=ATTACHED.replace("ics", "txt"))
    found = read(mail(part("<p>x</p>", "text/html"), notes, long, TEXT))
    assert found.text.startswith("Bonjour Bonjour")
    assert len(found.text) <= 10_000
