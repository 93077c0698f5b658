"""Reading bookings from iCalendar (RFC 5545), as Outlook, Google, Apple and Thunderbird export it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shared.calendar.text import clean_line
from shared.domain.slots import known_zone
from shared.records.contentlines import Event, File, Part, event, file, value_of
from shared.records.events import Site, booking, recurs_at
from shared.records.lines import Booking, Line, Skipped, Unreadable
from shared.records.moments import Moment
from shared.records.reasons import UnreadableError, echo, reason, whole_file
from shared.records.zones import Zones

MOST_MEETINGS: Final = 20_000
_LONGEST_TEXT: Final = 120
_SEQUENCE = re.compile(r"\d{1,9}", re.ASCII)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d).*)?", re.ASCII)
# what is found out only by counting through the dates of a series
_COSTLY: Final = frozenset(
    ("first_not_in_rule", "too_many_occurrences", "occurrences_overlap", "series_at_clock_change", "no_meetings_left")
)
_COST: Final = 500


@dataclass(frozen=True, slots=True)
class _Told:
    """One VEVENT that can be understood.

    `instance` is the meeting of a series that it is about, if only one; of two with the same `about` the larger
    `version` holds (RFC 5546 section 2.1.5).
    """

    uid: str
    event: Event
    instance: Moment | None
    about: tuple[str, datetime | None]
    version: tuple[int, str, int]

    @property
    def number(self) -> int:
        return self.version[-1]


@dataclass(frozen=True, slots=True)
class _File:
    """What the events of one file have to know of each other."""

    site: Site
    is_cancellation: bool
    newest: Mapping[tuple[str, datetime | None], int]
    elsewhere: Mapping[str, Sequence[Moment]]


def read_calendar(content: bytes, zone: str, horizon: date | None = None) -> list[Line]:
    """Each event in the order of the file: its booking, or why it has none.

    `number` counts the VEVENTs from 1. Days without a time are whole days at the site, in its zone. A meeting of a
    series that the file tells by itself is a line of its own, with `recurs_at`, and not among the series' occurrences.
    A series without an end goes until `horizon` (local, inclusive), and cannot be read without one. Raises
    InvalidInputError, in both languages, for a file of which no event can be read.
    """
    known_zone(zone)
    source = file(content)
    site = Site(zone, Zones(zone, source.zones), horizon)
    told = [_told(number, part, site) for number, part in enumerate(source.events, 1)]
    context = _context(source, site, [one for one in told if isinstance(one, _Told)])
    lines: list[Line] = []
    left = MOST_MEETINGS
    for part, one in zip(source.events, told, strict=True):
        found = _found(one, context) if isinstance(one, _Told) else one
        left -= _cost(found)
        if left < 0:
            raise whole_file("too_many_meetings", most=MOST_MEETINGS)
        lines.append(Line(len(lines) + 1, _shown(part), found, clean_line(value_of(part.lines, "UID"))))
    return lines


def _told(number: int, part: Part, site: Site) -> _Told | Unreadable:
    try:
        understood = event(part)
        instance = recurs_at(understood, site)
        recurs = instance.instant if instance else None
        uid, sequence = clean_line(understood.text("UID")), understood.text("SEQUENCE").strip()
        version = (int(sequence) if _SEQUENCE.fullmatch(sequence) else 0, understood.text("DTSTAMP"), number)
    except UnreadableError as error:
        return Unreadable(error.reason)
    return _Told(uid, understood, instance, (uid or f"without, {number}", recurs), version)


def _context(source: File, site: Site, told: Sequence[_Told]) -> _File:
    newest = {one.about: one.number for one in sorted(told, key=lambda one: one.version)}
    elsewhere: dict[str, list[Moment]] = {}
    for one in told:
        if one.instance:
            elsewhere.setdefault(one.uid, []).append(one.instance)
    return _File(site, source.method == "CANCEL", newest, elsewhere)


def _found(told: _Told, context: _File) -> Booking | Unreadable | Skipped:
    newest = context.newest[told.about]
    if newest != told.number:
        return Skipped(reason("superseded", number=newest))
    if context.is_cancellation:
        return Skipped(reason("cancelled"))
    try:
        return booking(told.event, context.site, context.elsewhere.get(told.uid, ()))
    except UnreadableError as error:
        return Unreadable(error.reason)


def _cost(found: Booking | Unreadable | Skipped) -> int:
    """How many dates were counted through: what a hostile file could make long."""
    if isinstance(found, Booking):
        return len(found.occurrences)
    return _COST if found.reason.code in _COSTLY else 0


def _shown(part: Part) -> str:
    start = value_of(part.lines, "DTSTART")
    time = _TIME.sub(r"\3/\2/\1 \4:\5", start).removesuffix(" :") + (" UTC" if start.endswith("Z") else "")
    said = (value_of(part.lines, "SUMMARY"), value_of(part.lines, "LOCATION"), time)
    return echo(", ".join(one for one in said if one.strip()), _LONGEST_TEXT)
