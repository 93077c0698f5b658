"""A mail's bytes: what RFC 5322, 2047 and 6047 ask, and what mail clients were seen to need."""

import re
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.calendar.entry import Entry, Party, render
from shared.calendar.imip import Letter, MalformedLetter, compose
from shared.calendar.text import clean_line

Build = Callable[..., Entry]
Write = Callable[..., Letter]
# the fixture only builds values, so that examples may share it
shared_fixture = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)


def read(mail: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(mail, policy=policy.SMTP))


def types(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def decoded(mail: bytes, header: str) -> str:
    """By the older reader: the newer one puts spaces between the encoded words of a name (Python 3.11)."""
    return str(make_header(decode_header(message_from_bytes(mail)[header])))


def mailbox(mail: bytes, header: str) -> tuple[str, str]:
    name, address = parseaddr(message_from_bytes(mail)[header])
    return str(make_header(decode_header(name))), address


def headers(mail: bytes) -> list[bytes]:
    return re.findall(rb"^([^\s:]+):", mail.split(b"\r\n\r\n")[0], re.MULTILINE)


@pytest.fixture
def invitation(an_entry: Build, a_letter: Write) -> Letter:
    return a_letter(calendar=render(an_entry(description="é" * 900), "REQUEST"), method="REQUEST")


def test_an_invitation_is_an_alternative_first_and_a_copy_after(invitation: Letter) -> None:
    message = read(compose(invitation))
    assert types(message) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_the_calendar_in_the_first_child_is_no_attachment(invitation: Letter) -> None:
    """Clients show the answer buttons for a body part, and a paper clip for an attachment."""
    alternative, copy = read(compose(invitation)).iter_parts()
    calendar = list(cast("EmailMessage", alternative).iter_parts())[-1]
    assert calendar.get_content_disposition() is None
    assert calendar.get_filename() is None
    assert copy.get_content_disposition() == "attachment"
    assert copy.get_filename() == copy.get_param("name") == "invite.ics"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_part_has_the_calendars_method(an_entry: Build, a_letter: Write, method: Any) -> None:
    mail = compose(a_letter(calendar=render(an_entry(), method), method=method))
    (calendar,) = (part for part in read(mail).walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == method
    assert calendar.get_param("charset") == "utf-8"
    assert f"\r\nMETHOD:{method}\r\n".encode() in calendar.get_payload(decode=True)


def test_the_calendar_travels_as_base64_without_a_bare_line_feed(invitation: Letter) -> None:
    parts = [part for part in read(compose(invitation)).walk() if part.get_content_type().endswith(("calendar", "ics"))]
    assert len(parts) == 2
    for part in parts:
        assert part["Content-Transfer-Encoding"] == "base64"
        content = part.get_payload(decode=True)
        assert content == invitation.calendar
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)


def test_lines_end_with_crlf_and_stay_short(invitation: Letter) -> None:
    mail = compose(invitation)
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", mail)
    assert max(len(line) for line in mail.split(b"\r\n")) <= 78
    assert mail.isascii()


def test_the_same_letter_gives_the_same_bytes(invitation: Letter) -> None:
    assert compose(invitation) == compose(invitation)


def test_another_letter_has_other_boundaries(a_letter: Write) -> None:
    one, other = (read(compose(a_letter(message_id=f"<{n}@atelier62.example>"))) for n in (1, 2))
    assert one.get_boundary() != other.get_boundary()


def test_no_boundary_occurs_in_what_it_parts(invitation: Letter) -> None:
    mail = compose(invitation)
    boundaries = [part.get_boundary() for part in read(mail).walk() if part.is_multipart()]
    assert len(set(boundaries)) == 2
    for boundary, parts in zip(boundaries, (2, 3), strict=True):
        assert mail.count(f"\r\n--{boundary}\r\n".encode()) == parts


def test_a_letter_without_a_calendar_is_two_ways_to_read_it(a_letter: Write) -> None:
    message = read(compose(a_letter()))
    assert types(message) == ["multipart/alternative", "text/plain", "text/html"]
    plain, page = message.iter_parts()
    assert cast("EmailMessage", plain).get_content() == "Bonjour Zoé,\r\n"
    assert cast("EmailMessage", page).get_content() == "<p>Bonjour Zoé,</p>\r\n"


def test_a_machines_letter_says_so(a_letter: Write) -> None:
    message = read(compose(a_letter()))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"


def test_names_and_subject_arrive_in_any_script(a_letter: Write) -> None:
    name = "Noémie O\u2019Brien-Müller, שלום 🎬 山田 " * 4
    letter = a_letter(recipient=Party("zoe@plan-sequence.example", name), subject=f"Été : {name}")
    mail = compose(letter)
    assert decoded(mail, "Subject") == f"Été : {name}".strip()
    assert mailbox(mail, "To") == (name.strip(), "zoe@plan-sequence.example")
    assert mailbox(mail, "From") == ("Atelier Canopé 62, Arras", "reservations@atelier62.example")
    assert mailbox(mail, "Reply-To") == ("Camille Dûment", "camille@college.example")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
@pytest.mark.parametrize(
    "address", ["eve@plan-sequence.example", "Zoe@plan-sequence.example", "e@plan-sequence.example"]
)
def test_only_an_attendee_gets_the_calendar(an_entry: Build, a_letter: Write, method: Any, address: str) -> None:
    """Whoever is not on the list under exactly this address sees no answer buttons."""
    calendar = render(an_entry(), method)
    assert a_letter(calendar=calendar, method=method)
    with pytest.raises(MalformedLetter):
        a_letter(calendar=calendar, method=method, recipient=Party(address))


def test_plain_names_stay_readable(a_letter: Write) -> None:
    mail = compose(a_letter(recipient=Party("zoe@plan-sequence.example", "Zoe Martin, Plan Sequence")))
    assert b'\r\nTo: "Zoe Martin, Plan Sequence"\r\n <zoe@plan-sequence.example>\r\n' in mail


def test_date_and_message_id_are_the_letters(a_letter: Write) -> None:
    message = read(compose(a_letter()))
    assert message["Date"].datetime == a_letter().date
    assert message["Message-ID"] == "<delivery-7.1@atelier62.example>"


def test_a_letter_without_reply_address_has_none(a_letter: Write) -> None:
    assert read(compose(a_letter(reply_to=None)))["Reply-To"] is None


@pytest.mark.parametrize(
    "otherwise",
    [
        {"message_id": "<1@atelier62.example>\r\nBcc: eve@x.example"},
        {"message_id": "1@atelier62.example"},
        {"message_id": "<1@atelier62.example>\n"},
        {"date": datetime(2027, 1, 4, 8)},  # noqa: DTZ001 - the missing zone is what is refused
        {"method": "REQUEST"},
        {"calendar": b"BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"},
        {"calendar": b"BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n", "method": "REQUEST"},
    ],
)
def test_a_malformed_letter_cannot_be_made(a_letter: Write, otherwise: dict[str, Any]) -> None:
    with pytest.raises(MalformedLetter):
        a_letter(**otherwise)


hostile = st.text(
    st.one_of(st.characters(), st.sampled_from('\r\n\t\0\x0b\x1f\x7f\x85\u2028\u202e\ud800;:,"\\<>@()=?_ n')),
    max_size=150,
)


@shared_fixture
@given(hostile, hostile, hostile)
def test_no_text_breaks_out_of_its_header(a_letter: Write, subject: str, name: str, text: str) -> None:
    plain = a_letter()
    party = Party("zoe@plan-sequence.example", name)
    mail = compose(a_letter(subject=subject, recipient=party, sender=party, reply_to=party, text=text, html=text))
    assert headers(mail) == headers(compose(plain))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", mail)
    assert max(len(line) for line in mail.split(b"\r\n")) <= 78
    assert types(read(mail)) == types(read(compose(plain)))
    assert decoded(mail, "Subject") == clean_line(subject)
    for header in ("From", "To", "Reply-To"):
        assert mailbox(mail, header) == (clean_line(name), "zoe@plan-sequence.example")
