"""What each method answers; those that would change something are refused so that calendar programs understand."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from fastapi import Response
from fastapi.responses import PlainTextResponse

from services.calendars.dav.free_busy import free_busy
from services.calendars.dav.names import CALDAV, DAV
from services.calendars.dav.objects import icalendar
from services.calendars.dav.properties import CALENDAR_TYPE, EXPAND, described
from services.calendars.dav.reading import MOST_PROPERTIES, Wanted, depth, document, wanted
from services.calendars.dav.refusing import BadRequest, Refused, read_only
from services.calendars.dav.reports import Question, everything, multiget, query, sync
from services.calendars.dav.tree import Collection, Item, Place, children, collection_of, item, place_at, reader_of
from services.calendars.dav.writing import FORBIDDEN, element, multistatus, propstat, response
from shared.access import Identity
from shared.store.base import Db, reading

# what comes as text in an attribute, and is answered as the name of an element
NAME: Final = re.compile(r"\{[^{}\s]{1,200}\}[A-Za-z_][A-Za-z0-9_.-]{0,100}")
Reports = dict[str, Callable[[Question], Response]]

ALLOWED: Final = "OPTIONS, GET, HEAD, PROPFIND, REPORT, PROPPATCH"
PAGE: Final = (
    "Ceci est une adresse CalDAV : ajoutez-la à votre agenda, avec votre adresse et un jeton comme mot de passe.\n"
    "This is a CalDAV address: add it to your calendar, with your address, and a token as the password.\n"
)
PROTECTED: Final = "<D:error><D:cannot-modify-protected-property/></D:error>"
# one that asks for the calendar as a whole, and those that may also be asked of one entry
OF_CALENDARS: Final[Reports] = {
    f"{DAV}sync-collection": sync,
    f"{CALDAV}calendar-multiget": multiget,
    f"{CALDAV}free-busy-query": free_busy,
}
OF_ENTRIES: Final[Reports] = {f"{CALDAV}calendar-query": query}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    identity: Identity

    def place(self, db: Db, *, with_content: bool = False) -> Place:
        """What the path names; raises NotThere."""
        return place_at(db, reader_of(db, self.identity), self.path, with_content=with_content)


def options(_: Asked) -> Response:
    return Response(status_code=200, headers={"Allow": ALLOWED})


def get(asked: Asked) -> Response:
    """An entry; anything else says what it is to somebody who came with a browser."""
    with reading() as db:
        place = asked.place(db, with_content=True)
    if not isinstance(place, Item):
        return PlainTextResponse(PAGE)
    headers = {"ETag": place.entry.etag, "Cache-Control": "private, no-cache"}
    known = {tag.strip().removeprefix("W/") for tag in asked.headers.get("if-none-match", "").split(",")}
    if known & {place.entry.etag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(icalendar(place.entry), headers=headers, media_type=CALENDAR_TYPE)


def propfind(asked: Asked) -> Response:
    """The properties of a place, and with Depth 1 of what is in it (RFC 4918 section 9.1)."""
    root = document(asked.body)
    if root is not None and root.tag != f"{DAV}propfind":
        raise BadRequest("PROPFIND asks with a propfind.")
    what, how_deep = wanted(root, asked.headers), depth(asked.headers, "infinity")
    if how_deep == "infinity":
        raise Refused(403, "<D:propfind-finite-depth/>")
    with reading() as db:
        place = asked.place(db)
        inside = children(db, place) if how_deep == "1" else []
    return multistatus(_descriptions(place, inside, what, with_entries=how_deep == "1"), _kept(what))


def report(asked: Asked) -> Response:
    """Whichever report it is, where there is one of that name; else Refused (RFC 3253 section 3.6)."""
    root = document(asked.body)
    if root is None:
        raise BadRequest("A REPORT says in XML which one.")
    with reading() as db:
        place = asked.place(db)
        if root.tag == EXPAND:
            return multistatus([described(place, _properties_of(root))])
        known = OF_ENTRIES | (OF_CALENDARS if isinstance(place, Collection) else {})
        if root.tag not in known or not isinstance(place, Collection | Item):
            raise Refused(403, "<D:supported-report/>")
        collection = collection_of(db, place)
    # who forgets the depth of a query means what is in the calendar; RFC 3253 would have it mean the calendar itself
    how_deep = depth(asked.headers, "0" if root.tag == f"{DAV}sync-collection" else "1")
    return known[root.tag](Question(place, collection, root, how_deep, wanted(root, asked.headers)))


def proppatch(asked: Asked) -> Response:
    """Every property stays as it is, and says so: programs that would like another colour go on (RFC 4918 9.2)."""
    root = document(asked.body)
    if root is None or root.tag != f"{DAV}propertyupdate":
        raise BadRequest("PROPPATCH asks with a propertyupdate.")
    with reading() as db:
        place = asked.place(db)
    names = dict.fromkeys(one.tag for part in root for props in part.findall(f"{DAV}prop") for one in props)
    return multistatus([response(place.path, propstat(map(element, names), FORBIDDEN, PROTECTED))])


def write(asked: Asked) -> Response:
    return read_only(asked.path)


def _descriptions(place: Place, inside: list[Place], what: Wanted, *, with_entries: bool) -> Iterator[str]:
    yield described(place, what)
    for one in inside:
        yield described(one, what)
    if with_entries and isinstance(place, Collection):
        for entry in everything(place):
            yield described(item(place, entry), what)


def _properties_of(root: Element) -> Wanted:
    """Those that are to be expanded: there is nothing here that they could be expanded to, but themselves."""
    found = root.findall(f"{DAV}property")
    names = dict.fromkeys(f"{{{one.get('namespace', 'DAV:')}}}{one.get('name', '')}" for one in found)
    if len(names) > MOST_PROPERTIES or not all(map(NAME.fullmatch, names)):
        raise BadRequest("These are no names of properties, or too many.")
    return Wanted(tuple(names))


def _kept(what: Wanted) -> dict[str, str]:
    return {"Preference-Applied": "return=minimal", "Vary": "Brief, Prefer"} if what.is_brief else {}
