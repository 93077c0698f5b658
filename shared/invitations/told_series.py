"""A series as its people were told of it: what is usual, by which rule, and each date with what it has for itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from shared.domain.recurrence import Recurrence
from shared.invitations.told import Details, Told, is_moved
from shared.letters.facts import LANGUAGES, Change
from shared.letters.recurrence import Repeats, recurrence_in_words

Sentence = dict[str, str]
"""language → words"""


class ToldDate(BaseModel):
    """One date of a series, named by its original start; `details` are None where they are as usual."""

    model_config = ConfigDict(frozen=True)

    recurs_at: datetime
    start: datetime
    end: datetime
    details: Details | None = None
    reservation: int
    is_reminded: bool = False


class ToldSeries(BaseModel):
    """All dates that stand in calendars, in order; `usual` lasts as long as the rule has its dates last."""

    model_config = ConfigDict(frozen=True)

    rule: str
    usual: Told
    dates: tuple[ToldDate, ...]

    def at(self, a_date: ToldDate) -> Told:
        """That date as an entry."""
        details = a_date.details or self.usual
        own = {name: getattr(details, name) for name in Details.model_fields}
        return self.usual.model_copy(update={"start": a_date.start, "end": a_date.end, **own})

    @cached_property
    def by_name(self) -> Mapping[datetime, ToldDate]:
        return {a_date.recurs_at: a_date for a_date in self.dates}

    @property
    def hours(self) -> tuple[time, timedelta]:
        """From when and how long it lasts by the rule, on the clock on the wall."""
        zone = ZoneInfo(self.usual.host.zone)
        start, end = self.usual.start.astimezone(zone), self.usual.end.astimezone(zone)
        return start.time(), end - start

    @property
    def words(self) -> Sentence:
        """When it recurs, in words."""
        return recurrence_words(self.rule, self.hours, self.usual.host.zone, self.by_name)


def is_series(told: Mapping[str, Any]) -> bool:
    """Whether what is kept of an announcement is a series."""
    return "dates" in told


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a series since its people were told of it; `come` are dates that they do not know."""

    is_other_rule: bool
    usual: tuple[Change, ...]
    gone: tuple[ToldDate, ...]
    come: tuple[ToldDate, ...]
    changed: Mapping[datetime, tuple[Change, ...]]

    @classmethod
    def between(cls, before: ToldSeries, now: ToldSeries) -> "Difference":
        kept = [(a_date, before.by_name[name]) for name, a_date in now.by_name.items() if name in before.by_name]
        changes = {a_date.recurs_at: now.at(a_date).changes_since(before.at(was)) for a_date, was in kept}
        return cls(
            is_other_rule=(before.rule, before.hours) != (now.rule, now.hours),
            usual=now.usual.other_details(before.usual),
            gone=tuple(a_date for a_date in before.dates if a_date.recurs_at not in now.by_name),
            come=tuple(a_date for a_date in now.dates if a_date.recurs_at not in before.by_name),
            changed={name: found for name, found in changes.items() if found},
        )

    def __bool__(self) -> bool:
        return bool(self.is_other_rule or self.usual or self.gone or self.come or self.changed)

    @property
    def is_one_date(self) -> bool:
        """Whether it can be told of one date alone: the rest of the calendar stays as it is."""
        is_rest_as_before = not (self.is_other_rule or self.usual or self.come)
        return is_rest_as_before and len(self.gone) + len(self.changed) == 1

    @property
    def is_moved(self) -> bool:
        """Whether it is to be answered anew: other dates, or another time or place on any of them."""
        is_recurring_otherwise = bool(self.is_other_rule or self.gone or self.come)
        return is_recurring_otherwise or any(is_moved(changes) for changes in self.changed.values())


def recurrence_words(rule: str, hours: tuple[time, timedelta], zone: str, names: Collection[datetime]) -> Sentence:
    """When a rule falls on these original starts, in words, with the dates between them that it leaves out."""
    recurrence = Recurrence.parse(rule)
    days = {name.astimezone(ZoneInfo(zone)).date() for name in names}
    first, last = min(days), max(days)
    start, length = hours
    repeats = Repeats(
        freq=recurrence.freq,
        start=datetime.combine(first, start),
        end=datetime.combine(first, start) + length,
        last=last,
        interval=recurrence.interval,
        weekdays=recurrence.weekdays,
        month_days=recurrence.month_days,
        nth=recurrence.nth,
        skipped=[day for day in _days_of(recurrence, first, last) if day not in days],
    )
    return {language: recurrence_in_words(repeats, language) for language in LANGUAGES}


def _days_of(recurrence: Recurrence, first: date, last: date) -> list[date]:
    return list(takewhile(lambda day: day <= last, recurrence.dates(first)))
