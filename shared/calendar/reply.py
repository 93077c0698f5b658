"""What a room answers to an entry of somebody else's calendar, in iCalendar: a REPLY, or a REFRESH (RFC 5546)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress, vDate, vDatetime, vRecur

from shared.calendar.address import wire_address
from shared.calendar.entry import Guest, Party, Text, attendee, person, written
from shared.calendar.text import clean_line, clean_text
from shared.calendar.timezone import UnknownZone, vtimezone, zone_info

# RFC 5546 section 3.6: what was done, and why not
STATUSES = {
    "done": "2.0;Success",
    "taken": "4.1;Event conflict.  Date-time is busy.",
    "stranger": "3.8;No authority.",
    "unsupported": "3.1;Invalid property value.",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the room says to the whole, or to one date of it (`recurrence_id`), as that was asked for.

    `zone` is the IANA zone in which the request is written; a whole day's times are midnights there; `rule` is that of
    a whole series. `status` is one of STATUSES, or ''.
    """

    partstat: Literal["ACCEPTED", "TENTATIVE", "DECLINED"]
    sequence: int
    start: datetime
    end: datetime | None
    zone: str
    summary: str
    is_all_day: bool = False
    recurrence_id: datetime | None = None
    is_named_by_day: bool = False
    rule: str = ""
    comment: str = ""
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One room's answers to one UID; `sent_by` is who sent the request in the organizer's name, '' for themselves."""

    uid: str
    dtstamp: datetime
    organizer: Party
    room: Guest
    answers: tuple[Answer, ...]
    sent_by: str = ""


def render_reply(reply: Reply) -> bytes:
    """One VCALENDAR with METHOD:REPLY: for the whole and each date a VEVENT, whose one ATTENDEE is the room."""
    return _calendar((_answered(reply, answer) for answer in reply.answers), _zones(reply.answers), "REPLY")


def render_refresh(uid: str, dtstamp: datetime, organizer: Party, room: Guest) -> bytes:
    """One VCALENDAR with METHOD:REFRESH: the room asks for the entry as it is now (RFC 5546 section 3.2.6)."""
    event = Event()
    event.add("UID", Text(clean_line(uid)))
    event.add("DTSTAMP", dtstamp.astimezone(UTC))
    event.add("ORGANIZER", person(organizer.address, organizer.name))
    event.add("ATTENDEE", person(room.address, room.name))
    return _calendar([event], (), "REFRESH")


def _calendar(events: Iterable[Event], zones: Iterable[str], method: str) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", "-//Creneau//Creneau//FR")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    for zone in zones:
        calendar.add_component(vtimezone(zone))
    for event in events:
        calendar.add_component(event)
    rendered: bytes = calendar.to_ical(sorted=False)
    return rendered


def _answered(reply: Reply, answer: Answer) -> Event:
    event = Event()
    event.add("UID", Text(clean_line(reply.uid)))
    event.add("SEQUENCE", answer.sequence)
    event.add("DTSTAMP", reply.dtstamp.astimezone(UTC))
    if answer.recurrence_id is not None:
        event.add("RECURRENCE-ID", _moment(answer.recurrence_id, answer, is_day=answer.is_named_by_day))
    event.add("DTSTART", _moment(answer.start, answer, is_day=answer.is_all_day))
    if answer.end is not None:
        event.add("DTEND", _moment(answer.end, answer, is_day=answer.is_all_day))
    if answer.rule:
        event.add("RRULE", vRecur.from_ical(answer.rule))
    event.add("SUMMARY", Text(clean_line(answer.summary)))
    if answer.comment:
        event.add("COMMENT", Text(clean_text(answer.comment)))
    if answer.partstat != "DECLINED":
        event.add("STATUS", "CONFIRMED" if answer.partstat == "ACCEPTED" else "TENTATIVE")
    if answer.status:
        event.add("REQUEST-STATUS", _Structured(STATUSES[answer.status]))
    event.add("ORGANIZER", _organizer(reply))
    room = Guest(reply.room.address, reply.room.name, cutype="ROOM", partstat=answer.partstat, rsvp=False)
    event.add("ATTENDEE", attendee(room, "REPLY"))
    event.add("X-MICROSOFT-CDO-REPLYTIME", vDatetime(reply.dtstamp.astimezone(UTC)))
    return event


def _organizer(reply: Reply) -> vCalAddress:
    organizer = person(reply.organizer.address, reply.organizer.name)
    if reply.sent_by:
        organizer.params["SENT-BY"] = f"mailto:{wire_address(reply.sent_by)}"
    return organizer


def _moment(moment: datetime, answer: Answer, *, is_day: bool) -> vDate | vDatetime:
    """As the request has it; in UTC where we have no VTIMEZONE for its zone, which names the same instant."""
    if is_day:
        return vDate(_day(moment, answer.zone))
    if _has_rules(answer.zone):
        return written(moment, answer.zone)
    return vDatetime(moment.astimezone(UTC))


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(zone_info(zone)).date()


def _zones(answers: Iterable[Answer]) -> list[str]:
    """Those that local times are written in."""

    def named() -> Iterator[str]:
        for answer in answers:
            is_local = not answer.is_all_day or (answer.recurrence_id is not None and not answer.is_named_by_day)
            if is_local and _has_rules(answer.zone):
                yield answer.zone

    return list(dict.fromkeys(named()))


def _has_rules(zone: str) -> bool:
    if zone in {"UTC", "Etc/UTC"}:
        return False
    try:
        vtimezone(zone)
    except UnknownZone:
        return False
    return True


class _Structured(Text):
    """Its semicolons part it."""

    def to_ical(self) -> bytes:
        return self.encode()
