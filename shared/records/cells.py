"""What single texts of a file mean: people, rooms, addresses, numbers."""

import re
from collections.abc import Iterable
from typing import Final

from shared.calendar.address import MalformedAddress, wire_address
from shared.calendar.text import clean_line, clean_text
from shared.records.lines import Person
from shared.records.reasons import UnreadableError

LONGEST_LINE: Final = 200
LONGEST_PLACE: Final = 1_000
LONGEST_UID: Final = 500
LONGEST_WORDS: Final = 10_000
MOST_PEOPLE: Final = 100_000
MOST_ROOMS: Final = 20
MOST_ATTENDEES: Final = 2_000

_PEOPLE = re.compile(r"([0-9]{1,6})([.,]0+)?( ?[^\W\d_]+\.?)?")
# a plus within 'Flexi 16+19' belongs to the name of rooms that combine
_BETWEEN_ROOMS = re.compile(r"[,;\n]|(?<![0-9])\+|\+(?![0-9])")
_NAME_AND_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")


def line(text: str, most: int = LONGEST_LINE) -> str:
    """One line, maybe empty; raises UnreadableError."""
    return _fitting(clean_line(text), most)


def words(text: str) -> str:
    """Lines of at most 10,000 characters, maybe none; raises UnreadableError."""
    return _fitting(clean_text(text).strip(), LONGEST_WORDS)


def title(text: str) -> str:
    """A line that says something; raises UnreadableError."""
    found = line(text)
    if not found:
        raise UnreadableError("no_title")
    return found


def number_of_people(text: str) -> int:
    """24 for '24', '24,0' or '24 élèves', 0 for nothing; raises UnreadableError."""
    written = clean_line(text)
    if not written:
        return 0
    found = _PEOPLE.fullmatch(written)
    if found is None or int(found[1]) > MOST_PEOPLE:
        raise UnreadableError("bad_people", text=written)
    return int(found[1])


def rooms(text: str) -> tuple[str, ...]:
    """The names between plus signs, commas and semicolons, each once; raises UnreadableError."""
    return distinct_rooms(_BETWEEN_ROOMS.split(clean_text(text)))


def distinct_rooms(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once; raises UnreadableError for more than a reservation may have."""
    found = tuple(dict.fromkeys(line(name) for name in names if name.strip()))
    if len(found) > MOST_ROOMS:
        raise UnreadableError("too_many_rooms", most=MOST_ROOMS)
    return found


def address(text: str) -> str:
    """A mail address in lower case, as servers read it, or nothing; raises UnreadableError."""
    written = text.strip()
    if not written:
        return ""
    try:
        return wire_address(written).lower()
    except MalformedAddress as error:
        raise UnreadableError("bad_address", text=written) from error


def person(name: str, mail: str = "") -> Person:
    """Somebody by name and address, which may stand together as 'Zoé Martin <zoe@college.example>'."""
    found = _NAME_AND_ADDRESS.fullmatch(name.strip())
    if found and not mail.strip():
        name, mail = found["name"], found["address"]
    elif "@" in name and not mail.strip():
        name, mail = "", name
    return Person(line(name.strip('" ')), address(mail))


def people(text: str) -> tuple[Person, ...]:
    """The persons between commas, semicolons and line breaks, each address once; raises UnreadableError."""
    return distinct(_attendee(part) for part in re.split(r"[,;\n]", text) if part.strip())


def distinct(found: Iterable[Person]) -> tuple[Person, ...]:
    """Each address once, as it comes first; raises UnreadableError for more than a reservation may have."""
    persons: dict[str, Person] = {}
    for one in found:
        persons.setdefault(one.address, one)
    if len(persons) > MOST_ATTENDEES:
        raise UnreadableError("too_many_attendees", most=MOST_ATTENDEES)
    return tuple(persons.values())


def _attendee(text: str) -> Person:
    found = person(text)
    if not found.address:
        raise UnreadableError("bad_address", text=text)
    return found


def _fitting(text: str, most: int) -> str:
    if len(text) > most:
        raise UnreadableError("text_too_long", text=text, most=most)
    return text
