"""Not too short, not too long, and in steps that leave no odd quarter of an hour behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from math import lcm

from shared.domain.rules.finding import Finding, forbids
from shared.domain.rules.nearest import fix_of, lasting, may_start, slot_between
from shared.domain.rules.question import Request, Wanted
from shared.domain.sentences import Saying, say
from shared.domain.slots import Slot

TOO_SHORT = say(
    "too_short",
    Saying(
        fr="« {name} » se réserve pour {shortest_minutes:length} au moins.",
        en="“{name}” can be booked for {shortest_minutes:length} at least.",
        advice_fr=("Par exemple : {fix[slot]:slot}.",),
        advice_en=("For example: {fix[slot]:slot}.",),
    ),
)
TOO_LONG = say(
    "too_long",
    Saying(
        fr="« {name} » se réserve pour {longest_minutes:length} au plus.",
        en="“{name}” can be booked for {longest_minutes:length} at most.",
        advice_fr=("Par exemple : {fix[slot]:slot}.",),
        advice_en=("For example: {fix[slot]:slot}.",),
    ),
)
OUT_OF_STEP = say(
    "out_of_step",
    Saying(
        fr="« {name} » se réserve par tranches de {step_minutes:length}, comptées depuis minuit.",
        en="“{name}” is booked in steps of {step_minutes:length}, counted from midnight.",
        advice_fr=("Le créneau le plus proche : {fix[slot]:slot}.",),
        advice_en=("The nearest slot: {fix[slot]:slot}.",),
    ),
)
A_MINUTE = timedelta(minutes=1)


def is_long_enough(request: Request) -> Finding | None:
    shortest = max(request.resources, key=lambda r: r.policy.shortest_minutes or 0, default=None)
    minutes = shortest.policy.shortest_minutes if shortest else None
    if shortest is None or minutes is None or request.slot.length >= minutes * A_MINUTE:
        return None
    return forbids(
        TOO_SHORT, {"name": shortest.name, "shortest_minutes": minutes}, lasting(request, minutes * A_MINUTE)
    )


def is_short_enough(request: Request) -> Finding | None:
    limits = [(r.policy.longest_minutes, r.name) for r in request.resources if r.policy.longest_minutes is not None]
    if not limits:
        return None
    minutes, name = min(limits)
    if request.slot.length <= minutes * A_MINUTE:
        return None
    return forbids(TOO_LONG, {"name": name, "longest_minutes": minutes}, lasting(request, minutes * A_MINUTE))


def is_in_step(request: Request) -> Finding | None:
    """On the clock of the site, from midnight on."""
    for resource in request.resources:
        step = resource.policy.step_minutes
        if step is not None and not (_is_at_step(request.start, step) and _is_at_step(request.end, step)):
            steps = [r.policy.step_minutes for r in request.resources if r.policy.step_minutes is not None]
            return _out_of_step(request, resource, step, lcm(*steps))
    return None


def _is_at_step(moment: datetime, step: int) -> bool:
    return not (moment.second or moment.microsecond or (moment.hour * 60 + moment.minute) % step)


def _out_of_step(request: Request, resource: Wanted, step: int, common: int) -> Finding:
    """The nearest start and end that are steps of all that it takes."""
    nearest = min(_slots_in_step(request, common), key=lambda slot: _distance(slot, request.slot), default=None)
    return forbids(OUT_OF_STEP, {"name": resource.name, "step_minutes": step}, fix_of(nearest, request))


def _slots_in_step(request: Request, step: int) -> Iterator[Slot]:
    for start in _steps_around(request.start, step):
        if not may_start(request, start):
            continue
        for end in _steps_around(request.end, step):
            slot = slot_between(start, end)
            if slot:
                yield slot


def _steps_around(moment: datetime, step: int) -> Iterator[datetime]:
    """Two before and two after; more than one, because in the night of the clock change a step may not exist."""
    midnight = datetime.combine(moment.date(), time(), moment.tzinfo)
    here = (moment.hour * 60 + moment.minute) // step
    for n in range(here - 1, here + 3):
        found = (midnight + timedelta(minutes=n * step)).astimezone(UTC)
        if _is_at_step(found.astimezone(moment.tzinfo), step):
            yield found


def _distance(one: Slot, other: Slot) -> timedelta:
    return abs(one.start - other.start) + abs(one.end - other.end)
