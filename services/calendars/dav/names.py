"""The names of CalDAV's XML, as ElementTree writes them, and the prefixes under which answers carry them."""

from typing import Final

DAV: Final = "{DAV:}"
CALDAV: Final = "{urn:ietf:params:xml:ns:caldav}"
CALENDAR_SERVER: Final = "{http://calendarserver.org/ns/}"
APPLE: Final = "{http://apple.com/ns/ical/}"
PREFIXES: Final = {DAV: "D", CALDAV: "C", CALENDAR_SERVER: "CS", APPLE: "A"}
DECLARED: Final = " ".join(f'xmlns:{prefix}="{name[1:-1]}"' for name, prefix in PREFIXES.items())

CALENDAR_DATA: Final = f"{CALDAV}calendar-data"
