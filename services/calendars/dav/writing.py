"""Answers in XML: elements, the responses of a multistatus, and errors that name the condition that failed."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.calendars.dav.names import DECLARED, PREFIXES

NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
PIECE: Final = 64 * 1024
XML: Final = "application/xml; charset=utf-8"
DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
OK, NOT_FOUND, FORBIDDEN, TRUNCATED = (
    "HTTP/1.1 200 OK",
    "HTTP/1.1 404 Not Found",
    "HTTP/1.1 403 Forbidden",
    "HTTP/1.1 507 Insufficient Storage",
)


def element(name: str, inner: str = "", attributes: str = "") -> str:
    """An element by its {namespace}name; `inner` and `attributes` are XML already."""
    namespace, _, local = name.rpartition("}")
    tag = local
    if known := PREFIXES.get(f"{namespace}}}"):
        tag = f"{known}:{local}"
    elif namespace:  # somebody else's, who asked for it
        tag, attributes = f"x:{local}", f" xmlns:x={quoteattr(namespace[1:])}"
    return f"<{tag}{attributes}>{inner}</{tag}>" if inner else f"<{tag}{attributes}/>"


def text(value: str) -> str:
    """Without the characters that XML cannot hold at all (XML 1.0 section 2.2)."""
    return escape(NO_XML.sub("", value))


def href(path: str) -> str:
    return f"<D:href>{escape(quote(path, safe='/:@!$&()*+,;=~'))}</D:href>"


def propstat(properties: Iterable[str], status: str, error: str = "") -> str:
    """Properties that have the same status; nothing when there are none."""
    inner = "".join(properties)
    return f"<D:propstat><D:prop>{inner}</D:prop><D:status>{status}</D:status>{error}</D:propstat>" if inner else ""


def response(path: str, propstats: str) -> str:
    """What is said of one resource; one about which nothing was asked exists all the same."""
    return f"<D:response>{href(path)}{propstats or _nothing()}</D:response>\n"


def gone(path: str) -> str:
    return f"<D:response>{href(path)}<D:status>{NOT_FOUND}</D:status></D:response>\n"


def truncated(path: str) -> str:
    """There is more than this answer holds (RFC 6578 section 3.6)."""
    condition = "<D:error><D:number-of-matches-within-limits/></D:error>"
    return f"<D:response>{href(path)}<D:status>{TRUNCATED}</D:status>{condition}</D:response>\n"


def multistatus(responses: Iterable[str], headers: dict[str, str] | None = None) -> Response:
    """207; what is large is streamed, and begun before: what fails at once can still be an answer of its own."""
    pieces = _document(responses)
    first, second = next(pieces), next(pieces, "")
    if not second:
        return Response(first, 207, headers=headers, media_type=XML)
    return StreamingResponse(chain([first, second], pieces), 207, headers=headers, media_type=XML)


def error(status: int, condition: str) -> Response:
    """The condition that failed, an element of XML (RFC 4918 section 16)."""
    return Response(f"{DECLARATION}<D:error {DECLARED}>{condition}</D:error>", status, media_type=XML)


def _document(responses: Iterable[str]) -> Iterator[str]:
    """In pieces of some size: each of them waits for a thread and for the socket."""
    piece, size = [f"{DECLARATION}<D:multistatus {DECLARED}>\n"], 0
    for part in responses:
        piece.append(part)
        size += len(part)
        if size > PIECE:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join([*piece, "</D:multistatus>"])


def _nothing() -> str:
    return f"<D:propstat><D:prop/><D:status>{OK}</D:status></D:propstat>"
