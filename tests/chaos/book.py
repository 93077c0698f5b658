"""What is there when it is calm again: the book as the database has it, and the mails as the mail server kept them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import icalendar
from sqlalchemy import Engine, Row, text

from tests.mail.server import Kept, read_folder

WAITING = text("""
SELECT (SELECT count(*) FROM reservation WHERE turn IS NOT NULL) AS requests,
       (SELECT count(*) FROM reservation WHERE unannounced_since IS NOT NULL) AS unannounced,
       (SELECT count(*) FROM inbound_mail WHERE state = 'waiting') AS unhandled,
       (SELECT count(*) FROM timer WHERE due_at <= now()) AS overdue,
       (SELECT count(*) FROM event WHERE relayed_at IS NULL) AS unrelayed,
       (SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending', 'committing')) AS unsent
""")
QUERIES = {
    "reservations": "SELECT id, title, state, hold, starts_at, ends_at, resource_ids, refusal FROM reservation",
    "occupancies": """SELECT resource_id, reservation_id, lower(during) AS start, upper(during) AS "end"
                      FROM occupancy""",
    "overlaps": """SELECT a.id, b.id, a.resource_id, a.during, b.during FROM occupancy AS a JOIN occupancy AS b
                   ON a.id < b.id AND a.resource_id = b.resource_id
                   AND lower(a.during) < upper(b.during) AND lower(b.during) < upper(a.during)""",
    "events": """SELECT id, reservation_id, type, data, recorded_at, relayed_at FROM event
                 WHERE reservation_id IS NOT NULL ORDER BY id""",
    "timers": "SELECT reservation_id, kind, due_at FROM timer",
    "attendees": "SELECT reservation_id, address, removed_at FROM attendee",
    "invitations": "SELECT uid, reservation_id FROM invitation",
    "deliveries": """SELECT id, uid, sequence, dtstamp, method, recipient, key, message, state, ambiguous_count,
                     last_answer, attempts FROM delivery ORDER BY id""",
    "inbox": "SELECT id, message_id, recipients, sender, state, outcome, details FROM inbound_mail ORDER BY id",
    "answers": "SELECT source, count(*) AS n FROM event WHERE type = 'AttendeeAnswered' GROUP BY source",
    "rooms": "SELECT id, slug, name FROM resource",
    "activities": "SELECT title, count(*) AS n FROM activity GROUP BY title",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """The calendar part of a mail."""

    uid: str
    sequence: int
    dtstamp: datetime
    method: str
    start: datetime
    end: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Received:
    """One mail that the mail server took, whether it said so or not; in the order of arrival."""

    recipient: str
    message_id: str
    content: bytes
    entry: Entry | None


@dataclass(frozen=True)
class Book:
    """Every row that the history is told by; fields are named as the tables, `overlaps` must be empty."""

    reservations: Mapping[int, Row[Any]]
    occupancies: Sequence[Row[Any]]
    overlaps: Sequence[Row[Any]]
    events: Sequence[Row[Any]]
    timers: Sequence[Row[Any]]
    attendees: Sequence[Row[Any]]
    invitations: Sequence[Row[Any]]
    deliveries: Sequence[Row[Any]]
    inbox: Sequence[Row[Any]]
    answers: Mapping[str, int]
    activities: Mapping[str, int]
    room_ids: Mapping[str, int]
    room_names: Mapping[int, str]
    mails: Sequence[Received]


def waiting(engine: Engine) -> dict[str, int]:
    """How much still waits, by kind; all zero when it is calm."""
    with engine.connect() as connection:
        return dict(connection.execute(WAITING).one()._mapping)


def read(engine: Engine, mails: Path) -> Book:
    """The book and the mails."""
    with engine.connect() as connection:
        rows = {name: connection.execute(text(query)).all() for name, query in QUERIES.items()}
    return Book(
        reservations={row.id: row for row in rows["reservations"]},
        occupancies=rows["occupancies"],
        overlaps=rows["overlaps"],
        events=rows["events"],
        timers=rows["timers"],
        attendees=rows["attendees"],
        invitations=rows["invitations"],
        deliveries=rows["deliveries"],
        inbox=rows["inbox"],
        answers={row.source: row.n for row in rows["answers"]},
        activities={row.title: row.n for row in rows["activities"]},
        room_ids={row.slug: row.id for row in rows["rooms"]},
        room_names={row.id: row.name for row in rows["rooms"]},
        mails=[received(kept) for kept in read_folder(mails)],
    )


def received(kept: Kept) -> Received:
    """A kept mail, taken apart."""
    message = message_from_bytes(kept.content, policy=policy.default)
    part = message.get_body(("calendar",))
    entry = _entry(part.get_content()) if part is not None else None
    return Received(kept.recipient, str(message["Message-ID"]), kept.content, entry)


def _entry(calendar: str) -> Entry:
    parsed = icalendar.Calendar.from_ical(calendar)
    [event] = parsed.walk("VEVENT")
    return Entry(
        uid=str(event["UID"]),
        sequence=int(event.decoded("SEQUENCE")),
        dtstamp=event.decoded("DTSTAMP"),
        method=str(parsed["METHOD"]),
        start=event.decoded("DTSTART"),
        end=event.decoded("DTEND"),
        place=str(event.get("LOCATION", "")),
    )
