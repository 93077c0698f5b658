"""The properties of each kind of place, and which of them a request gets (RFC 4918, 3744, 4791, 5397, 6578)."""

from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any, Final

from services.calendars.dav.names import APPLE, CALDAV, CALENDAR_DATA, CALENDAR_SERVER, DAV
from services.calendars.dav.objects import icalendar, time_zone
from services.calendars.dav.reading import MOST_BYTES, Wanted
from services.calendars.dav.tokens import token_of
from services.calendars.dav.tree import PRINCIPALS, Collection, Folder, Home, Item, Place, Principal
from services.calendars.dav.writing import NOT_FOUND, OK, element, href, propstat, response, text
from shared.domain.slots import EARLIEST, LATEST

Property = Callable[[Any], str]
Table = dict[str, Property]

COLORS: Final = ("#1B6CA8", "#2E8B57", "#C0562F", "#7A4EAB", "#B8860B", "#00818A", "#B03A5B", "#5B6770")
COMPONENT_SET: Final = '<C:comp name="VEVENT"/>'
CALENDAR_TYPE: Final = "text/calendar; charset=utf-8; component=vevent"
READ_ONLY: Final = "".join(
    f"<D:privilege>{privilege}</D:privilege>"
    for privilege in ("<D:read/>", "<C:read-free-busy/>", "<D:read-current-user-privilege-set/>")
)
EXPAND, *CALENDAR_REPORTS = (
    f"{DAV}expand-property",
    f"{CALDAV}calendar-query",
    f"{CALDAV}calendar-multiget",
    f"{CALDAV}free-busy-query",
    f"{DAV}sync-collection",
)


def _reports(*names: str) -> str:
    return "".join(f"<D:supported-report><D:report>{element(name)}</D:report></D:supported-report>" for name in names)


def _day(moment: Any) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


EVERYWHERE: Table = {
    f"{DAV}current-user-principal": lambda place: href(place.reader.principal),
    f"{DAV}current-user-privilege-set": lambda _: READ_ONLY,
    f"{DAV}principal-collection-set": lambda _: href(PRINCIPALS),
}
FOLDER: Table = EVERYWHERE | {
    f"{DAV}resourcetype": lambda _: "<D:collection/>",
    f"{DAV}displayname": lambda _: "Créneau",
    f"{DAV}supported-report-set": lambda _: _reports(EXPAND),
}
OWNED: Table = {f"{DAV}owner": lambda place: href(place.reader.principal)}
HOME: Table = FOLDER | OWNED | {f"{DAV}displayname": lambda place: text(place.reader.name)}
PRINCIPAL: Table = FOLDER | {
    f"{DAV}resourcetype": lambda _: "<D:collection/><D:principal/>",
    f"{DAV}displayname": lambda place: text(place.reader.name),
    f"{DAV}principal-URL": lambda place: href(place.reader.principal),
    f"{DAV}alternate-URI-set": lambda _: "",
    f"{DAV}group-membership": lambda _: "",
    f"{CALDAV}calendar-home-set": lambda place: href(place.reader.home),
    f"{CALDAV}calendar-user-address-set": lambda place: href(f"mailto:{place.reader.identity.address}"),
    f"{CALDAV}calendar-user-type": lambda _: "INDIVIDUAL",
    f"{CALENDAR_SERVER}email-address-set": lambda place: (
        f"<CS:email-address>{text(place.reader.identity.address)}</CS:email-address>"
    ),
}
COLLECTION: Table = (
    FOLDER
    | OWNED
    | {
        f"{DAV}resourcetype": lambda _: "<D:collection/><C:calendar/>",
        f"{DAV}displayname": lambda place: text(place.name),
        f"{DAV}supported-report-set": lambda _: _reports(*CALENDAR_REPORTS, EXPAND),
        f"{DAV}sync-token": lambda place: text(token_of(place.calendar)),
        f"{CALENDAR_SERVER}getctag": lambda place: text(token_of(place.calendar)),
        f"{CALDAV}calendar-description": lambda place: text(f"{place.name}, {place.site}"),
        f"{CALDAV}calendar-timezone": lambda place: text(time_zone(place.zone)),
        f"{CALDAV}calendar-timezone-id": lambda place: text(place.zone),
        f"{CALDAV}supported-calendar-component-set": lambda _: COMPONENT_SET,
        f"{CALDAV}supported-calendar-data": lambda _: '<C:calendar-data content-type="text/calendar" version="2.0"/>',
        f"{CALDAV}supported-collation-set": lambda _: "".join(
            f"<C:supported-collation>{name}</C:supported-collation>" for name in ("i;ascii-casemap", "i;octet")
        ),
        f"{CALDAV}max-resource-size": lambda _: str(MOST_BYTES),
        f"{CALDAV}min-date-time": lambda _: _day(EARLIEST),
        f"{CALDAV}max-date-time": lambda _: _day(LATEST),
        # what happens in a room does not make its reader busy
        f"{CALDAV}schedule-calendar-transp": lambda place: "<C:opaque/>" if place.is_agenda else "<C:transparent/>",
        f"{APPLE}calendar-color": lambda place: f"{COLORS[place.order % len(COLORS)]}FF",
        f"{APPLE}calendar-order": lambda place: str(place.order + 1),
    }
)
ITEM: Table = (
    EVERYWHERE
    | OWNED
    | {
        f"{DAV}resourcetype": lambda _: "",
        f"{DAV}getcontenttype": lambda _: CALENDAR_TYPE,
        f"{DAV}getetag": lambda place: text(place.entry.etag),
        f"{DAV}getlastmodified": lambda place: format_datetime(place.entry.dtstamp, usegmt=True),
        f"{DAV}supported-report-set": lambda _: _reports(EXPAND),
    }
)
TABLES: Mapping[type[Folder], Table] = {
    Folder: FOLDER,
    Principal: PRINCIPAL,
    Home: HOME,
    Collection: COLLECTION,
    Item: ITEM,
}
# what allprop means: RFC 4918 has these, later ones are got by name (RFC 4791 section 5.2 and so on)
COMMON: Final = frozenset(
    f"{DAV}{name}" for name in ("displayname", "getcontenttype", "getetag", "getlastmodified", "resourcetype")
)


def described(place: Place, wanted: Wanted, data: Property = icalendar) -> str:
    """The response element of a place; calendar-data, which only a report may ask for, is what `data` makes of it."""
    table = TABLES[type(place)]
    if wanted.names_only:
        return response(place.path, propstat((element(name) for name in table), OK))
    names = dict.fromkeys([*(COMMON & table.keys()), *wanted.names]) if wanted.is_all else wanted.names
    found, missing = [], []
    for name in names:
        if name == CALENDAR_DATA and isinstance(place, Item) and place.entry.content:
            found.append(element(name, text(data(place.entry))))
        elif name in table:
            found.append(element(name, table[name](place)))
        elif not wanted.is_brief:
            missing.append(element(name))
    return response(place.path, propstat(found, OK) + propstat(missing, NOT_FOUND))
