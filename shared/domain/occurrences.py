"""The occurrences of a series: the dates of a rule by the clock on the wall of a zone; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, pairwise

from shared.domain.errors import InvalidInputError
from shared.domain.recurrence import Recurrence
from shared.domain.slots import LONGEST, Slot, instant, known_zone

MOST_OCCURRENCES = 366
MOST_DATES = 500
"""skipped dates included: ical.js gives up on a series that leaves out more than 500 in a row"""

_CLOCK_CHANGE = {"time_does_not_exist": "does not exist", "time_exists_twice": "exists twice"}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a series; `recurs_at` is the start by the rule, and names it for good (RECURRENCE-ID)."""

    recurs_at: datetime
    slot: Slot


def expand(
    rule: Recurrence,
    first: datetime,
    length: timedelta,
    zone: str,
    *,
    skip: Collection[date] = (),
    horizon: date | None = None,
) -> list[Occurrence]:
    """The occurrences from `first` (naive local time in `zone`) to the rule's end or the horizon, in order.

    Start and end are both told by the clock on the wall: what lasts from 20:00 to 08:00 ends at 08:00 also in the night
    of the clock change. `skip` and `horizon` (inclusive) are local dates; a skipped date counts for COUNT.
    Raises InvalidInputError.
    """
    if first.tzinfo is not None:
        raise InvalidInputError("A series starts at a local time, without offset.", code="bad_time")
    if length > LONGEST:
        raise InvalidInputError("A slot lasts 366 days at most.", code="slot_too_long")
    _refuse_other_first(rule, first.date())
    days = _kept_days(rule, first, zone, skip, horizon)
    occurrences = [_occurrence(datetime.combine(day, first.time()), length, zone) for day in days]
    _refuse_overlap(days, occurrences)
    return occurrences


def _refuse_other_first(rule: Recurrence, first: date) -> None:
    due = next(rule.dates(first), None)
    if due != first:
        instead = f"the first one from then on is {due}" if due else "nor any later one"
        raise InvalidInputError(
            f"{first} is no date of {rule}: {instead}.", code="first_not_in_rule", next=due and due.isoformat()
        )


def _kept_days(
    rule: Recurrence, first: datetime, zone: str, skip: Collection[date], horizon: date | None
) -> list[date]:
    if rule.until is None and rule.count is None and horizon is None:
        raise InvalidInputError("A series needs an end: COUNT or UNTIL.", code="endless_rule")
    last = min(end for end in (_last_day(rule, first, zone), horizon, date.max) if end is not None)
    days: list[date] = []
    for day in islice(rule.dates(first.date()), rule.count):
        if day > last or len(days) > MOST_DATES:
            break
        days.append(day)
    skipped = frozenset(skip)
    kept = [day for day in days if day not in skipped]
    if len(kept) > MOST_OCCURRENCES or len(days) > MOST_DATES:
        raise InvalidInputError(
            f"A series has {MOST_OCCURRENCES} occurrences at most, and {MOST_DATES} dates with the skipped ones.",
            code="too_many_occurrences",
            most=MOST_OCCURRENCES,
        )
    if not kept:
        raise InvalidInputError("No date is left: all are skipped or lie after the end.", code="no_occurrences")
    return kept


def _last_day(rule: Recurrence, first: datetime, zone: str) -> date | None:
    """UNTIL as a local date; an instant earlier in the day than the series starts ends it the day before."""
    if not isinstance(rule.until, datetime):
        return rule.until
    local = rule.until.astimezone(known_zone(zone))
    return local.date() if first.time() <= local.time() else local.date() - timedelta(days=1)


def _occurrence(start: datetime, length: timedelta, zone: str) -> Occurrence:
    recurs_at, end = (_instant(local, zone, start.date()) for local in (start, start + length))
    return Occurrence(recurs_at, Slot(recurs_at, end))


def _instant(local: datetime, zone: str, day: date) -> datetime:
    try:
        return instant(local, zone)
    except InvalidInputError as error:
        if error.code not in _CLOCK_CHANGE:
            raise
        raise InvalidInputError(
            f"{local:%Y-%m-%d %H:%M} {_CLOCK_CHANGE[error.code]} in {zone}, for the clock changes that night: "
            f"skip {day}, or choose another time.",
            code=error.code,
            date=day.isoformat(),
        ) from error


def _refuse_overlap(days: list[date], occurrences: list[Occurrence]) -> None:
    for (day, one), (next_day, following) in pairwise(zip(days, occurrences, strict=True)):
        if one.slot.overlaps(following.slot):
            raise InvalidInputError(
                f"The occurrence of {day} is not over when that of {next_day} begins.",
                code="occurrences_overlap",
                dates=[day.isoformat(), next_day.isoformat()],
            )
