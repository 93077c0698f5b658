"""Days, hours and slots in words, as a letter says them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from shared.letters.facts import Language

_NARROW_SPACE = "\u202f"
_MIDNIGHT = time(0)


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


def day_in_words(day: date, language: Language) -> str:
    """'lundi 1er novembre 2027' or 'Monday 1 November 2027'."""
    if language == "fr":
        return format_date(day, "EEEE d'er' MMMM y" if day.day == 1 else "EEEE d MMMM y", locale="fr")
    return format_date(day, "EEEE d MMMM y", locale="en_GB")


def _one_day(start: datetime, end: datetime, language: Language) -> str:
    day, begins, ends = day_in_words(start.date(), language), _hour(start, language), _end_hour(end, language)
    return f"{day}, de {begins} à {ends}" if language == "fr" else f"{day}, {begins} to {ends}"


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
