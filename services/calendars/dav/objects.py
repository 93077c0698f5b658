"""An entry as one iCalendar object: its VEVENTs with their time zone, and no METHOD (RFC 4791 section 4.1)."""

from collections.abc import Callable
from functools import cache
from typing import Final
from xml.etree.ElementTree import Element

from services.calendars.dav.expanding import expanded
from services.calendars.dav.names import CALDAV
from services.calendars.dav.ranges import time_range
from services.calendars.dav.refusing import Refused
from shared.calendar.timezone import vtimezone
from shared.calendars.contents import Entry

Data = Callable[[Entry], str]
HEAD: Final = "BEGIN:VCALENDAR\r\nPRODID:-//Creneau//Creneau//FR\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n"
FOOT: Final = "END:VCALENDAR\r\n"


def icalendar(entry: Entry) -> str:
    """The object that the ETag is of."""
    return f"{HEAD}{_zone(entry.zone)}{entry.content}{FOOT}"


def time_zone(zone: str) -> str:
    """A time zone as an object of its own, as `calendar-timezone` holds it."""
    return f"{HEAD}{_zone(zone)}{FOOT}"


def data_for(asked: Element | None) -> Data:
    """How calendar-data is wanted: as it is, or each date by itself; raises Refused for another format.

    Whoever asks for a part of the properties gets them all; dates that were not asked for do no harm either.
    """
    if asked is None:
        return icalendar
    if (asked.get("content-type", "text/calendar"), asked.get("version", "2.0")) != ("text/calendar", "2.0"):
        raise Refused(403, "<C:supported-calendar-data/>")
    each = asked.find(f"{CALDAV}expand")
    if each is None:
        return icalendar
    start, end = time_range(each)
    if start is None or end is None:
        raise Refused(403, "<C:valid-calendar-data/>")
    return lambda entry: f"{HEAD}{expanded(icalendar(entry), start, end)}{FOOT}"


@cache
def _zone(zone: str) -> str:
    component: bytes = vtimezone(zone).to_ical(sorted=False)
    return component.decode()
