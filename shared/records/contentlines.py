"""The parts of an iCalendar file (RFC 5545 section 3.1): its events, line by line, and the time zones that it defines.

Not icalendar's own reading: that gives up a whole calendar for one wrong line, expands whatever rule a VTIMEZONE holds,
remembers time zones from one file to the next, and turns an unknown one into no zone at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.records.decoding import MOST_LINES, bounded, decoded
from shared.records.reasons import UnreadableError, whole_file

MOST_DEPTH: Final = 20
MOST_PROPERTIES: Final = 5_000
MOST_CONTENT_LINES: Final = 250_000
LONGEST_CONTENT_LINE: Final = 100_000
# without these it would be another booking; what is wrong with another line, harms nothing
_ESSENTIAL: Final = frozenset(
    {"UID", "RECURRENCE-ID", "STATUS", "SUMMARY", "LOCATION"}
    | {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE"}
)

_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_BREAK = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_VALUES = r'(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*'
_PARAMETER = f";[A-Za-z0-9-]+={_VALUES}"
_PROPERTY = re.compile(rf"(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:{_PARAMETER})*):(?P<value>.*)", re.DOTALL)
_ONE_PARAMETER = re.compile(f";([A-Za-z0-9-]+)=({_VALUES})")
_BETWEEN_VALUES = re.compile(r'"?,"?')
_CARET = re.compile(r"\^([n'^])")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Property:
    """NAME;PARAMETER=...:value, the names in capitals; `value` as it stands, `text` without its escapes."""

    name: str
    parameters: Mapping[str, str]
    value: str

    def listed(self, parameter: str) -> list[str]:
        """The values of a parameter that has several, such as DELEGATED-TO="mailto:a@…","mailto:b@…"."""
        return _BETWEEN_VALUES.split(self.parameters.get(parameter, ""))

    @property
    def text(self) -> str:
        return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass(slots=True)
class Part:
    """One VEVENT or VTIMEZONE: its lines, those of the parts inside of a VTIMEZONE as well."""

    lines: list[str] = field(default_factory=list)
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """The properties of one VEVENT by name, and the names of those that cannot be understood and do no harm."""

    properties: Mapping[str, Sequence[Property]]
    unread: tuple[str, ...] = ()

    def all(self, name: str) -> Sequence[Property]:
        return self.properties.get(name, ())

    def one(self, name: str) -> Property | None:
        """The property, if there; raises UnreadableError when there are two."""
        found = self.all(name)
        if len(found) > 1:
            raise UnreadableError("property_twice", name=name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        found = self.one(name)
        return found.text if found else ""


@dataclass(frozen=True, slots=True)
class File:
    """What a file holds, in its order."""

    method: str
    events: Sequence[Part]
    zones: Sequence[Part]


def file(content: bytes) -> File:
    """The parts of a file; raises InvalidInputError for what is no calendar, or too much of one."""
    if content.count(b"\n") + content.count(b"\r") > 2 * MOST_CONTENT_LINES:
        raise whole_file("too_many_lines", most=MOST_CONTENT_LINES)
    # unfolded before it is text: a fold may stand within a letter
    lines = _BREAK.split(decoded(_FOLD.sub(b"", bounded(content))))
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines):
        raise whole_file("not_a_calendar")
    found = File(_method(lines), *_parts(lines))
    if not found.events:
        raise whole_file("no_events")
    return found


def event(part: Part) -> Event:
    """The properties of a VEVENT; raises UnreadableError."""
    if not part.is_whole:
        raise UnreadableError("cut_off")
    if len(part.lines) > MOST_PROPERTIES:
        raise UnreadableError("event_too_long", most=MOST_PROPERTIES)
    properties: dict[str, list[Property]] = {}
    unread = []
    for line in part.lines:
        found = parsed(line)
        if found:
            properties.setdefault(found.name, []).append(found)
        elif _name(line) in _ESSENTIAL:
            raise UnreadableError("bad_property", text=line)
        else:
            unread.append(_name(line) or line)
    return Event(properties, tuple(unread))


def parsed(line: str) -> Property | None:
    """One line, if it is one, and no longer than any that is read: a match remembers where each parameter began."""
    found = _PROPERTY.fullmatch(line) if len(line) <= LONGEST_CONTENT_LINE else None
    if found is None:
        return None
    parameters = {one[1].upper(): _bare(one[2]) for one in _ONE_PARAMETER.finditer(found["parameters"])}
    return Property(found["name"].upper(), parameters, found["value"])


def value_of(lines: Sequence[str], name: str) -> str:
    """The text of the first property of that name that can be understood."""
    found = (parsed(line) for line in lines if line[: len(name)].upper() == name)
    return next((one.text for one in found if one and one.name == name), "")


def _bare(parameter: str) -> str:
    """Without its quotes and RFC 6868's escapes."""
    return _CARET.sub(lambda found: {"n": "\n", "'": '"'}.get(found[1], "^"), parameter.strip('"'))


def _name(line: str) -> str:
    found = _NAME.match(line)
    return found[0].upper() if found else ""


def _method(lines: Sequence[str]) -> str:
    return value_of(lines, "METHOD").strip().upper()


def _parts(lines: Sequence[str]) -> tuple[list[Part], list[Part]]:
    """The VEVENTs and VTIMEZONEs; one that begins inside of another leaves that one unfinished."""
    found: dict[str, list[Part]] = {"VEVENT": [], "VTIMEZONE": []}
    inside: list[str] = []
    for line in lines:
        keyword, _, rest = line.upper().partition(":")
        what = rest.strip()
        if keyword == "BEGIN":
            inside = [what] if what in found else [*inside, what]
            _begin(found, inside)
        elif keyword == "END" and inside[-1:] == [what]:
            inside.pop()
            if what in found:
                found[what][-1].is_whole = True
        elif inside == ["VEVENT"] and line.strip():
            found["VEVENT"][-1].lines.append(line)
        if inside[:1] == ["VTIMEZONE"]:
            found["VTIMEZONE"][-1].lines.append(line)
    return found["VEVENT"], found["VTIMEZONE"]


def _begin(found: Mapping[str, list[Part]], inside: Sequence[str]) -> None:
    if len(inside) > MOST_DEPTH:
        raise whole_file("too_deep", most=MOST_DEPTH)
    if inside[-1] in found:
        found[inside[-1]].append(Part())
        if len(found["VEVENT"]) > MOST_LINES:
            raise whole_file("too_many_lines", most=MOST_LINES)
