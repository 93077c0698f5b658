"""iMIP mails as other people's calendars send them, byte for byte: an answer to us, and what a room is asked."""

from datetime import UTC, datetime

MAIL = """\
From: {name} <{sender}>\r
To: {to}\r
Subject: {method}: {uid}\r
Message-ID: <{message_id}@{domain}>\r
MIME-Version: 1.0\r
Content-Type: text/calendar; charset=utf-8; method={method}\r
\r
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Somebody//EN\r
METHOD:{method}\r
BEGIN:VEVENT\r
{lines}END:VEVENT\r
END:VCALENDAR\r
"""


def reply(uid: str, attendee: str, partstat: str, *, sequence: int, dtstamp: datetime, to: str) -> bytes:
    """Somebody answers an invitation of ours; the same answer is the same bytes."""
    lines = [
        f"UID:{uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(dtstamp)}",
        f"ORGANIZER:mailto:{to}",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{attendee}",
    ]
    return _mail("REPLY", uid, attendee, to, lines, f"{_utc(dtstamp)}.{partstat}.{attendee}.{uid}")


def request(
    uid: str, organizer: str, room: str, start: datetime, end: datetime, *, sequence: int = 0, method: str = "REQUEST"
) -> bytes:
    """Somebody invites a room to an entry of theirs, or changes it, or cancels it."""
    lines = [
        f"UID:{uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(datetime(2027, 1, 1, tzinfo=UTC))}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(end)}",
        f"SUMMARY:{uid.partition('@')[0]}",
        f"ORGANIZER:mailto:{organizer}",
        f"ATTENDEE;CUTYPE=ROOM;RSVP=TRUE:mailto:{room}",
        *(["STATUS:CANCELLED"] if method == "CANCEL" else []),
    ]
    return _mail(method, uid, organizer, room, lines, f"{method}.{sequence}.{uid}")


def _mail(method: str, uid: str, sender: str, to: str, lines: list[str], message_id: str) -> bytes:
    name, _, domain = sender.partition("@")
    return MAIL.format(
        name=name.title(),
        sender=sender,
        to=to,
        method=method,
        uid=uid,
        message_id=message_id.replace("@", "."),
        domain=domain,
        lines="".join(f"{_folded(line)}\r\n" for line in lines),
    ).encode()


def _folded(line: str) -> str:
    """At 75 octets (RFC 5545 section 3.1)."""
    return "\r\n ".join(line[at : at + 74] for at in range(0, len(line), 74))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
