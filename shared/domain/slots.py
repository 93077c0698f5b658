"""A slot: a half-open stretch of time between two instants, and how wall-clock times become instants."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.domain.errors import InvalidInputError

LONGEST = timedelta(days=366)
# far from the ends of datetime: looking some weeks around a slot, or at it from another zone, must stay a date
YEARS = range(1970, 2200)
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC) for year in (YEARS.start, YEARS.stop))


@dataclass(frozen=True, order=True, slots=True)
class Slot:
    """`[start, end)` in UTC.

    Raises InvalidInputError when it is naive, empty, reversed, longer than 366 days or not in YEARS.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise InvalidInputError("A time needs its offset, such as 2027-11-09T09:00:00+01:00.", code="naive_time")
        if not (EARLIEST <= self.start <= LATEST and EARLIEST <= self.end <= LATEST):
            raise InvalidInputError(f"A slot lies in the years {YEARS[0]} to {YEARS[-1]}.", code="time_out_of_range")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise InvalidInputError("A slot must end after it starts.", code="slot_reversed")
        if self.end - self.start > LONGEST:
            raise InvalidInputError("A slot lasts 366 days at most.", code="slot_too_long")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Slot") -> bool:
        return self.start < other.end and other.start < self.end

    def starting(self, start: datetime) -> "Slot":
        """The slot of the same length that starts then."""
        return Slot(start, start + self.length)


def instant(time: datetime, zone: str | None) -> datetime:
    """The UTC instant of a time with an offset, or of a wall-clock time in a named zone.

    Raises InvalidInputError for a wall-clock time without a zone, and for one that the clock change skips or repeats:
    there only an explicit offset says which instant is meant. Out of range: what no venue plans, and where looking
    two weeks around or converting to another zone would leave the calendar.
    """
    if time.year not in YEARS:
        raise InvalidInputError(f"A year lies between {YEARS[0]} and {YEARS[-1]}.", code="time_out_of_range")
    if time.tzinfo is not None:
        return time.astimezone(UTC)
    if zone is None:
        raise InvalidInputError(
            "A time needs its offset, such as 2027-11-09T09:00:00+01:00, or the request its zone.", code="naive_time"
        )
    return _from_wall_clock(time, zone)


def known_zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises InvalidInputError.

    Only what may be a name is looked for: zoneinfo would import a module for each dot and slash in it.
    """
    if not _ZONE.fullmatch(name):
        raise _unknown(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _unknown(name) from error


def _unknown(name: str) -> InvalidInputError:
    return InvalidInputError(f"There is no time zone named {name[:60]!r}.", code="unknown_zone")


def _from_wall_clock(time: datetime, zone: str) -> datetime:
    tz = known_zone(zone)
    early, late = (time.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return early
    if early.astimezone(tz).replace(tzinfo=None) != time:
        raise InvalidInputError(
            f"{time:%Y-%m-%d %H:%M} does not exist in {zone}: the clock jumps over it that night.",
            code="time_does_not_exist",
        )
    raise InvalidInputError(
        f"{time:%Y-%m-%d %H:%M} exists twice in {zone}: give the offset of the one you mean.", code="time_exists_twice"
    )
