"""The meetings of a series in a calendar: its rule, less the dates that are cancelled or told by themselves."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from shared.domain.errors import InvalidInputError
from shared.domain.occurrences import MOST_OCCURRENCES, Occurrence, expand
from shared.domain.recurrence import Recurrence
from shared.domain.slots import known_zone
from shared.records.instants import moment
from shared.records.lines import Repetition
from shared.records.moments import Moment
from shared.records.reasons import UnreadableError, of_domain

_CLOCK_CHANGE: Final = ("time_does_not_exist", "time_exists_twice")
_WEEKDAY: Final = "(?:MO|TU|WE|TH|FR|SA|SU)"
_WEEKDAYS: Final = re.compile(f"{_WEEKDAY}(,{_WEEKDAY})*")
_LOCAL_TIME: Final = re.compile(r"\d{8}T\d{6}", re.ASCII)


def meetings(
    rule: str, start: Moment, length: timedelta, *, without: Collection[date], horizon: date | None
) -> tuple[Repetition, list[Occurrence]] | None:
    """An RRULE with its occurrences from its first start on; `without` are dates in the zone of the start.

    A rule without an end goes until the horizon. None when all dates are left out. Raises UnreadableError.
    """
    try:
        parsed = Recurrence.parse(as_understood(rule, start.zone))
        is_endless = parsed.until is None and parsed.count is None
        last = horizon if is_endless else None
        found = expand(parsed, start.wall, length, start.zone, skip=without, horizon=last)
    except InvalidInputError as error:
        if error.code == "no_occurrences":
            return None
        raise _in_words(error, rule) from error
    if is_endless:
        parsed = replace(parsed, until=found[-1].recurs_at.astimezone(known_zone(start.zone)).date())
    return Repetition(parsed, start.wall, length, start.zone, frozenset(without), is_endless), found


def as_understood(rule: str, zone: str) -> str:
    """The same dates in the way of writing that is read here, where Outlook or Google has another."""
    written = [part.partition("=")[::2] for part in rule.upper().split(";")]
    parts = dict(written)
    if len(parts) < len(written):
        return rule  # a part said twice, which is refused
    frequency, interval, days = parts.get("FREQ", ""), parts.get("INTERVAL", "1"), parts.get("BYDAY", "")
    if frequency == "DAILY" and interval == "1" and _WEEKDAYS.fullmatch(days):
        parts["FREQ"] = "WEEKLY"
    if frequency == "MONTHLY" and "BYSETPOS" in parts and re.fullmatch(_WEEKDAY, days):
        parts["BYDAY"] = parts.pop("BYSETPOS") + days
    # when a week begins makes a difference to every other Saturday and Sunday only
    if not (frequency == "WEEKLY" and interval != "1" and "SU" in days and "," in days):
        parts.pop("WKST", None)
    if _LOCAL_TIME.fullmatch(parts.get("UNTIL", "")):
        parts["UNTIL"] = _in_utc(parts["UNTIL"], zone)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _in_utc(local: str, zone: str) -> str:
    try:
        wall = datetime.fromisoformat(local)
    except ValueError:
        return local  # which is refused
    return f"{moment(wall, zone):%Y%m%dT%H%M%SZ}"


def _in_words(error: InvalidInputError, rule: str) -> UnreadableError:
    if error.code == "bad_rrule":
        return UnreadableError("series_unreadable", text=rule)
    if error.code == "endless_rule":
        return UnreadableError("series_endless")
    if error.code == "first_not_in_rule":
        return UnreadableError("first_not_in_rule", text=rule)
    if error.code == "too_many_occurrences":
        return UnreadableError("too_many_occurrences", most=MOST_OCCURRENCES)
    if error.code in _CLOCK_CHANGE:
        return UnreadableError(
            "series_at_clock_change", date=f"{date.fromisoformat(str(error.details['date'])):%d/%m/%Y}"
        )
    return of_domain(error)
