"""The parts of a mail (RFC 2046 section 5.1), found in its bytes without a copy of them.

Not the standard library's parser: that makes an object of each line, and goes as deep as a mail asks it to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shared.itip.heads import MOST_HEADER, MOST_PART_HEADER, Head, content_type, head, parameters
from shared.itip.incoming import UnreadableMail
from shared.itip.words import decoded, transferred

MOST_MAIL: Final = 20_000_000
MOST_DEPTH: Final = 10
MOST_PARTS: Final = 100
_MOST_DELIMITERS: Final = 2_000
_LONGEST_BOUNDARY: Final = 200


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part without parts; `within` are the kinds of those around it, the outermost first."""

    raw: bytes
    start: int
    end: int
    head: Head
    kind: str
    parameters: Mapping[str, str]
    within: tuple[str, ...]

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def encoding(self) -> str:
        return decoded(self.head.first("content-transfer-encoding")[:40], "").strip().lower()

    @property
    def is_attachment(self) -> bool:
        return self.head.first("content-disposition")[:10].lower() == b"attachment"

    @property
    def filename(self) -> str:
        disposition = parameters(decoded(self.head.first("content-disposition"), ""))
        return (disposition.get("filename") or self.parameters.get("name", "")).lower()

    def content(self, most: int | None = None) -> bytes:
        """Without its transfer encoding; with `most`, of about so many bytes of it, from its start."""
        end = self.end if most is None else min(self.end, self.start + most)
        return transferred(self.raw[self.start : end], self.encoding)


@dataclass(frozen=True, slots=True)
class Mail:
    """The header of a mail, and its parts in their order; a mail within a mail is one part and is not opened."""

    head: Head
    leaves: tuple[Leaf, ...]


def mail(raw: bytes) -> Mail:
    """The parts of a mail; raises UnreadableMail for what is too large, too deep, or has too many of them."""
    if len(raw) > MOST_MAIL:
        raise UnreadableMail("mail_too_large", f"The mail has {len(raw)} bytes; {MOST_MAIL} are read at most.")
    start = raw.find(b"\n") + 1 if raw.startswith(b"From ") else 0  # the first line of a mail in an mbox
    top = head(raw, start, len(raw), MOST_HEADER)
    return Mail(top, tuple(_Walk(raw).leaves(top, len(raw), ())))


@dataclass(slots=True)
class _Walk:
    raw: bytes
    left: int = MOST_PARTS

    def leaves(self, part: Head, end: int, within: tuple[str, ...]) -> Iterator[Leaf]:
        if self.left == 0:
            raise UnreadableMail("too_many_parts", f"The mail has more than {MOST_PARTS} parts.")
        self.left -= 1
        kind, found = content_type(part.first("content-type"))
        boundary = found.get("boundary", "").rstrip()
        if not (kind.startswith("multipart/") and boundary):
            yield Leaf(self.raw, part.ends, end, part, kind or "text/plain", found, within)
            return
        if len(within) == MOST_DEPTH:
            raise UnreadableMail("too_deep", f"The mail has parts within parts, more than {MOST_DEPTH} deep.")
        for begins, ends in _between(self.raw, part.ends, end, boundary[:_LONGEST_BOUNDARY].encode()):
            yield from self.leaves(head(self.raw, begins, ends, MOST_PART_HEADER), ends, (*within, kind))


def _between(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where the parts begin and end; the last one ends with the mail when its boundary is missing."""
    delimiter = b"\n--" + boundary
    begins = -1
    place = start - 1  # the line break before the body may begin the first delimiter
    for _ in range(_MOST_DELIMITERS):
        place = raw.find(delimiter, place, end)
        if place < 0:
            break
        after = place + len(delimiter)
        line_ends = raw.find(b"\n", after, end)
        rest = raw[after : min(end if line_ends < 0 else line_ends, after + 100)].rstrip()
        if rest not in {b"", b"--"}:  # a longer boundary, of parts within, begins alike
            place = after
            continue
        if begins >= 0:
            yield begins, max(begins, place - (raw[place - 1 : place] == b"\r"))
        if rest == b"--" or line_ends < 0:
            return
        begins = place = line_ends + 1
        place -= 1
    else:
        raise UnreadableMail("too_many_parts", f"The mail has more than {_MOST_DELIMITERS} delimiters of parts.")
    if begins >= 0:
        yield begins, end
