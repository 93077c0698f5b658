"""Composing: an announcement and one of its recipients become the bytes of a mail; pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from shared.calendar.entry import Entry, Guest, Method, Party, Role, render
from shared.calendar.imip import Letter, compose
from shared.invitations.news import News, RefusedThing, Told
from shared.letters.facts import Alternative, Conflict, Facts, Span
from shared.letters.writing import Kind, write


@dataclass(frozen=True, slots=True)
class Addressed:
    """One delivery before it has bytes: what is announced, under which UID, to whom."""

    kind: str
    method: str
    uid: str
    sequence: int
    dtstamp: datetime
    news: News
    key: UUID
    recipient: Party
    role: str


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    message: bytes


def mail_for(addressed: Addressed) -> Mail:
    """The mail, the same bytes each time; raises ValueError for an address that cannot be written to."""
    host = addressed.news.told.host
    words = write(cast("Kind", addressed.kind), addressed.recipient.language, _facts(addressed))
    has_entry = addressed.method in {"REQUEST", "CANCEL"}
    letter = Letter(
        message_id=f"<{addressed.key}@{host.mail_domain}>",
        date=addressed.dtstamp,
        sender=_organizer(addressed.news.told),
        recipient=addressed.recipient,
        reply_to=_trainer(addressed.news.told),
        subject=words.subject,
        text=words.text,
        html=words.html,
        calendar=_calendar(addressed) if has_entry else None,
        method=addressed.method if has_entry else None,
    )
    return Mail(words.subject, compose(letter))


def envelope_sender(key: UUID, host_domain: str) -> str:
    """VERP: a bounce comes back to an address that names its delivery and that nobody can guess."""
    return f"bounces+{key.hex}@{host_domain}"


def _organizer(told: Told) -> Party:
    """The site on its own mail domain; never the trainer's, whose DMARC would not let us."""
    return Party(f"reservations@{told.host.mail_domain}", told.host.name)


def _trainer(told: Told) -> Party:
    return Party(told.trainer_address, told.trainer_name)


def _calendar(addressed: Addressed) -> bytes:
    told, is_cancel = addressed.news.told, addressed.method == "CANCEL"
    entry = Entry(
        uid=addressed.uid,
        sequence=addressed.sequence,
        dtstamp=addressed.dtstamp,
        start=told.start,
        end=told.end,
        zone=told.host.zone,
        summary=told.title,
        description=told.note,
        location=", ".join(part for part in (told.place, "" if told.where else told.host.address) if part),
        organizer=_organizer(told),
        guests=_guests(addressed),
        status="CANCELLED" if is_cancel else "CONFIRMED",
    )
    return render(entry, cast("Method", addressed.method))


def _guests(addressed: Addressed) -> tuple[Guest, ...]:
    """The recipient, the trainer and the rooms; who else comes is nobody's business."""
    told, recipient = addressed.news.told, addressed.recipient
    rooms = [Guest.room(place.address, place.name) for place in told.resources if place.kind == "room"]
    guests = [Guest(recipient.address, recipient.name, role=cast("Role", addressed.role))]
    if told.trainer_address != recipient.address:
        guests.insert(0, Guest(told.trainer_address, told.trainer_name, role="CHAIR", rsvp=False, partstat="ACCEPTED"))
    return (*guests, *rooms)


def _facts(addressed: Addressed) -> Facts:
    news, told = addressed.news, addressed.news.told
    asked = news.asked or RefusedThing(rooms=(told.place,), start=told.start, end=told.end)
    language: Literal["fr", "en"] = "en" if addressed.recipient.language == "en" else "fr"
    return Facts(
        title=told.title,
        start=asked.start,
        end=asked.end,
        zone=told.host.zone,
        place=", ".join(asked.rooms) if news.asked else told.place,
        site=told.host.name,
        address="" if told.where else told.host.address,
        organizer=told.trainer_name,
        contact=told.host.contact,
        note=told.note,
        recipient=addressed.recipient.name,
        own=addressed.recipient.address == told.trainer_address,
        removed=news.is_removal,
        changes=told.changes_since(news.before) if news.before else (),
        reasons=(news.reasons[language],) if news.reasons else (),
        conflicts=tuple(Conflict(", ".join(c.rooms), c.start, c.end, c.title) for c in news.conflicts),
        alternatives=tuple(Alternative(a.rooms, a.start, a.end) for a in news.alternatives),
        kept=Span(told.start, told.end) if news.is_move else None,
    )
