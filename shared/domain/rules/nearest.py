"""The nearest request that passes: how the rules look for another time, and how they write it down."""

from datetime import datetime, timedelta
from typing import Any

from shared.domain.errors import InvalidInputError
from shared.domain.rules.question import Request
from shared.domain.slots import EARLIEST, Slot


def starting(request: Request, start: datetime) -> dict[str, Any]:
    """The fix that keeps the length and starts then; none at the end of all calendars."""
    try:
        return fix_of(request, request.slot.starting(start))
    except InvalidInputError:
        return {}


def fix_of(request: Request, slot: Slot) -> dict[str, Any]:
    """Another time, as ISO times of the site's clock."""
    start, end = (moment.astimezone(request.zone) for moment in (slot.start, slot.end))
    return {"start": start.isoformat(), "end": end.isoformat()}


def rounded_up(moment: datetime, step: timedelta) -> datetime:
    return moment + (EARLIEST - moment) % step
