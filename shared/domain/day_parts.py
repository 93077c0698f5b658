"""Parts of a day: morning, afternoon, evening, or whatever else is meant by a stretch on the clock of the wall."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot, instant

EVERY_DAY = frozenset(range(7))
MOST_DAYS = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Part:
    """From `starts` to `ends` on the wall; one that does not end later than it starts ends on the next day."""

    name: str
    starts: time
    ends: time

    def on(self, day: date, zone: ZoneInfo) -> Slot | None:
        """The slot of that day; None when the clock skips or repeats one of its ends that night."""
        last = day if self.ends > self.starts else day + timedelta(days=1)
        walls = datetime.combine(day, self.starts), datetime.combine(last, self.ends)
        try:
            start, end = (instant(wall, zone.key) for wall in walls)
        except InvalidInputError:
            return None
        return Slot(start, end)


@dataclass(frozen=True, slots=True)
class Days:
    """The parts of the days from `first` to the one before `before`, on these weekdays (Monday is 0)."""

    first: date
    before: date
    parts: tuple[Part, ...]
    zone: ZoneInfo
    weekdays: frozenset[int] = EVERY_DAY

    def windows(self, now: datetime) -> list[tuple[date, Slot]]:
        """Each part of each day that is not over, in order, for a year at most."""
        days = range(min(self.before - self.first, MOST_DAYS).days)
        dates = [day for n in days if (day := self.first + timedelta(days=n)).weekday() in self.weekdays]
        slots = {(day, slot) for day in dates for part in self.parts if (slot := part.on(day, self.zone))}
        return sorted((day, slot) for day, slot in slots if slot.end > now)
