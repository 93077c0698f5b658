"""One iTIP message (RFC 5546) out of the bytes of a calendar."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from shared.domain.errors import InvalidInputError
from shared.itip.components import component
from shared.itip.incoming import Component, Scheduling, Unasked, UnreadableMail
from shared.itip.words import decoded
from shared.records import contentlines
from shared.records.reasons import UnreadableError
from shared.records.zones import Zones

MOST_CALENDAR: Final = 1_000_000
MOST_LINES: Final = 20_000
MOST_COMPONENTS: Final = 500

_METHOD = re.compile(r"[A-Z][A-Z0-9-]{0,39}", re.ASCII)


def scheduling(content: bytes, zone: str, *, method: str = "", charset: str = "") -> Scheduling | Unasked:
    """What the calendar asks for; its own METHOD comes before that of its Content-Type.

    Days count as days of `zone`, which an unnamed VTIMEZONE with its rules may mean as well. Raises UnreadableMail.
    """
    _check_size(content)
    try:
        file = contentlines.file(decoded(content, charset).encode())
    except InvalidInputError as error:
        if error.code == "no_events":
            return Unasked("no_event")
        raise UnreadableMail(error.code, error.message) from error
    asked = file.method or method.strip().upper()
    if asked in {"", "PUBLISH"}:
        return Unasked("published" if asked else "no_method")
    if not _METHOD.fullmatch(asked):
        raise UnreadableMail("bad_method", f"METHOD is no name: {asked[:60]!r}")
    zones = Zones(zone, file.zones)
    return _of_one_uid(asked, [_read(part, zone, zones) for part in file.events])


def _check_size(content: bytes) -> None:
    """Before anything is done with it: what takes longer to read than any invitation is none."""
    if len(content) > MOST_CALENDAR:
        raise UnreadableMail("calendar_too_large", f"The calendar has more than {MOST_CALENDAR} bytes.")
    if content.count(b"\n") + content.count(b"\r") > 2 * MOST_LINES:
        raise UnreadableMail("calendar_too_large", f"The calendar has more than {MOST_LINES} lines.")
    if content.upper().count(b"BEGIN:VEVENT") > MOST_COMPONENTS:
        raise UnreadableMail("too_many_components", f"The calendar has more than {MOST_COMPONENTS} events.")


def _read(part: contentlines.Part, zone: str, zones: Zones) -> Component:
    try:
        return component(contentlines.event(part), zone, zones)
    except UnreadableError as error:
        raise UnreadableMail(error.reason.code, error.reason.sentence("en")) from error


def _of_one_uid(method: str, components: Sequence[Component]) -> Scheduling:
    """Of two about the same date the newer counts (RFC 5546 section 2.1.5)."""
    uids = {one.uid for one in components}
    if len(uids) > 1:
        raise UnreadableMail("several_uids", "The calendar has more than one UID.")
    found: dict[datetime | None, Component] = {}
    for one in sorted(components, key=_version):
        found[one.recurrence_id] = one
    ordered = sorted(found.values(), key=lambda one: one.recurrence_id or datetime.min.replace(tzinfo=UTC))
    return Scheduling(method, uids.pop(), tuple(ordered))


def _version(one: Component) -> tuple[int, datetime]:
    return one.sequence, one.dtstamp or datetime.min.replace(tzinfo=UTC)
