"""Somebody's calendar: takes mails as a careful client does, and shows what it holds to two readers not ours.

Careful is: of each entry only what is newer than what is known, by SEQUENCE and then by DTSTAMP (RFC 5546 section
2.1.5), a date of a series by its RECURRENCE-ID, and for a date that was never told of for itself the series.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import icalendar
import recurring_ical_events
from icalendar import Calendar, Component, Event
from icalendar.prop import vDatetime

from tests.post_office import Mail
from tests.second_opinion import Expand

Rank = tuple[int, datetime]
Found = tuple[datetime, datetime, str, str]
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
NEVER: Rank = (-1, EVER[0])


@dataclass
class Kept:
    """One UID: the entry or series, its dates that were told of for themselves, and those that were cancelled so.

    Its dates may come before it does; there is no master yet then, or none any more once all is cancelled.
    """

    zones: list[Component] = field(default_factory=list)
    rank: Rank = NEVER
    master: Event | None = None
    ranks: dict[datetime, Rank] = field(default_factory=dict)
    dates: dict[datetime, Event] = field(default_factory=dict)
    cancelled: dict[datetime, vDatetime] = field(default_factory=dict)


@dataclass
class SomebodysCalendar:
    """`ignored` counts the events that were not newer than what was known."""

    kept: dict[str, Kept] = field(default_factory=dict)
    ignored: int = 0

    def take(self, mail: Mail) -> None:
        """Do what the mail says."""
        self.read(mail.calendar, mail.method)

    def read(self, calendar: bytes, method: str) -> None:
        icalendar.use_zoneinfo()
        parsed = Calendar.from_ical(calendar)
        events = [cast("Event", event) for event in parsed.walk("VEVENT")]
        masters = [event for event in events if "RECURRENCE-ID" not in event]
        dates = [event for event in events if "RECURRENCE-ID" in event]
        known = self.kept.setdefault(str(events[0]["UID"]), Kept())
        known.zones = known.zones or cast("list[Component]", parsed.walk("VTIMEZONE"))
        for master in masters:
            if rank_of(master) <= known.rank:
                self.ignored += 1
                return
            self._take_whole(known, master, is_cancel=method == "CANCEL")
        for event in dates:
            self._take_date(known, event, is_cancel=method == "CANCEL", is_of_whole=bool(masters))

    def found_by(self, ical_js: Expand) -> tuple[list[Found], list[Found]]:
        """Everything in it: as ical.js expands it, and as recurring-ical-events does."""
        calendars = [self._written(kept) for kept in self.kept.values() if kept.master is not None]
        first = [found for calendar in calendars for found in _by_ical_js(ical_js, calendar)]
        second = [found for calendar in calendars for found in _by_recurring_ical_events(calendar)]
        return sorted(first), sorted(second)

    def _take_whole(self, known: Kept, master: Event, *, is_cancel: bool) -> None:
        """It says all that was so when it was written; what was told of a date since then is newer."""
        known.rank, known.master = rank_of(master), None if is_cancel else master
        for name in [name for name, rank in known.ranks.items() if rank <= known.rank]:
            del known.ranks[name]
            known.dates.pop(name, None)
            known.cancelled.pop(name, None)

    def _take_date(self, known: Kept, event: Event, *, is_cancel: bool, is_of_whole: bool) -> None:
        name = name_of(event)
        if rank_of(event) <= known.ranks.get(name, NEVER if is_of_whole else known.rank):
            self.ignored += 1
            return
        known.ranks[name] = rank_of(event)
        if is_cancel:
            known.dates.pop(name, None)
            known.cancelled[name] = vDatetime(event["RECURRENCE-ID"].dt)
        else:
            known.cancelled.pop(name, None)
            known.dates[name] = event

    def _written(self, kept: Kept) -> bytes:
        calendar, master = Calendar(), deepcopy(kept.master)
        assert master is not None
        for date in kept.cancelled.values():
            master.add("EXDATE", date)
        for component in (*kept.zones, master, *kept.dates.values()):
            calendar.add_component(component)
        written: bytes = calendar.to_ical(sorted=False)
        return written


def rank_of(event: Event) -> Rank:
    return int(event["SEQUENCE"]), event["DTSTAMP"].dt


def name_of(event: Event) -> datetime:
    moment: datetime = event["RECURRENCE-ID"].dt
    return moment.astimezone(UTC)


def _by_ical_js(ical_js: Expand, calendar: bytes) -> Iterator[Found]:
    for date in ical_js(calendar):
        yield _instant(date["start"]), _instant(date["end"]), date["summary"], date["location"]


def _by_recurring_ical_events(calendar: bytes) -> Iterator[Found]:
    events: Any = recurring_ical_events.of(Calendar.from_ical(calendar)).between(*EVER)
    for event in events:
        start, end = event.start.astimezone(UTC), event.end.astimezone(UTC)
        yield start, end, str(event["SUMMARY"]), str(event["LOCATION"])


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)
