"""The nearest request that passes: how the rules look for another time, and how they write it down."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.errors import InvalidInputError
from shared.domain.rules.question import Request
from shared.domain.slots import EARLIEST, Slot

Test = Callable[[Request], bool]


def nearest(request: Request, starts: Iterable[datetime], passes: Test, *wishes: Test) -> dict[str, Any]:
    """The fix that begins at the nearest of `starts` and passes; one that meets all the wishes too, if there is any.

    None lies in the past, and the earlier of two that are as near comes second: who plans looks ahead.
    """
    here = request.slot.start
    ahead = sorted({s for s in starts if may_start(request, s)}, key=lambda s: (abs(s - here), s < here))
    passing: list[Request] = []
    for start in ahead:
        slot = slot_between(start, start + request.slot.length)
        candidate = request.at(slot) if slot else None
        if candidate is None or not passes(candidate):
            continue
        if all(wish(candidate) for wish in wishes):
            return fix_of(candidate.slot, request)
        passing.append(candidate)
    return fix_of(passing[0].slot, request) if passing else {}


def other_days(request: Request, reach: int) -> Iterator[datetime]:
    """The same hour on the clock of the site, up to `reach` days later and earlier."""
    for days in range(1, reach + 1):
        for there in (days, -days):
            yield (request.start + timedelta(days=there)).astimezone(UTC)


def may_start(request: Request, start: datetime) -> bool:
    """Only a coordinator enters what has begun already."""
    return start >= request.now or request.by_coordinator


def starting(request: Request, start: datetime) -> dict[str, Any]:
    """The fix that keeps the length and begins then."""
    return fix_of(slot_between(start, start + request.slot.length), request)


def lasting(request: Request, length: timedelta) -> dict[str, Any]:
    """The fix that begins as asked and lasts so long."""
    return fix_of(slot_between(request.slot.start, request.slot.start + length), request)


def slot_between(start: datetime, end: datetime) -> Slot | None:
    """None where there can be no slot: at the end of all calendars, or longer than a year."""
    try:
        return Slot(start, end)
    except InvalidInputError:
        return None


def fix_of(slot: Slot | None, request: Request) -> dict[str, Any]:
    """Another time, as ISO times of the site's clock; nothing when there is none."""
    if slot is None:
        return {}
    start, end = (moment.astimezone(request.zone) for moment in (slot.start, slot.end))
    return {"start": start.isoformat(), "end": end.isoformat()}


def rounded_up(moment: datetime, step: timedelta) -> datetime:
    return moment + (EARLIEST - moment) % step
