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


@dataclass
class Kept:
    """One UID: the entry or series, its dates that were told of for themselves, and those that were cancelled so."""

    zones: list[Component]
    rank: Rank
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
        icalendar.use_zoneinfo()
        calendar = Calendar.from_ical(mail.calendar)
        events = [cast("Event", event) for event in calendar.walk("VEVENT")]
        masters = [event for event in events if "RECURRENCE-ID" not in event]
        if not masters:
            for event in events:
                self._take_date(event, is_cancel=mail.method == "CANCEL")
            return
        [master] = masters
        known = self.kept.get(str(master["UID"]))
        if known is not None and _rank(master) <= max([known.rank, *known.ranks.values()]):
            self.ignored += 1
            return
        zones = cast("list[Component]", calendar.walk("VTIMEZONE"))
        fresh = Kept(zones, _rank(master), master if mail.method == "REQUEST" else None)
        fresh.dates = {_name(event): event for event in events if event is not master}
        self.kept[str(master["UID"])] = fresh

    def found_by(self, ical_js: Expand) -> tuple[list[Found], list[Found]]:
        """Everything in it: as ical.js expands it, and as recurring-ical-events does."""
        calendars = [self._written(kept) for kept in self.kept.values() if kept.master is not None]
        first = [found for calendar in calendars for found in _by_ical_js(ical_js, calendar)]
        second = [found for calendar in calendars for found in _by_recurring_ical_events(calendar)]
        return sorted(first), sorted(second)

    def _take_date(self, event: Event, *, is_cancel: bool) -> None:
        known, name = self.kept[str(event["UID"])], _name(event)
        if known.master is None or _rank(event) <= known.ranks.get(name, known.rank):
            self.ignored += 1
            return
        known.ranks[name] = _rank(event)
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


def _rank(event: Event) -> Rank:
    return int(event["SEQUENCE"]), event["DTSTAMP"].dt


def _name(event: Event) -> datetime:
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
