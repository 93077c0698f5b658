"""When a booking is, as people write it in a table: dates, times and half-days into a slot."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from shared.domain.slots import Slot
from shared.records.instants import moment, slot_between
from shared.records.reasons import UnreadableError
from shared.records.words import month, plain, weekday

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class HalfDays:
    """From when to when the words for parts of a day go, on the wall clock."""

    morning: Span = (time(9), time(12))
    afternoon: Span = (time(14), time(17))
    evening: Span = (time(18), time(21))
    day: Span = (time(9), time(17))

    def called(self, word: str) -> Span | None:
        """The span of a French or English word, if it is one."""
        name = _PARTS.get(plain(word))
        span: Span | None = getattr(self, name) if name else None
        return span


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a line says of its time, each cell as it stands; any may be empty."""

    date: str = ""
    end_date: str = ""
    span: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one cell says: a day, a stretch of the clock, or both; a point of time is a stretch of no length."""

    day: date | None = None
    span: Span | None = None

    @property
    def is_stretch(self) -> bool:
        return self.span is not None and self.span[0] != self.span[1]


_PARTS: Final = {
    word: part
    for part, words in {
        "morning": ("matin", "matinee", "le matin", "morning"),
        "afternoon": ("apres midi", "l apres midi", "aprem", "afternoon"),
        "evening": ("soir", "soiree", "le soir", "evening"),
        "day": ("journee", "journee entiere", "la journee", "toute la journee", "day", "whole day", "all day"),
    }.items()
    for word in words
}
# 2027-11-09T09:00:00+01:00: what a program writes, and what tells the two 02:30 of a night apart
_WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?!\d)", re.ASCII)
_FRENCH_DATE = re.compile(r"(?P<day>\d\d?)([/.-])(?P<month>\d\d?)\2(?P<year>\d{4})(?!\d)", re.ASCII)
_DATE_IN_WORDS = re.compile(
    r"(le )?((?P<weekday>[^\W\d_]{3,})\.?,? )?(?P<day>\d\d?)(er|st|nd|rd|th)?[ -](?P<month>[^\W\d_]+)\.?,?[ -]"
    r"(?P<year>\d{4})(?!\d)"
)
_DATES = (_ISO_DATE, _FRENCH_DATE, _DATE_IN_WORDS)
_BEFORE_TIME = re.compile(r"\A[ ,]*(t(?=\d)|à |de (?=\d))?")
_TIME = r"\d\d? ?h ?(?:\d\d)?|\d\d?:\d\d(?::\d\d)?"
_TO = "(?:-|\N{EN DASH}|\N{EM DASH}|/|à|a|to)"
_TIMES = re.compile(rf"(?:de )?(?P<begins>{_TIME})(?: ?{_TO} ?(?P<ends>{_TIME}))?", re.ASCII)


def slot(written: Written, zone: str, half_days: HalfDays) -> Slot:
    """The slot that a line means, wall-clock times being those of the zone; raises UnreadableError."""
    first_day, last_day = _said(written.date, half_days, "date"), _said(written.end_date, half_days, "date")
    span = _said(written.span, half_days, "time")
    start, end = _said(written.start, half_days, "time"), _said(written.end, half_days, "time")
    day = _one_day(first_day, span, start)
    begins = next((said.span for said in (start, span, first_day) if said.span), None)
    ends = end.span or next((said.span for said in (start, span, first_day) if said.is_stretch), None)
    if day is None:
        raise UnreadableError("no_date")
    if begins is None:
        raise UnreadableError("no_start")
    if ends is None:
        raise UnreadableError("no_end")
    start_time, end_time = datetime.combine(day, begins[0]), datetime.combine(_one_day(last_day, end) or day, ends[1])
    return slot_between(moment(start_time, zone), moment(end_time, zone))


def _one_day(*cells: _Said) -> date | None:
    days = sorted({said.day for said in cells if said.day})
    if len(days) > 1:
        raise UnreadableError("two_dates", one=f"{days[0]:%d/%m/%Y}", other=f"{days[1]:%d/%m/%Y}")
    return days[0] if days else None


def _said(cell: str, half_days: HalfDays, kind: str) -> _Said:
    text = " ".join(cell.split())
    if _WITH_OFFSET.fullmatch(text):
        return _exactly(text)
    day, rest = _leading_date(text.casefold())
    if not rest:
        return _Said(day)
    span = half_days.called(rest) or _clock(rest)
    if span is None:
        # a date that is not one comes out as a time that is not one
        raise UnreadableError("bad_date" if kind == "date" or "/" in rest else "bad_time", text=text)
    return _Said(day, span)


def _exactly(text: str) -> _Said:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableError("no_such_date", text=text) from error
    return _Said(time.date(), (time.timetz(), time.timetz()))


def _leading_date(text: str) -> tuple[date | None, str]:
    """The date that the text begins with, and what follows it."""
    for pattern in _DATES:
        found = pattern.match(text)
        if found:
            return _date(found), _BEFORE_TIME.sub("", text[found.end() :])
    return None, text


def _date(found: re.Match[str]) -> date:
    parts = found.groupdict()
    number = int(parts["month"]) if parts["month"].isdigit() else month(parts["month"])
    if number is None:
        raise UnreadableError("bad_date", text=found[0])
    try:
        day = date(int(parts["year"]), number, int(parts["day"]))
    except ValueError as error:
        raise UnreadableError("no_such_date", text=found[0]) from error
    named = parts.get("weekday")
    if named and weekday(named) != day.weekday():
        raise UnreadableError("other_weekday", text=found[0])
    return day


def _clock(text: str) -> Span | None:
    found = _TIMES.fullmatch(text)
    if found is None:
        return None
    begins = _time(found["begins"])
    ends = _time(found["ends"]) if found["ends"] else begins
    return (begins, ends) if begins is not None and ends is not None else None


def _time(text: str) -> time | None:
    try:
        hour, minute, second, *_ = (int(part) for part in (*re.findall(r"\d+", text), 0, 0))
        return time(hour, minute, second)
    except ValueError:
        return None
