"""A calendar entry and its iCalendar bytes: the same entry gives the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Self

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress, vDatetime, vText, vUri

from shared.calendar.address import wire_address
from shared.calendar.text import clean_line, clean_text
from shared.calendar.timezone import vtimezone, zone_info

Method = Literal["REQUEST", "CANCEL", "PUBLISH", "DECLINECOUNTER"]
Role = Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"]
Partstat = Literal["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"]


class ContradictoryEntry(ValueError):  # noqa: N818 - named as what it says, like the domain's errors
    """An entry whose values, or whose values and method, cannot both hold."""


@dataclass(frozen=True)
class Party:
    """Somebody who sends, organises or receives; raises MalformedAddress."""

    address: str
    name: str = ""
    language: str = "fr"

    def __post_init__(self) -> None:
        wire_address(self.address)


@dataclass(frozen=True)
class Guest:
    """A person, room or thing on the list of an entry; raises MalformedAddress."""

    address: str
    name: str = ""
    cutype: Literal["INDIVIDUAL", "ROOM", "RESOURCE"] = "INDIVIDUAL"
    role: Role = "REQ-PARTICIPANT"
    partstat: Partstat = "NEEDS-ACTION"
    rsvp: bool = True

    def __post_init__(self) -> None:
        wire_address(self.address)

    @classmethod
    def room(cls, address: str, name: str) -> Self:
        """A room of this system: its reservation is confirmed, so nobody waits for its answer."""
        return cls(address, name, cutype="ROOM", partstat="ACCEPTED", rsvp=False)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One meeting, or one occurrence of a series when `recurrence_id` names its original start.

    `dtstamp`, `start`, `end` and `recurrence_id` are aware, whatever their zone; `zone` is the IANA zone in which the
    entry is written. Raises ContradictoryEntry.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    start: datetime
    end: datetime
    zone: str
    summary: str
    organizer: Party
    guests: tuple[Guest, ...] = field(default=())
    status: Literal["CONFIRMED", "TENTATIVE", "CANCELLED"] = "CONFIRMED"
    description: str = ""
    location: str = ""
    url: str = ""
    comment: str = ""
    recurrence_id: datetime | None = None

    def __post_init__(self) -> None:
        moments = (self.dtstamp, self.start, self.end, self.recurrence_id)
        if any(moment is not None and moment.utcoffset() is None for moment in moments):
            raise ContradictoryEntry("a time without offset is an error, never a guess")
        if self.end <= self.start:
            raise ContradictoryEntry("an entry ends after it starts")
        if self.sequence < 0 or not clean_line(self.uid):
            raise ContradictoryEntry("an entry has a uid and a sequence from 0 up")


def render(entry: Entry, method: Method) -> bytes:
    """One VCALENDAR with one VTIMEZONE and one VEVENT: CRLF, folded at 75 octets (RFC 5545, 5546).

    Raises UnknownZone, and ContradictoryEntry for a REQUEST of a cancelled entry.
    """
    return vcalendar([vevent(entry, method)], entry.zone, method)


def vcalendar(events: Iterable[Event], zone: str, method: Method) -> bytes:
    """The bytes of the events of one UID and zone, in their order; raises UnknownZone."""
    calendar = Calendar()  # not Calendar.new(), which adds a random UID
    calendar.add("PRODID", "-//Creneau//Creneau//FR")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    calendar.add_component(vtimezone(zone))
    for event in events:
        calendar.add_component(event)
    rendered: bytes = calendar.to_ical(sorted=False)
    return rendered


def vevent(entry: Entry, method: Method) -> Event:
    """The VEVENT of an entry; raises ContradictoryEntry for a REQUEST of a cancelled one."""
    if method == "REQUEST" and entry.status == "CANCELLED":
        raise ContradictoryEntry("a cancelled entry invites nobody")
    event = Event()
    event.add("UID", Text(clean_line(entry.uid)))
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", entry.dtstamp.astimezone(UTC))
    event.add("DTSTART", written(entry.start, entry.zone))
    event.add("DTEND", written(entry.end, entry.zone))
    if entry.recurrence_id is not None:
        event.add("RECURRENCE-ID", written(entry.recurrence_id, entry.zone))
    event.add("SUMMARY", Text(clean_line(entry.summary)))
    if entry.description:
        event.add("DESCRIPTION", Text(clean_text(entry.description)))
    if entry.comment:
        event.add("COMMENT", Text(clean_text(entry.comment)))
    if entry.location:
        event.add("LOCATION", Text(clean_line(entry.location)))
    if entry.url:
        event.add("URL", vUri("".join(clean_line(entry.url).split())))
    # Whoever receives a CANCEL is out, also when the meeting goes on without them.
    event.add("STATUS", "CANCELLED" if method == "CANCEL" else entry.status)
    event.add("TRANSP", "OPAQUE")
    event.add("ORGANIZER", person(entry.organizer.address, entry.organizer.name))
    if method != "PUBLISH":  # RFC 5546 section 3.2.1: a published entry names no attendees
        for guest in entry.guests:
            event.add("ATTENDEE", attendee(guest, method))
    return event


def written(moment: datetime, zone: str) -> vDatetime:
    """Local time with TZID; UTC within the hour that the clocks repeat, which local time cannot tell apart."""
    local = moment.astimezone(zone_info(zone))
    repeated = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return vDatetime(moment.astimezone(UTC) if repeated else local)


def attendee(guest: Guest, method: str) -> vCalAddress:
    """The ATTENDEE of somebody on the list; RSVP only where it is asked for."""
    attendee = person(guest.address, guest.name)
    attendee.params["CUTYPE"] = guest.cutype
    attendee.params["ROLE"] = guest.role
    attendee.params["PARTSTAT"] = guest.partstat
    if guest.rsvp and method == "REQUEST":
        attendee.params["RSVP"] = "TRUE"
    return attendee


def person(address: str, name: str) -> vCalAddress:
    """A calendar address with its common name; raises MalformedAddress."""
    person = vCalAddress(f"mailto:{wire_address(address)}")
    # RFC 6868 could carry a quote as ^', but Outlook shows that as it stands; ical.js unescapes \\n even here
    cn = clean_line(name).translate({ord('"'): "'", ord("^"): None, ord("\\"): "/"})
    if cn:
        person.params["CN"] = cn
    return person


class Text(vText):
    r"""Escaped by RFC 5545 section 3.3.11; icalendar's own escape takes a backslash before an N for a line break."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()
