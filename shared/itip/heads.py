"""The header of a mail, or of a part of one: its fields, and the parameters of one (RFC 5322 2.2, 2045 5.1, 2231)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from shared.itip.incoming import UnreadableMail
from shared.itip.words import decoded

MOST_HEADER: Final = 256_000
MOST_PART_HEADER: Final = 16_000
MOST_FIELDS: Final = 1_000
MOST_LINES: Final = 10_000
_LONGEST_PARAMETERS: Final = 4_000

_NAME = re.compile(rb"[!-9;-~]+")
_KIND = re.compile(r"\s*([a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+)", re.IGNORECASE | re.ASCII)
_PARAMETER = re.compile(r';\s*([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))', re.ASCII)
_ESCAPE = re.compile(r"\\(.)")
_CONTINUED = re.compile(r"\*\d{1,2}")


@dataclass(frozen=True, slots=True)
class Head:
    """The fields in their order, names in lower case and values unfolded; the body begins where it `ends`."""

    fields: Sequence[tuple[str, bytes]]
    ends: int

    def all(self, name: str) -> tuple[bytes, ...]:
        return tuple(value for field, value in self.fields if field == name)

    def first(self, name: str) -> bytes:
        return next(iter(self.all(name)), b"")


def head(raw: bytes, start: int, end: int, most: int) -> Head:
    """The header that starts there; raises UnreadableMail for one that is too long to be one."""
    first = raw[start : min(end, start + 2)]
    if first[:1] == b"\n" or first == b"\r\n":
        return Head((), start + len(first[:1] if first[:1] == b"\n" else first))
    blanks = [raw.find(blank, start, min(end, start + most)) for blank in (b"\n\n", b"\n\r\n")]
    found = [place for place in blanks if place >= 0]
    if not found and start + most < end:
        raise UnreadableMail("header_too_long", f"A header is longer than {most} bytes.")
    stop = min(found, default=end)
    return Head(_fields(raw[start:stop]), raw.index(b"\n", stop + 1) + 1 if found else end)


def content_type(value: bytes) -> tuple[str, Mapping[str, str]]:
    """The kind in lower case, such as text/calendar, '' without one, and its parameters."""
    text = decoded(value[:_LONGEST_PARAMETERS], "")
    found = _KIND.match(text)
    return (found[1].lower() if found else ""), parameters(text)


def parameters(text: str) -> Mapping[str, str]:
    """Each name in lower case with its value, those that RFC 2231 continues and encodes put together."""
    found: dict[str, str] = {}
    for one in _PARAMETER.finditer(text[:_LONGEST_PARAMETERS]):
        name, value = one[1].lower(), _ESCAPE.sub(r"\1", one[2]) if one[2] is not None else one[3].strip('"')
        if name.endswith("*"):
            name, value = name[:-1], unquote(value.rpartition("'")[2])
        plain = _CONTINUED.sub("", name)
        found[plain] = found.get(plain, "") + value if plain != name else value
    return found


def _fields(block: bytes) -> Sequence[tuple[str, bytes]]:
    if block.count(b"\n") > MOST_LINES:
        raise UnreadableMail("header_too_long", f"A header has more than {MOST_LINES} lines.")
    found: list[tuple[str, list[bytes]]] = []
    for line in block.split(b"\n"):
        written = line.removesuffix(b"\r")
        if written[:1] in {b" ", b"\t"}:
            if found:
                found[-1][1].append(written)
            continue
        name, colon, value = written.partition(b":")
        name = name.rstrip(b" \t")  # obsolete, but some servers read 'From : ' as a From
        if colon and _NAME.fullmatch(name):
            found.append((name.decode("ascii").lower(), [value]))
        if len(found) > MOST_FIELDS:
            raise UnreadableMail("too_many_header_fields", f"A header has more than {MOST_FIELDS} fields.")
    return [(name, b"".join(pieces).strip()) for name, pieces in found]
