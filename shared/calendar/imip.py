"""A mail and its bytes: with a calendar as RFC 6047 asks and as Gmail, Outlook, Apple and Thunderbird read it."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from shared.calendar.address import wire_address
from shared.calendar.entry import Party
from shared.calendar.text import clean_line, clean_text

# What fits behind "Reply-To: " on a line of 76 characters (RFC 2047 section 2), bare or as base64.
_PLAIN_LENGTH = 60
_PLAIN_NAME = re.compile(rf"[A-Za-z0-9 .,'-]{{1,{_PLAIN_LENGTH}}}")
_WORD_OCTETS = 39
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,200}@[A-Za-z0-9.-]{1,200}>")


class MalformedLetter(ValueError):  # noqa: N818 - named as what it says, like the domain's errors
    """A letter whose parts do not fit together."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to one recipient.

    `message_id` with its angle brackets, `date` aware, `sender` on the site's own mail domain, `calendar` and `method`
    both or neither. Raises MalformedLetter.
    """

    message_id: str
    date: datetime
    sender: Party
    recipient: Party
    subject: str
    text: str
    html: str
    reply_to: Party | None = None
    calendar: bytes | None = None
    method: str | None = None

    def __post_init__(self) -> None:
        if not _MESSAGE_ID.fullmatch(self.message_id):
            raise MalformedLetter(f"not a message id: {self.message_id!r}")
        if self.date.utcoffset() is None:
            raise MalformedLetter("a date without offset is an error, never a guess")
        if (self.calendar is None) != (self.method is None):
            raise MalformedLetter("a calendar has a method and a method has a calendar")
        if self.calendar is not None and f"\r\nMETHOD:{self.method}\r\n".encode() not in self.calendar:
            raise MalformedLetter(f"the calendar's own METHOD is not {self.method}")
        if self.method in {"REQUEST", "CANCEL"} and not self._names_its_recipient():
            raise MalformedLetter(f"{self.recipient.address} is not an attendee of the calendar, so could not answer")

    def _names_its_recipient(self) -> bool:
        attendees = re.findall(rb"^ATTENDEE[;:].*:mailto:(.*)\r$", _unfolded(self.calendar or b""), re.MULTILINE)
        return wire_address(self.recipient.address).encode("ascii") in attendees


def compose(letter: Letter) -> bytes:
    """The whole mail, CRLF throughout; the same letter gives the same bytes, so that a retry repeats itself."""
    content = EmailMessage(policy=policy.SMTP)  # the default policy would put bare LF into the calendar
    content.set_content(clean_text(letter.text), cte="quoted-printable")
    content.add_alternative(clean_text(letter.html), subtype="html", cte="quoted-printable")
    if letter.calendar is not None:
        content.add_alternative(
            letter.calendar,
            maintype="text",
            subtype="calendar",
            params={"charset": "utf-8", "method": letter.method},
        )
        # Outlook and Thunderbird read the alternative, some webmails only the attached copy
        content.add_attachment(
            letter.calendar, maintype="application", subtype="ics", filename="invite.ics", params={"name": "invite.ics"}
        )
    _fix_boundaries(content, letter.message_id)
    return "".join(f"{line}\r\n" for line in _headers(letter)).encode("ascii") + content.as_bytes()


def _headers(letter: Letter) -> Iterator[str]:
    """Written here rather than by the library, whose folding of encoded words differs from one Python to the next."""
    yield f"Message-ID: {letter.message_id}"
    yield f"Date: {format_datetime(letter.date.astimezone(UTC))}"
    yield f"From: {_mailbox(letter.sender)}"
    yield f"To: {_mailbox(letter.recipient)}"
    if letter.reply_to is not None:
        yield f"Reply-To: {_mailbox(letter.reply_to)}"
    yield f"Subject: {_words(clean_line(letter.subject))}"
    yield "Auto-Submitted: auto-generated"  # RFC 3834
    yield "X-Auto-Response-Suppress: All"  # the same for Exchange


def _mailbox(party: Party) -> str:
    address, name = wire_address(party.address), clean_line(party.name)
    if not name:
        return address
    shown = f'"{name}"' if _PLAIN_NAME.fullmatch(name) else _encoded_words(name)
    return f"{shown}\r\n <{address}>"


def _words(text: str) -> str:
    plain = text.isascii() and len(text) <= _PLAIN_LENGTH and "=?" not in text
    return text if plain else _encoded_words(text)


def _encoded_words(text: str) -> str:
    """RFC 2047 section 2: words of at most 75 characters, each whole characters, one on a line."""
    chunks = [b""]
    for character in text:
        octets = character.encode()
        if len(chunks[-1]) + len(octets) > _WORD_OCTETS:
            chunks.append(b"")
        chunks[-1] += octets
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode('ascii')}?=" for chunk in chunks)


def _unfolded(calendar: bytes) -> bytes:
    return calendar.replace(b"\r\n ", b"")


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Boundaries that the message id determines: random ones would make every retry another mail."""
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"={hashlib.sha256(f'{depth}{message_id}'.encode()).hexdigest()[:40]}")
