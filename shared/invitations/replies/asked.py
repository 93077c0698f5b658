"""What an entry of somebody else's calendar asks of our rooms, as it is kept and compared."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from shared.domain.recurrence import Recurrence
from shared.domain.slots import Slot
from shared.store.external import ExternalEntry

# of a rule that began long ago the dates that are over are passed by; a day of each of fifty years is long enough
MOST_STEPS = 20_000

Version = tuple[int, datetime]
"""SEQUENCE and DTSTAMP: of two versions of one thing the higher one counts (RFC 5546 section 2.1.5)"""


class Meeting(BaseModel):
    """One component: a single entry, what is usual of a series, or one of its dates; times are instants.

    `rooms` are slugs; `end` is None where the entry has none; `zone` is how it is written; `refusal` (a Refusal) says
    why it was refused before anybody decided; `reservation` is that of a date which belongs to no series of ours.
    """

    model_config = ConfigDict(frozen=True)

    sequence: int
    dtstamp: datetime
    start: datetime
    end: datetime | None
    zone: str
    is_all_day: bool = False
    title: str = ""
    note: str = ""
    people: int = 0
    rooms: tuple[str, ...] = ()
    is_named_by_day: bool = False
    """its RECURRENCE-ID is a day"""
    is_cancelled: bool = False
    refusal: dict[str, Any] | None = None
    reservation: int | None = None

    @property
    def version(self) -> Version:
        return self.sequence, self.dtstamp

    @property
    def slot(self) -> Slot:
        """When it is; one without an end is refused before anybody asks."""
        return Slot(self.start, self.end or self.start)

    @property
    def is_asked(self) -> bool:
        return not self.is_cancelled and bool(self.rooms)

    def with_(self, **what: Any) -> Self:
        return self.model_copy(update=what)


class Asked(BaseModel):
    """The whole (`whole`, None when only dates of it were ever asked for) and the dates that are different.

    `rule` is an RRULE of ours, '' for a single entry; `skipped` are days in the zone of the whole; `cut_on` is the last
    day where the rule was cut at the horizon; `dates` go by their original start (`name_of`); `removed` are rooms that
    a CANCEL took off, with its version.
    """

    model_config = ConfigDict(frozen=True)

    whole: Meeting | None = None
    rule: str = ""
    skipped: tuple[date, ...] = ()
    cut_on: date | None = None
    dates: dict[str, Meeting] = {}
    removed: dict[str, Version] = {}
    sent_by: str = ""

    @classmethod
    def of(cls, entry: ExternalEntry) -> Self:
        return cls.model_validate(entry.asked)

    @property
    def named(self) -> dict[str, Meeting]:
        """The whole under '', and the dates."""
        return ({"": self.whole} if self.whole else {}) | self.dates

    @property
    def meetings(self) -> Iterator[Meeting]:
        yield from self.named.values()

    @property
    def rooms(self) -> list[str]:
        """All that are asked for by anything of it."""
        return sorted({slug for meeting in self.meetings if meeting.is_asked for slug in meeting.rooms})

    def version_of(self, name: str) -> Version | None:
        """The last one heard of the whole (''), or of that date: of the date itself if it ever had one."""
        if name and name in self.dates:
            return self.dates[name].version
        return self.whole.version if self.whole else None


def days_of(asked: Asked) -> Iterator[date]:
    """The days of its rule in order, in the zone of the whole, with those that are left out; none without a rule."""
    if asked.whole is None or not asked.rule:
        return
    zone, rule = ZoneInfo(asked.whole.zone), Recurrence.parse(asked.rule)
    first, until = asked.whole.start.astimezone(zone), rule.until
    for day in islice(rule.dates(first.date()), min(rule.count or MOST_STEPS, MOST_STEPS)):
        start = datetime.combine(day, first.time(), zone)
        if until is not None and (start > until if isinstance(until, datetime) else day > until):
            return
        yield day


def on_date(whole: Meeting, name: str) -> Meeting:
    """The date of that name as the whole has it: start and end both by the clock on the wall."""
    zone, start = ZoneInfo(whole.zone), moment_of(name)
    first, last = (moment.astimezone(zone).replace(tzinfo=None) for moment in (whole.start, whole.end or whole.start))
    end = start.astimezone(zone) + (last - first)  # within one zone Python counts what the clock shows
    return whole.with_(start=start, end=end.astimezone(UTC))


def named_by_day(name: str, whole: Meeting) -> str:
    """The name of the date on the day that this one begins: some calendars leave the hour to the whole."""
    zone = ZoneInfo(whole.zone)
    day = moment_of(name).astimezone(zone).date()
    return name_of(datetime.combine(day, whole.start.astimezone(zone).time(), zone))


def name_of(moment: datetime) -> str:
    """How a date of a series is called by its original start, in UTC."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def moment_of(name: str) -> datetime:
    return datetime.strptime(name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
