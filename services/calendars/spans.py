"""From when to when somebody asks, as a query says it: bounded, and wrong in words."""

from datetime import UTC, datetime, timedelta
from typing import Final

from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot, instant

USUAL: Final = timedelta(days=60)
LONGEST_TEXT: Final = 40


def span_of(start: str, end: str, *, zone: str, now: datetime) -> Slot:
    """From `start` (today) to `end` (sixty days later): ISO 8601, without an offset on the clock of the site.

    Raises InvalidInputError.
    """
    first = _moment(start, zone) if start else now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Slot(first, _moment(end, zone) if end else first + USUAL)


def _moment(text: str, zone: str) -> datetime:
    try:
        # a plus that was not encoded comes as a blank
        moment = datetime.fromisoformat(text.replace(" ", "+")) if len(text) <= LONGEST_TEXT else None
    except ValueError:
        moment = None
    if moment is None:
        raise InvalidInputError("A time reads 2027-11-09T09:00:00+01:00, or 2027-11-09.", code="not_a_time")
    return instant(moment, zone)
