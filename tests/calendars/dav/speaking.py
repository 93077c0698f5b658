"""How tests speak CalDAV, and read what is answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

import httpx
from defusedxml.ElementTree import fromstring

from shared.calendars.dropping import drop_some
from shared.calendars.publishing import publish_some
from tests.house import House

NAMESPACES = {
    "D": "DAV:",
    "C": "urn:ietf:params:xml:ns:caldav",
    "CS": "http://calendarserver.org/ns/",
    "A": "http://apple.com/ns/ical/",
}
DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())


def clark(name: str) -> str:
    """D:getetag as ElementTree calls it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def prop(*names: str) -> str:
    return f"<D:prop>{''.join(f'<{name}/>' for name in names)}</D:prop>"


def propfind(*names: str) -> str:
    return f"<D:propfind {DECLARED}>{prop(*names)}</D:propfind>"


def of_filter(filter_: str, *names: str, data: str = "") -> str:
    """A calendar-query for what the filter says."""
    asked = prop(*(names or ("D:getetag",))).replace("</D:prop>", f"{data}</D:prop>")
    return f"<C:calendar-query {DECLARED}>{asked}<C:filter>{filter_}</C:filter></C:calendar-query>"


def query(inner: str = '<C:comp-filter name="VEVENT"/>', *names: str, data: str = "") -> str:
    """A calendar-query for what `inner` says of the VCALENDAR."""
    return of_filter(f'<C:comp-filter name="VCALENDAR">{inner}</C:comp-filter>', *names, data=data)


def events(inner: str, *names: str, data: str = "") -> str:
    """A calendar-query for VEVENTs of which `inner` holds."""
    return query(f'<C:comp-filter name="VEVENT">{inner}</C:comp-filter>', *names, data=data)


def between(start: datetime, end: datetime) -> str:
    return f'<C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>'


def multiget(*paths: str, names: tuple[str, ...] = ("D:getetag", "C:calendar-data")) -> str:
    hrefs = "".join(f"<D:href>{path}</D:href>" for path in paths)
    return f"<C:calendar-multiget {DECLARED}>{prop(*names)}{hrefs}</C:calendar-multiget>"


def sync(token: str = "", *, limit: int = 0, names: tuple[str, ...] = ("D:getcontenttype", "D:getetag")) -> str:
    bound = f"<D:limit><D:nresults>{limit}</D:nresults></D:limit>" if limit else ""
    return (
        f"<D:sync-collection {DECLARED}><D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>"
        f"{bound}{prop(*names)}</D:sync-collection>"
    )


@dataclass(frozen=True)
class Answered:
    """One response element: its status, or its properties by status."""

    status: int
    found: Mapping[str, Element]
    other: Mapping[str, int]

    def text(self, name: str) -> str:
        return self.found[clark(name)].text or ""

    def names(self, name: str) -> set[str]:
        """The names of the elements in a property, all the way down."""
        return {one.tag for one in self.found[clark(name)].iter()} - {clark(name)}

    def href(self, name: str) -> str:
        return self.found[clark(name)].findtext(clark("D:href")) or ""


class Multistatus(dict[str, Answered]):
    """The responses by path."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.status_code == 207, (answer.status_code, answer.text)
        assert answer.headers["content-type"] == "application/xml; charset=utf-8"
        root = fromstring(answer.content, forbid_dtd=True)
        assert root.tag == clark("D:multistatus")
        self.sync_token = root.findtext(clark("D:sync-token")) or ""
        self.text = answer.text
        for one in root.findall(clark("D:response")):
            path = one.findtext(clark("D:href")) or ""
            assert path not in self, f"{path} is answered twice"
            self[path] = _answered(one)


def _status(of: Element) -> int:
    return int(re.fullmatch(r"HTTP/1.1 ([0-9]{3}) .+", of.findtext(clark("D:status")) or "")[1])  # type: ignore[index]


def _answered(one: Element) -> Answered:
    found: dict[str, Element] = {}
    other: dict[str, int] = {}
    for part in one.findall(clark("D:propstat")):
        status, names = _status(part), part.find(clark("D:prop"))
        assert names is not None
        if status == 200:
            found |= {name.tag: name for name in names}
        else:
            other |= {name.tag: status for name in names}
    return Answered(_status(one) if one.find(clark("D:status")) is not None else 200, found, other)


@dataclass
class Dav:
    """Speaks as somebody of the house; a token is the password."""

    house: House
    client: httpx.Client

    def call(self, method: str, path: str, body: str | bytes = "", who: str = "anne", **headers: Any) -> httpx.Response:
        auth = (self.house.addresses[who], self.house.tokens[who]) if who else None
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return self.client.request(method, path, content=content, headers=named, auth=auth)

    def propfind(self, path: str, *names: str, who: str = "anne", depth: int = 0, **headers: Any) -> Multistatus:
        return Multistatus(self.call("PROPFIND", path, propfind(*names), who, depth=depth, **headers))

    def report(self, path: str, body: str, who: str = "anne", **headers: Any) -> Multistatus:
        return Multistatus(self.call("REPORT", path, body, who, **{"depth": 1, **headers}))

    def person(self, who: str = "anne") -> int:
        return self.house.actors[who].person_id or 0

    def home(self, who: str = "anne") -> str:
        return f"/dav/calendars/{self.person(who)}/"

    def agenda(self, who: str = "anne") -> str:
        return f"{self.home(who)}agenda/"

    def room(self, slug: str = "flexi-16", who: str = "anne") -> str:
        return f"{self.home(who)}room-{slug}/"

    def publish(self) -> None:
        """Render what changed, as the worker does, and drop what is due to go."""
        with self.house.book() as db:
            while publish_some(db, now=self.house.now) or drop_some(db, now=self.house.now):
                pass

    def entries(self, path: str, who: str = "anne") -> dict[str, str]:
        """What is in a calendar: iCalendar by path."""
        found = self.report(path, query('<C:comp-filter name="VEVENT"/>', "C:calendar-data"), who)
        return {href: one.text("C:calendar-data") for href, one in found.items()}
