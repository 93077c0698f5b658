"""When a series recurs: a rule (RFC 5545's RRULE) as it is read and written, and the dates on which it falls; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Literal, Self

from dateutil import rrule

from shared.domain.errors import InvalidInputError
from shared.domain.slots import LATEST, YEARS, instant, known_zone

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY"]

FREQUENCIES: dict[Frequency, Literal[1, 2, 3]] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NTH = frozenset({1, 2, 3, 4, 5, -1})
MONTH_DAYS = frozenset({*range(1, 32), *range(-31, 0)})

_DAY = f"([+-]?0?[1-9])?({'|'.join(DAYS)})"
_MONTH_DAY = "[+-]?[0-9]{1,2}"
# each part of a rule that is understood: how it is written, and the same in words
_PARTS = {
    "FREQ": ("|".join(FREQUENCIES), "DAILY, WEEKLY or MONTHLY"),
    "INTERVAL": ("0*[1-9][0-9]{0,2}", "a number from 1 to 999"),
    "COUNT": ("0*[1-9][0-9]{0,3}", "a number from 1 to 9999"),
    "UNTIL": ("[0-9]{8}(T[0-9]{6}Z)?", "a date such as 20270630, or a time in UTC such as 20270630T070000Z"),
    "BYDAY": (f"{_DAY}(,{_DAY})*", "days such as MO,WE in a week, or 1TU (the first Tuesday) and -1FR in a month"),
    "BYMONTHDAY": (f"{_MONTH_DAY}(,{_MONTH_DAY})*", "days such as 1,15 or -1 (the last)"),
    "WKST": ("MO", "MO, for a week begins on Monday here"),
}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When a series recurs: weekdays from Monday = 0, `nth` as (weekday, which one in the month; -1 the last).

    `until` is the last date in local time or, as calendars write it, the last instant in UTC; both inclusive. A rule
    without weekdays and days of the month has those of its first date. Raises InvalidInputError.
    """

    freq: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    nth: tuple[tuple[int, int], ...] = ()
    until: date | datetime | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        broken = next((message for holds, message in self._claims() if not holds), None)
        if broken:
            raise _bad(broken)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The rule of an RRULE value, in any case; raises InvalidInputError for whatever could not be kept to."""
        parts = _parts(text)
        days = [match for day in _listed(parts, "BYDAY") if (match := re.fullmatch(_DAY, day))]
        named = sorted({(DAYS.index(day[2]), int(day[1] or 0)) for day in days})
        return cls(
            freq=next(freq for freq in FREQUENCIES if freq == parts["FREQ"]),
            interval=int(parts.get("INTERVAL", 1)),
            weekdays=tuple(weekday for weekday, n in named if n == 0),
            month_days=tuple(sorted({int(day) for day in _listed(parts, "BYMONTHDAY")})),
            nth=tuple((weekday, n) for weekday, n in named if n != 0),
            until=_moment(parts["UNTIL"]) if "UNTIL" in parts else None,
            count=int(parts["COUNT"]) if "COUNT" in parts else None,
        )

    def __str__(self) -> str:
        """The RRULE value, as `parse` reads it back."""
        if isinstance(self.until, datetime):
            return _written(self, f"UNTIL={self.until.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        if self.until is not None:
            return _written(self, f"UNTIL={self.until:%Y%m%d}")
        return _written(self, f"COUNT={self.count}" if self.count else "")

    def rrule(self, zone: str, last: datetime) -> str:
        """The RRULE value for calendars, which ends with the start `last`: an instant, or local time in `zone`.

        It says all days and where weeks begin, because not every calendar takes from DTSTART what a rule leaves out.
        """
        until = instant(last, zone)
        day = until.astimezone(known_zone(zone)).date()
        complete = self
        if self.freq == "WEEKLY" and not self.weekdays:
            complete = replace(self, weekdays=(day.weekday(),))
        if self.freq == "MONTHLY" and not self.nth and not self.month_days:
            complete = replace(self, month_days=(day.day,))
        return _written(complete, f"UNTIL={until:%Y%m%dT%H%M%SZ}")

    def dates(self, first: date) -> Iterator[date]:
        """The dates on which the rule falls from its date `first` on, in order, as if it never ended.

        A month without such a day is passed over (RFC 5545 section 3.3.10).
        """
        days = [*self.nth, *((weekday, None) for weekday in self.weekdays)]
        midnights = rrule.rrule(
            FREQUENCIES[self.freq],
            dtstart=datetime.combine(first, time()),
            interval=self.interval,
            wkst=rrule.MO,
            byweekday=[rrule.weekday(weekday, n) for weekday, n in days] or None,
            bymonthday=self.month_days or None,
            until=LATEST.replace(tzinfo=None),  # nobody waits for a 30 February that is looked for to the year 9999
        )
        return (midnight.date() for midnight in midnights)

    def _claims(self) -> Iterator[tuple[bool, str]]:
        in_week, in_month = self.freq == "WEEKLY", self.freq == "MONTHLY"
        until = self.until
        yield self.freq in FREQUENCIES, "FREQ is DAILY, WEEKLY or MONTHLY."
        yield self.interval >= 1, "INTERVAL is 1 or more."
        yield self.count is None or self.count >= 1, "COUNT is 1 or more."
        yield self.count is None or until is None, "A rule ends by COUNT or by UNTIL, not by both."
        yield until is None or until.year in YEARS, f"UNTIL lies in the years {YEARS[0]} to {YEARS[-1]}."
        yield not isinstance(until, datetime) or until.tzinfo is not None, "UNTIL is a date, or a time in UTC."
        yield (
            in_week or not self.weekdays,
            ("BYDAY=MO needs FREQ=WEEKLY; in a month it says which one, such as 1MO (the first) or -1MO (the last)."),
        )
        yield in_month or not self.nth, "Only FREQ=MONTHLY has a first Monday or a last Friday."
        yield in_month or not self.month_days, "BYMONTHDAY needs FREQ=MONTHLY."
        yield not (self.nth and self.month_days), "A month is divided by BYDAY or by BYMONTHDAY, not by both."
        # ical.js 2.2 loses the first date of 5MO,5SA when that month has five Saturdays but four Mondays
        yield [n for _, n in self.nth].count(5) <= 1, "One rule asks for one fifth weekday: make two series of it."
        yield {n for _, n in self.nth} <= NTH, "A weekday in the month is the 1st to the 5th, or -1 for the last."
        yield MONTH_DAYS.issuperset(self.month_days), "A day in the month is 1 to 31, or -1 to -31 from its end."


def _parts(text: str) -> dict[str, str]:
    """NAME to value in upper case, each known, well-formed and said once."""
    parts: dict[str, str] = {}
    for part in text.upper().split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS:
            raise _bad(f"{part[:40]!r} is not understood: a rule is made of {', '.join(_PARTS)}.")
        pattern, in_words = _PARTS[name]
        if not re.fullmatch(pattern, value):
            raise _bad(f"{part[:40]!r} is not understood: {name} is {in_words}.")
        if name in parts:
            raise _bad(f"{name} is said twice.")
        parts[name] = value
    if "FREQ" not in parts:
        raise _bad("A rule says how often, such as FREQ=WEEKLY.")
    return parts


def _listed(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _moment(text: str) -> date | datetime:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError as error:
        raise _bad(f"UNTIL={text} is no day or time of the calendar.") from error


def _written(rule: Recurrence, end: str) -> str:
    parts = [f"FREQ={rule.freq}", end, f"INTERVAL={rule.interval}" if rule.interval > 1 else ""]
    days = [*((weekday, "") for weekday in rule.weekdays), *rule.nth]
    parts.append("BYDAY=" * bool(days) + ",".join(f"{n}{DAYS[weekday]}" for weekday, n in days))
    parts.append("BYMONTHDAY=" * bool(rule.month_days) + ",".join(map(str, rule.month_days)))
    parts.append("WKST=MO" if rule.freq == "WEEKLY" and rule.interval > 1 else "")
    return ";".join(part for part in parts if part)


def _bad(message: str) -> InvalidInputError:
    return InvalidInputError(message, code="bad_rrule")
