"""Days, hours and slots in words, as a letter says them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list

from shared.letters.facts import Language

_NARROW_SPACE = "\u202f"
_MIDNIGHT = time(0)
_MOMENT = timedelta(microseconds=1)
LOCALES: dict[Language, str] = {"fr": "fr", "en": "en_GB"}


def slot_in_words(start: datetime, end: datetime, zone: str, language: Language) -> str:
    """'mardi 9 novembre 2027, de 9 h 00 à 12 h 30', or over several days; aware datetimes, shown in the IANA zone."""
    local_start, local_end = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))
    first, last = local_start.date(), local_end.date()
    if local_end.time() == _MIDNIGHT:  # an end at midnight still belongs to the evening before
        last -= timedelta(days=1)
        if local_start.time() == _MIDNIGHT:
            return _whole_days(first, last, language)
    if first == last:
        return _one_day(local_start, local_end, language)
    return _several_days(local_start, local_end, last, language)


def moment_in_words(moment: datetime, zone: str, language: Language) -> str:
    """'jeudi 11 novembre 2027 à 9 h 00', as the end of a time allowed: midnight is told with the day it ends."""
    local = moment.astimezone(ZoneInfo(zone))
    day = day_in_words((local - _MOMENT).date(), language)
    return f"{day} {'à' if language == 'fr' else 'at'} {_end_hour(local, language)}"


def hours_in_words(start: datetime, end: datetime, zone: str, language: Language) -> str:
    """'de 9 h 00 à 12 h 30' for a slot within one day; over several days the whole slot."""
    local_start, local_end = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))
    if local_start.date() != (local_end - _MOMENT).date():
        return slot_in_words(start, end, zone, language)
    return _hours(local_start, local_end, language)


def day_in_words(day: date, language: Language) -> str:
    """'lundi 1er novembre 2027' or 'Monday 1 November 2027'."""
    return _formatted(day, f"EEEE {_day_pattern(day, language)} MMMM y", language)


def date_in_words(day: date, language: Language, *, year: bool = True) -> str:
    """'1er novembre 2027' or '1 November 2027', where the weekday is known; `year` as well where it may be."""
    return dates_in_words([day], language, year=year)


def dates_in_words(days: Sequence[date], language: Language, *, year: bool = True) -> str:
    """'9, 16 et 23 novembre 2027'; the days are of one month."""
    numbers = format_list(
        [_formatted(day, _day_pattern(day, language), language) for day in days], locale=LOCALES[language]
    )
    return f"{numbers} {_formatted(days[0], 'MMMM y' if year else 'MMMM', language)}"


def _day_pattern(day: date, language: Language) -> str:
    return "d'er'" if language == "fr" and day.day == 1 else "d"


def _formatted(day: date, pattern: str, language: Language) -> str:
    return str(format_date(day, pattern, locale=LOCALES[language]))


def _one_day(start: datetime, end: datetime, language: Language) -> str:
    return f"{day_in_words(start.date(), language)}, {_hours(start, end, language)}"


def _hours(start: datetime, end: datetime, language: Language) -> str:
    begins, ends = _hour(start, language), _end_hour(end, language)
    return f"de {begins} à {ends}" if language == "fr" else f"{begins} to {ends}"


def _several_days(start: datetime, end: datetime, last: date, language: Language) -> str:
    from_day, to_day = day_in_words(start.date(), language), day_in_words(last, language)
    begins, ends = _hour(start, language), _end_hour(end, language)
    if language == "fr":
        return f"du {from_day} à {begins} au {to_day} à {ends}"
    return f"{from_day}, {begins} to {to_day}, {ends}"


def _whole_days(first: date, last: date, language: Language) -> str:
    from_day, to_day = day_in_words(first, language), day_in_words(last, language)
    if language == "fr":
        return f"{from_day}, toute la journée" if first == last else f"du {from_day} au {to_day} inclus"
    return f"{from_day}, all day" if first == last else f"{from_day} to {to_day} inclusive"


def _end_hour(moment: datetime, language: Language) -> str:
    if moment.time() == _MIDNIGHT:
        return "minuit" if language == "fr" else "midnight"
    return _hour(moment, language)


def _hour(moment: datetime, language: Language) -> str:
    if language == "fr":
        return f"{moment.hour}{_NARROW_SPACE}h{_NARROW_SPACE}{moment.minute:02}"
    return f"{moment.hour}:{moment.minute:02}"
