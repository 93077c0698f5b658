"""A calendar to subscribe to, and when a room is taken, as the bytes that are served: METHOD:PUBLISH."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar
from icalendar.prop import vText

from shared.calendar.entry import Party
from shared.calendar.text import clean_line
from shared.calendar.timezone import vtimezone

# how often clients may come back: a change may be seen that much later
REFRESH = "PT1H"
_PRODID = "-//Creneau//Creneau//FR"
_END = b"END:VCALENDAR\r\n"
_LONGEST_LINE = 75
Busy = tuple[datetime, datetime, bool]
"""from, to, and whether it is tentative"""


@dataclass(frozen=True, slots=True)
class Cover:
    """How a published calendar presents itself; `color` is a name of CSS3 (RFC 7986 section 5.9)."""

    name: str
    zone: str
    color: str


def published(cover: Cover, zones: Iterable[str], events: str) -> bytes:
    """One VCALENDAR around VEVENTs that are text already, with the VTIMEZONE of each zone that they use.

    The same values give the same bytes. Raises UnknownZone.
    """
    calendar = Calendar()  # not Calendar.new(), which adds a random UID
    name = clean_line(cover.name)
    for key, value in (
        ("PRODID", _PRODID),
        ("VERSION", "2.0"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("NAME", name),
        ("X-WR-CALNAME", name),
        ("X-WR-TIMEZONE", cover.zone),
        ("COLOR", cover.color),
        ("X-PUBLISHED-TTL", REFRESH),
    ):
        calendar.add(key, vText(value))
    calendar.add("REFRESH-INTERVAL", vText(REFRESH), parameters={"VALUE": "DURATION"})
    for zone in sorted({cover.zone, *zones}):
        calendar.add_component(vtimezone(zone))
    around: bytes = calendar.to_ical(sorted=False)
    return around.removesuffix(_END) + events.encode() + _END


def published_busy(
    uid: str, organizer: Party, span: tuple[datetime, datetime], busy: Iterable[Busy], *, now: datetime
) -> bytes:
    """One VFREEBUSY (RFC 5545 section 3.6.4, RFC 5546 section 3.3.1), all in UTC; `busy` in order."""
    start, end = span
    lines = [
        "BEGIN:VCALENDAR",
        f"PRODID:{_PRODID}",
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "BEGIN:VFREEBUSY",
        f"UID:{uid}",
        f"DTSTAMP:{_utc(now)}",
        f"ORGANIZER:mailto:{organizer.address}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(end)}",
        *(f"FREEBUSY;FBTYPE={'BUSY-TENTATIVE' if t else 'BUSY'}:{_utc(s)}/{_utc(e)}" for s, e, t in busy),
        "END:VFREEBUSY",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode("ascii")


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> str:
    """Of ASCII, whose octets are its characters."""
    first, rest = line[:_LONGEST_LINE], line[_LONGEST_LINE:]
    step = _LONGEST_LINE - 1
    return "\r\n ".join([first, *(rest[at : at + step] for at in range(0, len(rest), step))])
