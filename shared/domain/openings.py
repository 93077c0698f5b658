"""Openings: the earliest slots at which a place can be had within some windows of time; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.domain.places import Place, gap_between
from shared.domain.slots import Slot
from shared.domain.vacancies import Vacancies

STEP = timedelta(minutes=30)  # between the starts that are tried within a window
# Each time that the rules are asked costs as much as a hundred looks at what is taken. A month of which every hour is
# forbidden does not use this up; closures that are given as taken cost nothing at all.
MOST_ASKED = 400
AFTER_A_NO = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Openings:
    """Looks for sessions of that length (None: as long as the window), that start when `now` has passed."""

    vacancies: Vacancies
    windows: Sequence[tuple[date, Slot]]
    length: timedelta | None
    is_once_a_day: bool
    now: datetime

    def of(self, place: Place) -> Iterator[Slot]:
        """Slots in order that leave each other what the place needs between them."""
        gap, earliest, last_day = gap_between([place]), self.now, None
        limit = self.vacancies.asked + MOST_ASKED
        for day, window in self.windows:
            length, start = self.length or window.length, window.start
            while start + length <= window.end and not (self.is_once_a_day and day == last_day):
                end = start + length
                if start < earliest or not self.vacancies.is_free(place, start, end):
                    start += STEP
                elif self.vacancies.is_allowed(place, start, end):
                    yield Slot(start, end)
                    earliest, last_day = end + gap, day
                elif self.vacancies.asked > limit:
                    return
                else:
                    start += AFTER_A_NO
