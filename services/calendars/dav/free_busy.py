"""When a calendar is busy, as a VFREEBUSY (RFC 4791 section 7.10)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from fastapi import Response

from services.calendars.dav.names import CALDAV
from services.calendars.dav.objects import FOOT, HEAD
from services.calendars.dav.ranges import time_range, wrong_filter
from services.calendars.dav.refusing import Refused
from services.calendars.dav.reports import Question
from shared.calendars.contents import busy
from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot
from shared.store.base import reading

MOST_PERIODS: Final = 10_000
TYPES: Final = {False: "BUSY", True: "BUSY-TENTATIVE"}

Period = tuple[datetime, datetime]


def free_busy(asked: Question) -> Response:
    """The busy times of a calendar between two moments; raises Refused without both, and for too many."""
    start, end = time_range(asked.root.find(f"{CALDAV}time-range"))
    if start is None or end is None:
        raise wrong_filter()
    with reading() as db:
        held = busy(db, asked.collection.calendar, _span(start, end), most=MOST_PERIODS + 1)
    if len(held) > MOST_PERIODS:
        raise Refused(403, "<D:number-of-matches-within-limits/>")
    lines = ["BEGIN:VFREEBUSY", f"DTSTAMP:{_utc(datetime.now(UTC))}", f"DTSTART:{_utc(start)}", f"DTEND:{_utc(end)}"]
    for is_perhaps, type_ in TYPES.items():
        periods = ((max(begin, start), min(until, end)) for begin, until, tentative in held if tentative is is_perhaps)
        lines += [f"FREEBUSY;FBTYPE={type_}:{_utc(begin)}/{_utc(until)}" for begin, until in _joined(periods)]
    content = HEAD + "".join(f"{line}\r\n" for line in [*lines, "END:VFREEBUSY"]) + FOOT
    return Response(content, media_type="text/calendar; charset=utf-8")


def _span(start: datetime, end: datetime) -> Slot:
    """Raises Refused for more than a year: nobody plans that far at once."""
    try:
        return Slot(start, end)
    except InvalidInputError as error:
        raise wrong_filter() from error


def _joined(periods: Iterable[Period]) -> Iterator[Period]:
    """Those that touch as one; they come in order of time."""
    last: Period | None = None
    for period in periods:
        if last is None:
            last = period
        elif period[0] <= last[1]:
            last = (last[0], max(last[1], period[1]))
        else:
            yield last
            last = period
    if last is not None:
        yield last


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
