"""Reports on a calendar: what matches, what is named, what changed (RFC 4791 section 7, RFC 6578 section 3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from fastapi import Response

from services.calendars.dav.filters import Filter, read_filter
from services.calendars.dav.names import CALDAV, CALENDAR_DATA, DAV
from services.calendars.dav.objects import Data, data_for
from services.calendars.dav.properties import described
from services.calendars.dav.reading import Depth, Wanted
from services.calendars.dav.refusing import BadRequest, Refused
from services.calendars.dav.tokens import BEGINNING, Position, position_in, token_of
from services.calendars.dav.tree import Collection, Item, entry_id_in, item
from services.calendars.dav.writing import gone, multistatus, text, truncated
from shared.calendars.contents import Entry, Selection, changes, entries
from shared.store.base import reading

PAGE: Final = 1_000
PAGE_WITH_CONTENT: Final = 200
MOST_HREFS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Question:
    """A report as it was asked: of which place, the XML, how deep, and which properties."""

    place: Collection | Item
    collection: Collection
    root: Element
    depth: Depth
    wanted: Wanted

    @property
    def data(self) -> Data:
        return data_for(self.root.find(f"{DAV}prop/{CALENDAR_DATA}"))

    @property
    def with_content(self) -> bool:
        return CALENDAR_DATA in self.wanted.names


def query(asked: Question) -> Response:
    """The entries that match a filter; each has all its dates in one object."""
    wanted = read_filter(asked.root.find(f"{CALDAV}filter"))
    if wanted.nothing or (asked.depth == "0" and asked.place is asked.collection):
        return multistatus(())
    data = asked.data
    matching = _matching(asked, wanted)
    return multistatus(described(item(asked.collection, entry), asked.wanted, data) for entry in matching)


def multiget(asked: Question) -> Response:
    """The entries of these addresses, in their order."""
    hrefs = [(given.text or "").strip() for given in asked.root.findall(f"{DAV}href")]
    if len(hrefs) > MOST_HREFS:
        raise Refused(403, "<D:number-of-matches-within-limits/>")
    paths = {unquote(_path(given)): None for given in hrefs}
    return multistatus(_named(asked, iter(paths), asked.data))


def sync(asked: Question) -> Response:
    """What came, changed or went since a token; all that is there without one."""
    calendar = asked.collection.calendar
    token = (asked.root.findtext(f"{DAV}sync-token") or "").strip()
    level = (asked.root.findtext(f"{DAV}sync-level") or "1").strip()
    # Thunderbird sends Depth: 1, which an early draft wanted, and RFC 6578 section 3.2 would refuse
    if level not in {"1", "infinite"} or asked.depth == "infinity":
        raise BadRequest("sync-level is 1 or infinite, and Depth is 0.")
    limit = (asked.root.findtext(f"{DAV}limit/{DAV}nresults") or "").strip()
    if limit and not (limit.isascii() and limit.isdecimal() and int(limit[:9]) > 0):
        raise BadRequest("A limit is a number above 0.")
    most = int(limit[:9]) if limit else None
    return multistatus(_changed(asked, position_in(calendar, token), most, asked.data))


def everything(collection: Collection) -> Iterator[Entry]:
    """All entries of a calendar, without their text."""
    return _pages(collection, Selection(), with_content=False)


def _matching(asked: Question, wanted: Filter) -> Iterator[Entry]:
    selection = wanted.selection
    if isinstance(asked.place, Item):
        selection = replace(selection, ids=[asked.place.entry.id])
    with_content = asked.with_content or bool(wanted.properties)
    found = _pages(asked.collection, selection, with_content=with_content)
    return (entry for entry in found if wanted.holds_for(entry))


def _pages(collection: Collection, selection: Selection, *, with_content: bool) -> Iterator[Entry]:
    """Page by page, each by a connection of its own: who reads slowly holds nothing up."""
    after, most = 0, PAGE_WITH_CONTENT if with_content else PAGE
    while True:
        with reading() as db:
            page = entries(db, collection.calendar, selection, after=after, most=most, with_content=with_content)
        yield from page
        if len(page) < most:
            return
        after = page[-1].id


def _named(asked: Question, paths: Iterator[str], data: Data) -> Iterator[str]:
    while some := list(islice(paths, PAGE_WITH_CONTENT)):
        ids = {path: entry_id_in(asked.collection, path) for path in some}
        selection = Selection(ids=[id_ for id_ in ids.values() if id_ is not None])
        found = {e.id: e for e in _pages(asked.collection, selection, with_content=asked.with_content)}
        for path in some:
            entry = found.get(ids[path] or 0)
            yield described(item(asked.collection, entry), asked.wanted, data) if entry else gone(path)


def _changed(asked: Question, since: Position, most: int | None, data: Data) -> Iterator[str]:
    """One response each, and at last the token; with more than `most`, that of the first one left out."""
    collection, is_first = asked.collection, since == BEGINNING
    told = (entry for entry in _change_pages(asked, since) if not (is_first and entry.is_gone))
    for entry in islice(told, most):
        one = item(collection, entry)
        yield gone(one.path) if entry.is_gone else described(one, asked.wanted, data)
    left = next(told, None)
    position = (left.change, left.id) if left else None
    if left:
        yield truncated(collection.path)
    yield f"<D:sync-token>{text(token_of(collection.calendar, position))}</D:sync-token>"


def _change_pages(asked: Question, since: Position) -> Iterator[Entry]:
    calendar, with_content = asked.collection.calendar, asked.with_content
    most = PAGE_WITH_CONTENT if with_content else PAGE
    while True:
        with reading() as db:
            page = changes(db, calendar, since, until=calendar.change, most=most, with_content=with_content)
        yield from page
        if len(page) < most:
            return
        since = (page[-1].change, page[-1].id + 1)


def _path(given: str) -> str:
    """The path of an address that may be a whole one."""
    try:
        return urlsplit(given).path
    except ValueError:
        return given
