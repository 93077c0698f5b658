"""A series and its iCalendar bytes: one rule, the dates it leaves out, and each occurrence that is not as usual."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import takewhile

from icalendar import Event
from icalendar.prop import vDatetime, vRecur

from shared.calendar.entry import ContradictoryEntry, Entry, Method, vcalendar, vevent
from shared.calendar.timezone import zone_info
from shared.domain.recurrence import Recurrence


@dataclass(frozen=True, kw_only=True)
class SeriesEntry:
    """What goes on under one UID: what is `usual`, and the live `occurrences` of a rule.

    `usual` is an entry that lasts from start to end as any occurrence by the rule does; which one it is does not
    matter. Each occurrence is a copy of it with its own `recurrence_id`, start, end and whatever else is not as usual.
    The rule's own end does not matter: a series ends with its last live occurrence. `apart` names occurrences that are
    written out though they are as usual. Raises ContradictoryEntry.
    """

    usual: Entry
    rule: Recurrence
    occurrences: tuple[Entry, ...]
    apart: frozenset[datetime] = frozenset()

    def __post_init__(self) -> None:
        if self.usual.recurrence_id or _series_of([self.usual]) != _series_of(self.occurrences):
            raise ContradictoryEntry("what is usual is no occurrence, and of the same series")
        if not self.live.keys() <= set(self._starts()):
            raise ContradictoryEntry("an occurrence is named by a start of its rule")

    @cached_property
    def live(self) -> Mapping[datetime, Entry]:
        """The occurrences by the local time at which the rule would start them, in order."""
        zone = zone_info(self.usual.zone)
        return {recurs_at.astimezone(zone): entry for recurs_at, entry in _in_order(self.occurrences)}

    @cached_property
    def left_out(self) -> tuple[datetime, ...]:
        """The starts of the rule, in local time, between the first and the last occurrence, that have none."""
        return tuple(start for start in self._starts() if start not in self.live)

    @cached_property
    def master(self) -> Entry:
        """The first occurrence as the rule would have it: what clients repeat."""
        return replace(self._by_rule(min(self.live)), recurrence_id=None)

    @property
    def rrule(self) -> str:
        return self.rule.rrule(self.usual.zone, max(self.live))

    @property
    def overrides(self) -> Iterator[Entry]:
        """The occurrences that clients would not find for themselves, or not all alike.

        One that begins before the clock changes and ends after it has two lengths, by the hours that pass and by the
        clock on the wall. Some clients repeat the one, some the other, and ical.js 2.2 adds the hours to the clock: it
        misplaces even the end of a master like that. So such an occurrence is written out, and under such a master all.
        """
        for start, entry in self.live.items():
            by_rule = self._by_rule(start)
            is_usual = entry == by_rule and entry.recurrence_id not in self.apart
            if not is_usual or self._has_two_lengths(by_rule) or self._has_two_lengths(self.master):
                yield entry

    def _starts(self) -> Iterator[datetime]:
        first, last = min(self.live), max(self.live)
        days = takewhile(lambda day: day <= last.date(), self.rule.dates(first.date()))
        return (datetime.combine(day, first.timetz()) for day in days)

    def _by_rule(self, start: datetime) -> Entry:
        end = (start + self._length).astimezone(UTC)
        return replace(self.usual, start=start.astimezone(UTC), end=end, recurrence_id=start.astimezone(UTC))

    def _has_two_lengths(self, entry: Entry) -> bool:
        return entry.end - entry.start != self._length

    @cached_property
    def _length(self) -> timedelta:
        """By the clock on the wall, which is what Python counts within one zone."""
        zone = zone_info(self.usual.zone)
        return self.usual.end.astimezone(zone) - self.usual.start.astimezone(zone)


def render_series(series: SeriesEntry, method: Method) -> bytes:
    """One VCALENDAR: the master with its rule, and the overrides unless all is cancelled (RFC 5545, 5546).

    Raises UnknownZone, and ContradictoryEntry for a REQUEST of what is cancelled.
    """
    return vcalendar(series_events(series, method), series.usual.zone, method)


def series_events(series: SeriesEntry, method: Method) -> list[Event]:
    """Its VEVENTs; raises ContradictoryEntry for a REQUEST of what is cancelled."""
    overrides = () if method == "CANCEL" else series.overrides
    return [_recurring(series, method), *(vevent(entry, method) for entry in overrides)]


def render_occurrences(occurrences: Iterable[Entry], method: Method) -> bytes:
    """One VCALENDAR with only these occurrences of a series: those that changed, or those that are cancelled.

    Raises UnknownZone, and ContradictoryEntry for occurrences of two series or a REQUEST of what is cancelled.
    """
    entries = [entry for _, entry in _in_order(occurrences)]
    return vcalendar([vevent(entry, method) for entry in entries], entries[0].zone, method)


def _recurring(series: SeriesEntry, method: Method) -> Event:
    event = vevent(series.master, method)
    event.add("RRULE", vRecur.from_ical(series.rrule))
    for start in series.left_out:
        event.add("EXDATE", vDatetime(start))  # a line for each, for not every client reads a list
    return event


def _in_order(occurrences: Iterable[Entry]) -> list[tuple[datetime, Entry]]:
    entries = list(occurrences)
    named = {entry.recurrence_id: entry for entry in entries if entry.recurrence_id is not None}
    if not entries or len(named) < len(entries):
        raise ContradictoryEntry("there is an occurrence, and each has its own recurrence id")
    if len(_series_of(entries)) > 1:
        raise ContradictoryEntry("the occurrences are of one series")
    return sorted(named.items())


def _series_of(entries: Iterable[Entry]) -> set[tuple[object, ...]]:
    return {(entry.uid, entry.zone, entry.organizer) for entry in entries}
