"""Filters of calendar-query: as much as the database can, and the rest on what the reader sees (RFC 4791 section 9.7).

There are only VEVENTs here, with nothing inside of them. What is not evaluated is refused, never passed over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from services.calendars.dav.names import CALDAV
from services.calendars.dav.ranges import time_range, wrong_filter
from services.calendars.dav.refusing import Refused
from services.calendars.dav.writing import element
from shared.calendars.contents import Entry, Selection, UidMatch
from shared.records.contentlines import Event, event, file

COMP, PROP = f"{CALDAV}comp-filter", f"{CALDAV}prop-filter"
RANGE, MATCH, ABSENT = f"{CALDAV}time-range", f"{CALDAV}text-match", f"{CALDAV}is-not-defined"
COLLATIONS: Final = {"i;ascii-casemap": False, "i;unicode-casemap": False, "i;octet": True, "": False}
MOST_CONDITIONS: Final = 20
PLAIN: Final = re.compile(r"[\w .:@-]*")


@dataclass(frozen=True, slots=True)
class TextMatch:
    """That a text contains another, or does not."""

    text: str
    is_exact: bool
    is_negated: bool

    def holds_for(self, value: str) -> bool:
        text, value = (self.text, value) if self.is_exact else (self.text.lower(), value.lower())
        return (text in value) != self.is_negated


@dataclass(frozen=True, slots=True)
class PropertyFilter:
    """That an event has a property (which matches), or has none of that name."""

    name: str
    is_absent: bool
    match: TextMatch | None

    def may_hold_for(self, content: str) -> bool:
        """A glance: what would stand in the text as it is, and does not, need not be looked for in its parts."""
        match = self.match
        if match is None or match.is_negated or not PLAIN.fullmatch(match.text):
            return True
        return match.text.lower() in content.replace("\r\n ", "").lower()

    def holds_for(self, of: Event) -> bool:
        found = of.all(self.name)
        if self.is_absent or not found:
            return self.is_absent and not found
        return self.match is None or any(self.match.holds_for(one.text) for one in found)


@dataclass(frozen=True, slots=True)
class Filter:
    """`nothing` can match it; else the database selects, and `properties` are looked at in what it found."""

    selection: Selection
    properties: tuple[PropertyFilter, ...] = ()
    nothing: bool = False

    def holds_for(self, entry: Entry) -> bool:
        if not self.properties:
            return True
        if not all(wanted.may_hold_for(entry.content) for wanted in self.properties):
            return False
        events = [event(part) for part in file(f"BEGIN:VCALENDAR\r\n{entry.content}".encode()).events]
        return any(all(wanted.holds_for(one) for wanted in self.properties) for one in events)


EVERYTHING: Final = Filter(Selection())
NOTHING: Final = Filter(Selection(), nothing=True)


def read_filter(given: Element | None) -> Filter:
    """The filter of a calendar-query; raises Refused for one that is wrong, or that is not evaluated here."""
    components = list(given) if given is not None else []
    if [one.tag for one in components] != [COMP] or components[0].get("name") != "VCALENDAR":
        raise wrong_filter()
    inner = list(components[0])
    if len(list(components[0].iter())) > MOST_CONDITIONS:
        raise _unsupported(components[0])
    if _is_absent(inner):
        return NOTHING
    found = EVERYTHING
    for one in inner:
        if one.tag != COMP:
            raise _unsupported(one)
        wanted = _component(one)
        if wanted.nothing:
            return NOTHING
        if EVERYTHING not in (wanted, found):  # two events in one entry, each of its own kind
            raise _unsupported(one)
        found = wanted if found == EVERYTHING else found
    return found


def _component(given: Element) -> Filter:
    """What a filter of a component inside of VCALENDAR asks for."""
    name, inner = given.get("name", "").upper(), list(given)
    if name == "VEVENT":
        return NOTHING if _is_absent(inner) else _event(inner)
    if name == "VTIMEZONE" and not inner:  # each entry comes with one
        return EVERYTHING
    return EVERYTHING if _is_absent(inner) and name != "VTIMEZONE" else NOTHING


def _event(inner: Sequence[Element]) -> Filter:
    start = end = None
    uids: list[UidMatch] = []
    properties: list[PropertyFilter] = []
    for one in inner:
        if one.tag == RANGE:
            start, end = time_range(one)
        elif one.tag == PROP:
            wanted = _property(one)
            if wanted.name == "UID" and wanted.match is not None:
                uids.append(UidMatch(wanted.match.text, wanted.match.is_exact, wanted.match.is_negated))
            else:
                properties.append(wanted)
        elif one.tag != COMP:
            raise _unsupported(one)
        elif not _is_absent(list(one)):  # nothing is inside of an event here, no alarm either
            return NOTHING
    return Filter(Selection(starts_at=start, ends_at=end, uids=tuple(uids)), tuple(properties))


def _property(given: Element) -> PropertyFilter:
    name, inner = given.get("name", "").upper(), list(given)
    if not name:
        raise wrong_filter()
    if _is_absent(inner):
        return PropertyFilter(name, is_absent=True, match=None)
    if any(one.tag != MATCH for one in inner) or len(inner) > 1:
        raise _unsupported(given)
    return PropertyFilter(name, is_absent=False, match=_match(inner[0]) if inner else None)


def _match(given: Element) -> TextMatch:
    collation = given.get("collation", "")
    if collation not in COLLATIONS:
        raise Refused(403, "<C:supported-collation/>")
    return TextMatch(given.text or "", COLLATIONS[collation], given.get("negate-condition", "no") == "yes")


def _is_absent(inner: Sequence[Element]) -> bool:
    return any(one.tag == ABSENT for one in inner)


def _unsupported(given: Element) -> Refused:
    """With the part that is not evaluated (RFC 4791 section 7.8)."""
    part = element(given.tag, attributes=f" name={quoteattr(given.get('name', ''))}")
    return Refused(403, f"<C:supported-filter>{part}</C:supported-filter>")
