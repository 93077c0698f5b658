"""What a file of bookings holds, line by line: a booking, or why there is none."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.domain.occurrences import Occurrence
from shared.domain.recurrence import Recurrence
from shared.domain.slots import Slot
from shared.records.reasons import Reason


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the file names; `address` is empty or one that can be written to."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Repetition:
    """The rule of a series from its first start on the wall clock of `zone` on; `skip` are dates that it leaves out.

    `is_cut`: the file gives it no end, and here it ends as far as the house plans.
    """

    rule: Recurrence
    start: datetime
    length: timedelta
    zone: str
    skip: frozenset[date] = frozenset()
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One booking as the file tells it; nothing in it has been looked up.

    `rooms` are names or slugs as written, maybe none; `place` is what they were taken from, for a room whose own name
    has a comma. `slot` is the only meeting or the first; a series has its `repetition` and all of its meetings in
    `occurrences`, without those that the file cancels or tells on lines of their own. `recurs_at`: this line is that
    meeting of the series `uid`, told by itself because something is different. `unread` names what the line says
    besides, and nobody reads.
    """

    title: str
    slot: Slot
    rooms: tuple[str, ...] = ()
    place: str = ""
    people: int = 0
    note: str = ""
    layout: str = ""
    organiser: Person = Person()
    organisation: str = ""
    attendees: tuple[Person, ...] = ()
    uid: str = ""
    repetition: Repetition | None = None
    occurrences: tuple[Occurrence, ...] = ()
    recurs_at: datetime | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The line says no booking that could be asked for; the reason says what to do."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Skipped:
    """The line is understood, and there is nothing to book: it is cancelled, for instance."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: `number` is its row in a spreadsheet, or the how-manieth VEVENT it is; `text` shows it."""

    number: int
    text: str
    found: Booking | Unreadable | Skipped
    uid: str = ""
