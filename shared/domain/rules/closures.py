"""Nothing is booked while the site or a resource is closed, or a trainer away."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import accumulate

from shared.domain.rules.finding import Facts, Finding, Weight, forbids, heaviest
from shared.domain.rules.nearest import nearest, other_days
from shared.domain.rules.opening import is_open
from shared.domain.rules.question import Closure, Request
from shared.domain.sentences import Saying, say
from shared.domain.slots import Slot

SITE_CLOSED = say(
    "site_closed",
    Saying(
        fr="L'Atelier est fermé : {closure:slot}{reason:aside}.",
        en="The Atelier is closed: {closure:slot}{reason:aside}.",
        advice_fr=("Le créneau le plus proche : {fix[slot]:slot}.",),
        advice_en=("The nearest slot: {fix[slot]:slot}.",),
    ),
)
UNAVAILABLE = say(
    "unavailable",
    Saying(
        fr="« {name} » n'est pas disponible : {closure:slot}{reason:aside}.",
        en="“{name}” is not available: {closure:slot}{reason:aside}.",
        advice_fr=("Le créneau le plus proche : {fix[slot]:slot}.",),
        advice_en=("The nearest slot: {fix[slot]:slot}.",),
    ),
)
DAYS_AROUND = 14


def nothing_is_shut(request: Request) -> Finding | None:
    if not request.closures:
        return None
    found: Finding | None = None
    for closure in request.closures:
        if not closure.slot.overlaps(request.slot):
            continue
        weight = _weight(closure, request)
        if weight == "forbid":
            return _finding(closure, request, weight)
        if weight and found is None:
            found = _finding(closure, request, weight)
    return found


def is_not_shut(request: Request) -> bool:
    """Whether no closure touches it, as far as anybody minds."""
    return not any(c.slot.overlaps(request.slot) and _weight(c, request) for c in request.closures)


class Closures:
    """All that a house is shut for; `near` picks what the rules have to look at for one request."""

    def __init__(self, closures: Iterable[Closure]) -> None:
        self._closures = sorted(closures, key=lambda closure: closure.slot.start)
        self._starts = [closure.slot.start for closure in self._closures]
        # the latest end of all up to here: when it is over, so are all before
        self._ends = list(accumulate((closure.slot.end for closure in self._closures), max))

    def near(self, slot: Slot, around: timedelta = timedelta(days=DAYS_AROUND)) -> tuple[Closure, ...]:
        """Those within some days of the slot, so that a fix avoids them too."""
        if not self._closures:
            return ()
        first = bisect_right(self._ends, slot.start - around)
        last = bisect_left(self._starts, slot.end + around)
        return tuple(c for c in self._closures[first:last] if c.slot.end > slot.start - around)


def _weight(closure: Closure, request: Request) -> Weight | None:
    """None when it is about something else, or nobody minds."""
    if closure.resource_id is None:
        return heaviest(resource.policy.on_closures for resource in request.resources)
    return heaviest(r.policy.on_closures for r in request.resources if r.id == closure.resource_id)


def _finding(closure: Closure, request: Request, weight: Weight) -> Finding:
    start, end = (moment.astimezone(request.zone).isoformat() for moment in (closure.slot.start, closure.slot.end))
    facts: Facts = {"closure": f"{start}/{end}", "reason": closure.reason}
    fix = nearest(request, _starts_around(request), is_not_shut, is_open)
    if closure.resource_id is None:
        return forbids(SITE_CLOSED, facts, fix, weight=weight)
    name = next(resource.name for resource in request.resources if resource.id == closure.resource_id)
    return forbids(UNAVAILABLE, {"name": name, **facts}, fix, weight=weight)


def _starts_around(request: Request) -> Iterator[datetime]:
    """Right after a closure, right before it, and the same hour of other days."""
    for closure in request.closures:
        yield closure.slot.end
        yield closure.slot.start - request.slot.length
    yield from other_days(request, DAYS_AROUND)
