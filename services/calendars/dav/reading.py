"""Requests as they come in: XML that cannot do harm, what it asks for, and how deep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from services.calendars.dav.names import DAV
from services.calendars.dav.refusing import BadRequest, Refused

MOST_BYTES: Final = 1024 * 1024
MOST_DEPTH: Final = 20
MOST_ELEMENTS: Final = 20_000
MOST_PROPERTIES: Final = 100

Depth = Literal["0", "1", "infinity"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which properties: those of these names, or all there are (`names_only`: their names); `is_brief`: no 404s."""

    names: tuple[str, ...] = ()
    is_all: bool = False
    names_only: bool = False
    is_brief: bool = False


def document(body: bytes) -> Element | None:
    """The root of the body, None without one; raises BadRequest for what is no XML, and for bombs."""
    if not body.strip():
        return None
    # a document type is no part of WebDAV, and all bombs are made of one
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(body)
        root: Element = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BadRequest(f"This is no XML that is read here: {str(error)[:100]}") from error
    return root


def wanted(root: Element | None, headers: Mapping[str, str]) -> Wanted:
    """What a propfind or a report asks for; no body asks for everything (RFC 4918 section 9.1)."""
    is_brief = headers.get("brief", "").lower() == "t" or "return=minimal" in headers.get("prefer", "").lower()
    if root is None or root.find(f"{DAV}allprop") is not None:
        included = root.find(f"{DAV}include") if root is not None else None
        return Wanted(_names(included), is_all=True, is_brief=is_brief)
    if root.find(f"{DAV}propname") is not None:
        return Wanted(is_all=True, names_only=True, is_brief=is_brief)
    return Wanted(_names(root.find(f"{DAV}prop")), is_brief=is_brief)


def depth(headers: Mapping[str, str], default: Depth) -> Depth:
    """The Depth header; raises BadRequest for one that does not exist."""
    given = headers.get("depth", default).strip().lower()
    for known in ("0", "1", "infinity"):
        if given == known:
            return known
    raise BadRequest("Depth is 0, 1 or infinity.")


def _names(asked: Element | None) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(child.tag for child in asked)) if asked is not None else ()
    if len(names) > MOST_PROPERTIES:
        raise Refused(403, "<D:number-of-matches-within-limits/>")
    return names


class _Bounded(TreeBuilder):
    """Builds the tree while it is of a decent size."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > MOST_DEPTH or self._elements > MOST_ELEMENTS:
            raise ValueError("too deep, or too much")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)
