"""Half-days, as teachers say them: when they are, in words."""

from datetime import datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from shared.letters.facts import Language

HalfDay = Literal["morning", "afternoon", "evening", "day", "several"]

HALF_DAYS: dict[Language, dict[HalfDay, str]] = {
    "fr": {
        "morning": "matin",
        "afternoon": "après-midi",
        "evening": "soirée",
        "day": "journée",
        "several": "plusieurs jours",
    },
    "en": {
        "morning": "morning",
        "afternoon": "afternoon",
        "evening": "evening",
        "day": "whole day",
        "several": "several days",
    },
}
_NOON, _AFTER_LUNCH, _DUSK = time(12), time(13, 30), time(18)


def half_day(start: datetime, end: datetime, zone: str) -> HalfDay:
    """Which half of the day it is on the clock of the zone; what begins before noon may reach into lunch."""
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))
    if first.date() != last.date():
        is_night = first.time() >= _DUSK and (last - first).total_seconds() < 12 * 3600
        return "evening" if is_night else "several"
    if first.time() >= _DUSK:
        return "evening"
    if first.time() >= _NOON:
        return "afternoon"
    return "morning" if last.time() <= _AFTER_LUNCH else "day"
