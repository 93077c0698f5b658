"""When something is open: spans of the clock on the wall for each day of the week."""

import re
from functools import cached_property
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.policy.knob import Knobs

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = 24 * 60
SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

Minutes = tuple[int, int]


def minutes_of(span: str) -> Minutes:
    """The minutes of the day at which a span like '09:00-12:30' starts and ends; raises ValueError."""
    found = SPAN.fullmatch(span)
    if found is None:
        raise ValueError(f"{span[:20]!r} is not a span like '09:00-12:30'")
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if end > DAY:
        raise ValueError(f"{span!r} ends after the day does: '24:00' is the latest end")
    if start >= end:
        raise ValueError(f"{span!r} must end after it starts; a night is two days: '20:00-24:00', '00:00-06:00'")
    return start, end


def _well_formed(span: str) -> str:
    minutes_of(span)
    return span


def _in_order(spans: tuple[str, ...]) -> tuple[str, ...]:
    for one, other in pairwise(spans):
        if minutes_of(one)[1] > minutes_of(other)[0]:
            raise ValueError(f"{one!r} and {other!r} overlap or are not in order")
    return spans


Span = Annotated[
    str, AfterValidator(_well_formed), Field(json_schema_extra={"words": "spans such as `09:00-12:30`, until `24:00`"})
]
Spans = Annotated[tuple[Span, ...], AfterValidator(_in_order), Field(max_length=12, description="When, in order.")]


class Opening(Knobs):
    """Spans such as '09:00-12:30' for each weekday, on the wall clock of the site; a day without spans is closed."""

    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()

    @cached_property
    def week(self) -> tuple[tuple[Minutes, ...], ...]:
        """The spans of the seven days, Monday first, as minutes of the day; spans that touch are one."""
        return tuple(_joined(getattr(self, day)) for day in WEEKDAYS)


def _joined(spans: tuple[str, ...]) -> tuple[Minutes, ...]:
    joined: list[Minutes] = []
    for start, end in map(minutes_of, spans):
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return tuple(joined)
