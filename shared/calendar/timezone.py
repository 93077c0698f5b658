"""The VTIMEZONE of a site: built by hand from rules, because every client reads rules and few read lists of dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur

# What a zone did before this system existed concerns no entry.
_FIXED_SINCE, _FIXED_UNTIL = 2000, 2038

Observance = TimezoneDaylight | TimezoneStandard


class UnknownZone(ValueError):  # noqa: N818 - named as what it says, like the domain's errors
    """No VTIMEZONE is known that all clients read alike for this zone."""


@dataclass(frozen=True)
class _Change:
    """One of the two clock changes of a year; `first` is local time before the change (RFC 5545 section 3.6.5)."""

    name: str
    first: datetime
    month: int
    weekday: str
    before: timedelta
    after: timedelta


def _hours(hours: float) -> timedelta:
    return timedelta(hours=hours)


def _local(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour)  # noqa: DTZ001 - a VTIMEZONE's own DTSTART is local time by RFC 5545


# zone → (daylight, standard)
_CHANGING: Mapping[str, tuple[_Change, _Change]] = {
    # European Union, directive 2000/84/EC, and the same Sundays since 1981 and 1996
    "Europe/Paris": (
        _Change("CEST", _local(1981, 3, 29, 2), 3, "-1SU", _hours(1), _hours(2)),
        _Change("CET", _local(1996, 10, 27, 3), 10, "-1SU", _hours(2), _hours(1)),
    ),
    # North America, since 2007
    "America/Miquelon": (
        _Change("-02", _local(2007, 3, 11, 2), 3, "2SU", _hours(-3), _hours(-2)),
        _Change("-03", _local(2007, 11, 4, 2), 11, "1SU", _hours(-2), _hours(-3)),
    ),
}


def vtimezone(zone: str) -> Timezone:
    """The VTIMEZONE of an IANA zone: by its two yearly rules, or fixed where the clocks never change.

    Raises UnknownZone for a zone that does change and whose rules are not written here.
    """
    component = Timezone()
    component.add("TZID", zone)
    if zone in _CHANGING:
        daylight, standard = _CHANGING[zone]
        component.add_component(_observance(TimezoneDaylight(), daylight))
        component.add_component(_observance(TimezoneStandard(), standard))
    else:
        component.add_component(_fixed_observance(zone))
    return component


def zone_info(zone: str) -> ZoneInfo:
    """The zone's own arithmetic; raises UnknownZone."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(f"no such time zone: {zone!r}") from error


def _observance(component: Observance, change: _Change) -> Observance:
    component.add("TZNAME", change.name)
    component.add("DTSTART", change.first)
    component.add("RRULE", vRecur({"FREQ": "YEARLY", "BYMONTH": change.month, "BYDAY": change.weekday}))
    component.add("TZOFFSETFROM", change.before)
    component.add("TZOFFSETTO", change.after)
    return component


def _fixed_observance(zone: str) -> TimezoneStandard:
    offset, name = _fixed_offset(zone)
    component = TimezoneStandard()
    component.add("TZNAME", name)
    component.add("DTSTART", _local(1970, 1, 1, 0))
    component.add("TZOFFSETFROM", offset)
    component.add("TZOFFSETTO", offset)
    return component


@cache
def _fixed_offset(zone: str) -> tuple[timedelta, str]:
    info = zone_info(zone)
    months = [
        datetime(year, month, 1, tzinfo=UTC).astimezone(info)
        for year in range(_FIXED_SINCE, _FIXED_UNTIL)
        for month in range(1, 13)
    ]
    found = {(moment.utcoffset(), moment.tzname()) for moment in months}
    offset, name = found.pop()
    if found or offset is None or name is None:
        raise UnknownZone(f"{zone} changes its clocks by a rule that is not written here")
    return offset, name
