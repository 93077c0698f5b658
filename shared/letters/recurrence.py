"""A recurrence in words: the rule of a series as one says it, in one sentence without a verb."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Literal

from babel.dates import get_day_names
from babel.lists import format_list

from shared.letters.counting import ordinal, spelled
from shared.letters.facts import Language
from shared.letters.times import LOCALES, date_in_words, dates_in_words

_NARROW_SPACE = "\u202f"
_MIDNIGHT = time(0)
_WORKING_DAYS, _ALL_DAYS = (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)
_MOST_EXCEPTIONS = 12
_NTH: dict[Language, dict[int, str]] = {
    "fr": {1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", 5: "cinquième", -1: "dernier"},
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"},
}


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """When something comes again; where no day is named, the first date's own day.

    weekdays: Monday is 0; month_days: 1 to 31, or -1 for the last day, -2 for the one before; nth: (weekday, n), n from
    1 to 5, or -1 for the last; start, end: the first date's, on the wall clock of the site; last: None when there is no
    end; skipped: the dates left out.
    """

    freq: Literal["DAILY", "WEEKLY", "MONTHLY"]
    start: datetime
    end: datetime
    last: date | None = None
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    nth: tuple[tuple[int, int], ...] = ()
    skipped: Sequence[date] = ()

    @property
    def first(self) -> date:
        return self.start.date()


def recurrence_in_words(repeats: Repeats, language: Language) -> str:
    """'chaque mardi, de 9 h à 12 h, du 7 septembre 2027 au 21 juin 2028, sauf le 9 novembre'."""
    days = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly}[repeats.freq](repeats, language)
    parts = (days, _hours(repeats, language), _bounds(repeats, language), _exceptions(repeats, language))
    return ", ".join(part for part in parts if part)


def _daily(repeats: Repeats, language: Language) -> str:
    if repeats.interval == 1:
        return "chaque jour" if language == "fr" else "every day"
    count = spelled(repeats.interval, language)
    return f"tous les {count} jours" if language == "fr" else f"every {count} days"


def _weekly(repeats: Repeats, language: Language) -> str:
    days = tuple(sorted(repeats.weekdays)) or (repeats.first.weekday(),)
    if repeats.interval == 1:
        return _every_week(days, language)
    count = spelled(repeats.interval, language)
    weeks = f"toutes les {count} semaines" if language == "fr" else f"every {count} weeks"
    if days == _WORKING_DAYS:
        return f"{weeks}, {_every_week(days, language)}"
    if language == "fr":
        return f"{weeks}, {_listed([f'le {_day(day, language)}' for day in days], language)}"
    return f"{weeks}, on {_listed([_day(day, language) for day in days], language)}"


def _every_week(days: tuple[int, ...], language: Language) -> str:
    if days == _ALL_DAYS:
        return "chaque jour" if language == "fr" else "every day"
    if days == _WORKING_DAYS:
        return "du lundi au vendredi" if language == "fr" else "Monday to Friday"
    if language == "fr":
        return _listed([f"chaque {_day(day, 'fr')}" for day in days], "fr")
    return "every " + _listed([_day(day, "en") for day in days], "en")


def _monthly(repeats: Repeats, language: Language) -> str:
    count = spelled(repeats.interval, language)
    if repeats.nth:
        days = [f"{_NTH[language][n]} {_day(weekday, language)}" for weekday, n in repeats.nth]
    else:
        days = [_month_day(day, language) for day in repeats.month_days or (repeats.first.day,)]
    if language == "fr":
        named = _listed([f"le {day}" for day in days], "fr")
        return f"{named} de chaque mois" if repeats.interval == 1 else f"tous les {count} mois, {named}"
    named = _listed([f"the {day}" for day in days], "en")
    return f"{named} of each month" if repeats.interval == 1 else f"every {count} months, on {named}"


def _month_day(day: int, language: Language) -> str:
    if day == -1:
        return "dernier jour" if language == "fr" else "last day"
    if day < 0:
        return f"{-day}e jour avant la fin" if language == "fr" else f"{ordinal(-day, 'en')} last day"
    if language == "fr":
        return "1er" if day == 1 else str(day)
    return ordinal(day, "en")


def _hours(repeats: Repeats, language: Language) -> str:
    """A series keeps its wall-clock hours, so that they are told once."""
    later = (repeats.end.date() - repeats.first).days
    if later and repeats.end.time() == _MIDNIGHT:  # an end at midnight still belongs to the evening before
        later -= 1
        if repeats.start.time() == _MIDNIGHT:
            return _whole_days(later + 1, language)
    begins, ends = _hour(repeats.start.time(), language), _end_hour(repeats.end.time(), language)
    if language == "fr":
        return f"de {begins} à {ends}{_days_later(later, language)}"
    return f"{begins} to {ends}{_days_later(later, language)}"


def _days_later(count: int, language: Language) -> str:
    if count == 0:
        return ""
    if count == 1:
        return " le lendemain" if language == "fr" else " the next day"
    number = spelled(count, language)
    return f", {number} jours plus tard" if language == "fr" else f", {number} days later"


def _whole_days(count: int, language: Language) -> str:
    if count == 1:
        return "toute la journée" if language == "fr" else "all day"
    number = spelled(count, language)
    return f"pendant {number} jours" if language == "fr" else f"for {number} days"


def _hour(hour: time, language: Language) -> str:
    if language == "fr":
        return f"{hour.hour}{_NARROW_SPACE}h" + (f"{_NARROW_SPACE}{hour.minute:02}" if hour.minute else "")
    return f"{hour.hour}:{hour.minute:02}"


def _end_hour(hour: time, language: Language) -> str:
    if hour == _MIDNIGHT:
        return "minuit" if language == "fr" else "midnight"
    return _hour(hour, language)


def _bounds(repeats: Repeats, language: Language) -> str:
    first, last = repeats.first, repeats.last
    if last is None:
        return ("à partir du " if language == "fr" else "from ") + date_in_words(first, language)
    if last == first:
        return ("le " if language == "fr" else "on ") + date_in_words(first, language)
    begins = date_in_words(first, language, year=first.year != last.year)
    ends = date_in_words(last, language)
    return f"du {begins} au {ends}" if language == "fr" else f"from {begins} to {ends}"


def _exceptions(repeats: Repeats, language: Language) -> str:
    """The dates left out; a year is told only where the same day comes twice."""
    skipped = sorted({day for day in repeats.skipped if repeats.first <= day <= (repeats.last or date.max)})
    if not skipped:
        return ""
    # more than one beyond the limit, so that nobody reads 'and 1 other dates'
    shown = skipped if len(skipped) <= _MOST_EXCEPTIONS + 1 else skipped[:_MOST_EXCEPTIONS]
    year = repeats.last is None or repeats.last - repeats.first >= timedelta(days=365)
    months = [list(days) for _, days in groupby(shown, key=lambda day: (day.year, day.month))]
    told = [_the(len(days), language) + dates_in_words(days, language, year=year) for days in months]
    if rest := len(skipped) - len(shown):
        told.append(f"{rest} autres dates" if language == "fr" else f"{rest} other dates")
    return ("sauf " if language == "fr" else "except ") + _listed(told, language)


def _the(count: int, language: Language) -> str:
    if language == "en":
        return ""
    return "le " if count == 1 else "les "


def _day(weekday: int, language: Language) -> str:
    return str(get_day_names("wide", locale=LOCALES[language])[weekday])


def _listed(names: Sequence[str], language: Language) -> str:
    return str(format_list(names, locale=LOCALES[language]))
