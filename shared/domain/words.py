"""Days, hours, lengths and opening hours in words, as a sentence of a rule says them; French or English."""

from datetime import date, datetime, timedelta

from babel.dates import format_date

NARROW_SPACE = "\u202f"
HOUR, DAY = 60, 24 * 60


def day(value: date, language: str) -> str:
    """'lundi 1er novembre 2027' or 'Monday 1 November 2027'."""
    if language == "en":
        return format_date(value, "EEEE d MMMM y", locale="en_GB")
    return format_date(value, "EEEE d'er' MMMM y" if value.day == 1 else "EEEE d MMMM y", locale="fr")


def clock(minutes: int, language: str) -> str:
    """'9 h 30' or '9:30'; minutes of the day, of which 1440 is midnight."""
    if minutes == DAY:
        return "minuit" if language == "fr" else "midnight"
    hours, rest = divmod(minutes, HOUR)
    return f"{hours}{NARROW_SPACE}h{NARROW_SPACE}{rest:02}" if language == "fr" else f"{hours}:{rest:02}"


def moment(value: datetime, language: str) -> str:
    """'mardi 9 novembre 2027 à 9 h 30', of the wall clock that the datetime shows."""
    at = "à" if language == "fr" else "at"
    return f"{day(value.date(), language)} {at} {clock(_minutes(value), language)}"


def slot(start: datetime, end: datetime, language: str) -> str:
    """'mardi 9 novembre 2027, de 9 h 30 à 12 h 00', of the wall clock that the datetimes show."""
    last, ends = end.date(), _minutes(end)
    if ends == 0:  # an end at midnight still belongs to the evening before
        last, ends = last - timedelta(days=1), DAY
    begins, until = clock(_minutes(start), language), clock(ends, language)
    if start.date() == last:
        first = day(last, language)
        return f"{first}, de {begins} à {until}" if language == "fr" else f"{first}, {begins} to {until}"
    if language == "fr":
        return f"du {day(start.date(), language)} à {begins} au {day(last, language)} à {until}"
    return f"{day(start.date(), language)}, {begins} to {day(last, language)}, {until}"


def length(minutes: int, language: str) -> str:
    """'45 minutes', '1 h 30', '8 heures', '3 jours'; 'an hour and a half' is '1:30 hours' in English."""
    count, rest = divmod(minutes, DAY)
    if minutes and not rest:
        return days(count, language)
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return _counted(rest, "minute")
    if not rest:
        return _counted(hours, "heure" if language == "fr" else "hour")
    return clock(minutes, language) if language == "fr" else f"{clock(minutes, language)} hours"


def days(count: int, language: str) -> str:
    """'1 jour', '180 days'."""
    return _counted(count, "jour" if language == "fr" else "day")


def aside(value: str, language: str) -> str:  # noqa: ARG001  words of people are not translated
    """' (travaux)', and nothing of nothing."""
    return f" ({value})" if value else ""


def spans(value: str, language: str) -> str:
    """'de 9 h 00 à 12 h 30 et de 14 h 00 à 18 h 00', from '09:00-12:30, 14:00-18:00'."""
    pairs = [[_minutes_of(edge) for edge in span.split("-")] for span in value.split(", ")]
    if language == "fr":
        return " et ".join(f"de {clock(start, 'fr')} à {clock(end, 'fr')}" for start, end in pairs)
    return " and ".join(f"{clock(start, 'en')} to {clock(end, 'en')}" for start, end in pairs)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number in {0, 1} else f"{number} {word}s"


def _minutes(value: datetime) -> int:
    return value.hour * HOUR + value.minute


def _minutes_of(edge: str) -> int:
    hours, minutes = edge.split(":")
    return int(hours) * HOUR + int(minutes)
