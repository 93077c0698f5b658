"""The dates of a series in words: grouped by what became of them, those of one month and one fate on one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from shared.letters.facts import Facts, Instead, Language, Outcome, SeriesDate
from shared.letters.times import dates_in_words, day_in_words, hours_in_words, slot_in_words

_MOST_LINES = 30
# what needs its reader's attention comes first
_ORDER: tuple[Outcome, ...] = (
    "refused",
    "expired",
    "skipped",
    "replaced",
    "moved",
    "cancelled",
    "waitlisted",
    "held",
    "confirmed",
)
_NOW: dict[Language, str] = {"fr": "désormais", "en": "now"}


@dataclass(frozen=True)
class Line:
    """One day, or several of one month, and what there is to say of them besides; often nothing."""

    days: str
    details: str


@dataclass(frozen=True)
class Group:
    """All dates of one outcome; `rest` is the number of those that no line tells, 0 or at least 2."""

    outcome: Outcome
    count: int
    lines: tuple[Line, ...]
    rest: int


def grouped(facts: Facts, language: Language) -> tuple[Group, ...]:
    """The dates of the facts by outcome, each group in order of time."""
    dates = sorted(facts.dates, key=lambda a_date: a_date.start)
    by_outcome = [(outcome, [a_date for a_date in dates if a_date.outcome == outcome]) for outcome in _ORDER]
    return tuple(_group(outcome, some, facts, language) for outcome, some in by_outcome if some)


def booked_of(dates: Sequence[SeriesDate]) -> tuple[int, int]:
    """How many dates are booked, and of how many that somebody hoped for."""
    booked = sum(a_date.outcome in {"confirmed", "replaced", "moved"} for a_date in dates)
    # a date that was skipped for no reason was not wanted
    missed = sum(
        a_date.outcome in {"refused", "expired", "waitlisted", "held"}
        or (a_date.outcome == "skipped" and bool(a_date.reason))
        for a_date in dates
    )
    return booked, booked + missed


def _group(outcome: Outcome, dates: Sequence[SeriesDate], facts: Facts, language: Language) -> Group:
    alike: dict[tuple[int, int, str], list[date]] = {}
    for a_date in dates:
        day = a_date.start.astimezone(ZoneInfo(facts.zone)).date()
        alike.setdefault((day.year, day.month, _details(a_date, facts, language)), []).append(day)
    entries = [(days, details) for (_, _, details), days in alike.items()]
    rest = sum(len(days) for days, _ in entries[_MOST_LINES:])
    if rest == 1:  # 'and 1 other dates' would be as long as the date
        rest, shown = 0, entries
    else:
        shown = entries[:_MOST_LINES]
    return Group(outcome, len(dates), tuple(Line(_days(days, language), details) for days, details in shown), rest)


def _days(days: Sequence[date], language: Language) -> str:
    return day_in_words(days[0], language) if len(days) == 1 else dates_in_words(days, language)


def _details(a_date: SeriesDate, facts: Facts, language: Language) -> str:
    """What is not as in the rest of the series, or what it became, and why."""
    if a_date.replaced_by:
        happens = _instead(a_date, a_date.replaced_by, facts, language)
    else:
        happens = _peculiar(a_date, facts, language)
    reason = a_date.reason.get(language, "")
    return f"{happens}. {reason}" if happens and reason else happens or reason


def _peculiar(a_date: SeriesDate, facts: Facts, language: Language) -> str:
    is_usual = _hours(a_date, facts.zone) == _hours(facts, facts.zone)
    hours = "" if is_usual else hours_in_words(a_date.start, a_date.end, facts.zone, language)
    return _joined(hours, "" if a_date.place == facts.place else a_date.place)


def _instead(a_date: SeriesDate, instead: Instead, facts: Facts, language: Language) -> str:
    is_same = (instead.start, instead.end) == (a_date.start, a_date.end)
    slot = "" if is_same else slot_in_words(instead.start, instead.end, facts.zone, language)
    happens = _joined(slot, "" if instead.place == (a_date.place or facts.place) else instead.place)
    return f"{_NOW[language]} {happens}" if happens else ""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _hours(span: SeriesDate | Facts, zone: str) -> tuple[time, time, timedelta]:
    """On the wall clock, where a night of the clock change is as long as any other."""
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (span.start, span.end))
    return start.time(), end.time(), end.date() - start.date()
