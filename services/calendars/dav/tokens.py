"""Sync tokens: up to where in the changes of a calendar somebody has read (RFC 6578 section 4)."""

import re
from typing import Final

from services.calendars.dav.refusing import Refused
from shared.calendars.contents import Calendar

Position = tuple[int, int]
"""The next change to be read, and of the entries that changed then, the first."""

BEGINNING: Final[Position] = (0, 0)
TOKEN: Final = re.compile(r"data:,([a-z]+-[0-9]+)-([0-9]{1,18})-([0-9]{1,18})")


def token_of(calendar: Calendar, position: Position | None = None) -> str:
    """A URI that says it; without a position: all of what was changed by now."""
    change, entry_id = position or (calendar.change + 1, 0)
    return f"data:,{_name(calendar)}-{change}-{entry_id}"


def position_in(calendar: Calendar, token: str) -> Position:
    """Where to go on; raises Refused for a token that this calendar did not give.

    One from before a backup was restored is ahead of the calendar: what it stands for may never have been.
    """
    if not token:
        return BEGINNING
    found = TOKEN.fullmatch(token)
    if found is None or found[1] != _name(calendar) or int(found[2]) > calendar.change + 1:
        raise Refused(403, "<D:valid-sync-token/>")
    return int(found[2]), int(found[3])


def _name(calendar: Calendar) -> str:
    return f"{calendar.kind}-{calendar.subject_id}"
