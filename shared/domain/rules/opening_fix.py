"""The nearest opening that holds a booking, or the largest part of it that an opening holds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.domain.policy import Opening
from shared.domain.policy.opening import Minutes
from shared.domain.rules.nearest import Test, fix_of, may_start, nearest, rounded_up, slot_between
from shared.domain.rules.question import A_DAY_OF_MINUTES, Request
from shared.domain.slots import Slot

DAYS_AROUND = 8  # opening repeats itself each week
A_WHILE = timedelta(minutes=5)


def nearest_opening(request: Request, is_open: Test) -> dict[str, Any]:
    """A slot that opens or closes with one of them is the nearest; else what of it fits into a day."""
    openings = [
        r.policy.opening
        for r in request.resources
        if r.policy.opening is not None and r.policy.outside_opening != "allow"
    ]
    if any(request.slot.length > _longest(opening) for opening in openings):
        return _part(request, openings, is_open)
    edges = {edge for opening in openings for edge in _edges(request, opening)}
    return nearest(request, edges | {rounded_up(request.now, A_WHILE)}, is_open) or _part(request, openings, is_open)


def _longest(opening: Opening) -> timedelta:
    """The longest that may fit; an hour more than the clock shows, in the night in which it is set back."""
    stretches = [stretch for day in opening.week for stretch in day]
    if any(closes == A_DAY_OF_MINUTES for _, closes in stretches):  # it may go on after midnight
        return timedelta.max
    return timedelta(minutes=max((closes - opens for opens, closes in stretches), default=0) + 60)


def _edges(request: Request, opening: Opening) -> Iterator[datetime]:
    """The starts that begin with an opening or end with it."""
    for day in _days_around(request):
        for opens, closes in opening.week[day.weekday()]:
            yield _instant(request, day, opens)
            yield _instant(request, day, closes) - request.slot.length


def _part(request: Request, openings: list[Opening], is_open: Test) -> dict[str, Any]:
    """The stretch of one day that shares most with what was asked for."""
    found: list[tuple[timedelta, timedelta, Slot]] = []
    for day in _days_around(request):
        for opens, closes in _common(openings, day):
            start = _instant(request, day, opens)
            if not may_start(request, start):
                start = rounded_up(request.now, A_WHILE)
            end = _instant(request, day, closes)
            shared = min(end, request.slot.end) - max(start, request.slot.start)
            if shared > timedelta():
                start, end = max(start, request.slot.start), min(end, request.slot.end)
            slot = slot_between(start, end)
            if slot:
                found.append((max(shared, timedelta()), -abs(start - request.slot.start), slot))
    for _, _, slot in sorted(found, reverse=True):
        if is_open(request.at(slot)):
            return fix_of(slot, request)
    return {}


def _common(openings: list[Opening], day: date) -> list[Minutes]:
    """When all of them are open that day."""
    common: list[Minutes] = [(0, A_DAY_OF_MINUTES)]
    for opening in openings:
        common = [
            (max(a, c), min(b, d)) for a, b in common for c, d in opening.week[day.weekday()] if max(a, c) < min(b, d)
        ]
    return common


def _days_around(request: Request) -> Iterator[date]:
    first = request.start.date()
    for n in range(-DAYS_AROUND, DAYS_AROUND + 1):
        yield first + timedelta(days=n)


def _instant(request: Request, day: date, minutes: int) -> datetime:
    """What the clock shows so many minutes after midnight; the later hour that it shows twice is not meant."""
    midnight = datetime.combine(day, time(), request.zone)
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)
