"""Time ranges as CalDAV writes them: from and until when, in UTC (RFC 4791 section 9.9)."""

import re
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element

from services.calendars.dav.refusing import Refused
from shared.domain.slots import EARLIEST, LATEST

MOMENT: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")


def time_range(given: Element | None) -> tuple[datetime | None, datetime | None]:
    """From when and until when, one of them at least; raises Refused."""
    if given is None or not {"start", "end"} & set(given.keys()):
        raise wrong_filter()
    start, end = _moment(given.get("start")), _moment(given.get("end"))
    if start is not None and end is not None and start >= end:
        raise wrong_filter()
    # everything here is between these
    return start and min(max(start, EARLIEST), LATEST), end and min(max(end, EARLIEST), LATEST)


def wrong_filter() -> Refused:
    return Refused(403, "<C:valid-filter/>")


def _moment(given: str | None) -> datetime | None:
    if given is None:
        return None
    if not MOMENT.fullmatch(given):
        raise wrong_filter()
    try:
        return datetime.strptime(given, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise wrong_filter() from error
