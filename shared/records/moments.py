"""The times of a calendar: days, times in UTC or in a zone; one that says no zone is an error, never a guess."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.slots import known_zone
from shared.records.contentlines import MOST_PROPERTIES, Property
from shared.records.instants import moment
from shared.records.reasons import UnreadableError
from shared.records.zones import Zones

_VALUE = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,3})W|(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What the wall clock of a zone shows; a day is its midnight at the site."""

    wall: datetime
    zone: str
    is_day: bool = False

    @property
    def instant(self) -> datetime:
        """In UTC; raises UnreadableError for a wall time that does not exist, or exists twice."""
        return moment(self.wall, self.zone)

    def in_zone(self, zone: str) -> datetime:
        """What another wall clock shows; raises UnreadableError."""
        return self.wall if zone == self.zone else self.instant.astimezone(known_zone(zone)).replace(tzinfo=None)


def moments(found: Property, site: str, zones: Zones) -> list[Moment]:
    """The times of a property, which EXDATE has many of; raises UnreadableError."""
    values = found.value.split(",")
    if len(values) > MOST_PROPERTIES:
        raise UnreadableError("event_too_long", most=MOST_PROPERTIES)
    return [_moment(value, found, site, zones) for value in values]


def duration(found: Property) -> timedelta:
    """The length of a DURATION (RFC 5545 section 3.3.6); raises UnreadableError."""
    parts = _DURATION.fullmatch(found.value.strip().upper())
    length = timedelta(**{unit: int(number or 0) for unit, number in parts.groupdict().items()}) if parts else None
    if not length:
        raise UnreadableError("bad_property", text=f"{found.name}:{found.value}")
    return length


def _moment(value: str, found: Property, site: str, zones: Zones) -> Moment:
    text = f"{found.name}:{found.value}"
    parts = _VALUE.fullmatch(value.strip().upper())
    if parts is None:
        raise UnreadableError("bad_property", text=text)
    try:
        wall = _wall(parts[1], parts[2] or "000000")
    except ValueError as error:
        raise UnreadableError("bad_property", text=text) from error
    if parts[2] is None:
        return Moment(wall, site, is_day=True)
    if parts[3]:
        return Moment(wall, "UTC")
    if not found.parameters.get("TZID"):
        raise UnreadableError("floating_time", text=text)
    return Moment(wall, zones.named(found.parameters["TZID"]))


def _wall(day: str, time: str) -> datetime:
    """By hand, for strptime takes ten times as long, and a calendar may have very many; raises ValueError."""
    year, month, number = int(day[:4]), int(day[4:6]), int(day[6:])
    return datetime(year, month, number, int(time[:2]), int(time[2:4]), int(time[4:]))  # noqa: DTZ001 - its zone follows
