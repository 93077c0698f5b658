"""What there is under /dav: folders, oneself, one's home with the agenda and the rooms, and their entries."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from services.calendars.dav.refusing import NotThere
from shared.access import Identity
from shared.calendars.contents import Calendar, Entry, Selection, calendars_for, entries
from shared.store.base import Db
from shared.store.calendars import CalendarKind
from shared.store.people import Person
from shared.store.places import Resource, Site

ROOT: Final = "/dav/"
PRINCIPALS: Final = f"{ROOT}principals/"
HOMES: Final = f"{ROOT}calendars/"
# where calendar programs look that know nothing but the server's name
FOLDERS: Final = ("/", "/principals/", ROOT, PRINCIPALS, HOMES)
AGENDA: Final = {"fr": "Mon agenda", "en": "My agenda"}
ENTRY: Final = re.compile(r"([1-9][0-9]{0,17})\.ics")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and what is said of them."""

    identity: Identity
    name: str
    language: str

    @property
    def principal(self) -> str:
        return f"{PRINCIPALS}{self.identity.person_id}/"

    @property
    def home(self) -> str:
        return f"{HOMES}{self.identity.person_id}/"


@dataclass(frozen=True, slots=True)
class Folder:
    """A place that only leads to others; `Principal` and `Home` are of the reader, there are no others for them."""

    path: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class Principal(Folder):
    pass


@dataclass(frozen=True, slots=True)
class Home(Folder):
    pass


@dataclass(frozen=True, slots=True)
class Collection(Folder):
    """One calendar; `order` is its place in the list."""

    calendar: Calendar
    name: str
    site: str
    zone: str
    order: int = 0

    @property
    def is_agenda(self) -> bool:
        return self.calendar.kind is CalendarKind.PERSON


@dataclass(frozen=True, slots=True)
class Item(Folder):
    """One entry of a calendar."""

    entry: Entry


Place = Folder | Collection | Item


def reader_of(db: Db, identity: Identity) -> Reader:
    row = db.execute(select(Person.name, Person.address, Person.language).where(Person.id == identity.person_id)).one()
    return Reader(identity, row.name or row.address, row.language)


def place_at(db: Db, reader: Reader, path: str, *, with_content: bool = False) -> Place:
    """What is at a path, with or without its last slash; raises NotThere."""
    whole = path if path.endswith("/") else f"{path}/"
    if whole in FOLDERS:
        return Folder(whole, reader)
    if whole == reader.principal:
        return Principal(whole, reader)
    if whole == reader.home:
        return Home(whole, reader)
    inside = whole.removeprefix(reader.home).removesuffix("/").split("/") if whole.startswith(reader.home) else []
    if not 1 <= len(inside) <= 2:  # noqa: PLR2004  a calendar, or an entry of it
        raise NotThere
    collection = collection_called(db, reader, inside[0])
    if len(inside) == 1:
        return collection
    return _item(db, collection, path, with_content=with_content)


def collection_called(db: Db, reader: Reader, name: str) -> Collection:
    """One calendar of the home; raises NotThere."""
    for collection in collections(db, reader):
        if collection.path == f"{reader.home}{name}/":
            return collection
    raise NotThere


def collections(db: Db, reader: Reader) -> list[Collection]:
    """The calendars of the home, as they are now: one's own agenda, and the rooms by name."""
    identity = reader.identity
    site = db.get_one(Site, identity.site_id)
    is_room = (Resource.site_id == identity.site_id) & (Resource.kind == "room")
    rooms = db.scalars(select(Resource).where(is_room).order_by(Resource.name, Resource.id)).all()
    called = [("agenda", AGENDA["en" if reader.language == "en" else "fr"])]
    called += [(f"room-{room.slug}", room.name) for room in rooms]
    subjects = [(CalendarKind.PERSON, identity.person_id), *((CalendarKind.ROOM, room.id) for room in rooms)]
    return [
        Collection(f"{reader.home}{slug}/", reader, calendar, name, site.name, site.zone, order)
        for order, ((slug, name), calendar) in enumerate(
            zip(called, calendars_for(db, identity, subjects), strict=True)
        )
    ]


def item(collection: Collection, entry: Entry) -> Item:
    return Item(item_path(collection, entry.id), collection.reader, entry)


def item_path(collection: Collection, entry_id: int) -> str:
    return f"{collection.path}{entry_id}.ics"


def entry_id_in(collection: Collection, path: str) -> int | None:
    """The entry that a path means, when it is one of this calendar."""
    found = ENTRY.fullmatch(path.removeprefix(collection.path)) if path.startswith(collection.path) else None
    return int(found[1]) if found else None


def _item(db: Db, collection: Collection, path: str, *, with_content: bool) -> Item:
    id_ = entry_id_in(collection, path)
    selection = Selection(ids=[id_] if id_ is not None else [])
    found = entries(db, collection.calendar, selection, most=1, with_content=with_content)
    if not found:
        raise NotThere
    return item(collection, found[0])


def children(db: Db, place: Place) -> list[Place]:
    """What is in a folder; the entries of a calendar are many, and are read page by page elsewhere."""
    reader = place.reader
    if place.path == ROOT:
        return [Folder(PRINCIPALS, reader), Folder(HOMES, reader)]
    if place.path == PRINCIPALS:
        return [Principal(reader.principal, reader)]
    if place.path == HOMES:
        return [Home(reader.home, reader)]
    return [*collections(db, reader)] if isinstance(place, Home) else []


def collection_of(db: Db, place: Place) -> Collection:
    """The calendar that a place is, or is in; raises NotThere for a folder."""
    if isinstance(place, Collection):
        return place
    return collection_called(db, place.reader, place.path.removeprefix(place.reader.home).partition("/")[0])
