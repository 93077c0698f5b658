"""A booking lies within the opening hours of all that it takes, by the clock on the wall of the site."""

from collections.abc import Iterator
from datetime import date

from shared.domain.policy import WEEKDAYS, Opening
from shared.domain.rules.finding import Facts, Finding, forbids, heaviest
from shared.domain.rules.opening_fix import nearest_opening
from shared.domain.rules.question import Request, Wanted
from shared.domain.sentences import Saying, say

OUTSIDE_OPENING = say(
    "outside_opening",
    Saying(
        fr="« {name} » n'est ouvert, le {day:day}, que {opening:spans}.",
        en="“{name}” is only open from {opening:spans} on {day:day}.",
        advice_fr=("Le créneau le plus proche : {fix[slot]:slot}.",),
        advice_en=("The nearest slot: {fix[slot]:slot}.",),
    ),
)
CLOSED_THAT_DAY = say(
    "closed_that_day",
    Saying(
        fr="« {name} » est fermé le {day:day}.",
        en="“{name}” is closed on {day:day}.",
        advice_fr=("Le créneau le plus proche : {fix[slot]:slot}.",),
        advice_en=("The nearest slot: {fix[slot]:slot}.",),
    ),
)


def lies_within_opening(request: Request) -> Finding | None:
    outside = [resource for resource in request.resources if not _is_open(resource, request)]
    if not outside:
        return None
    weight = heaviest(resource.policy.outside_opening for resource in outside) or "forbid"
    resource = next(r for r in outside if r.policy.outside_opening == weight)
    opening = resource.policy.opening
    assert opening is not None  # noqa: S101  else it would be open
    day = next(_days_outside(opening, request))
    spans = ", ".join(getattr(opening, WEEKDAYS[day.weekday()]))
    facts: Facts = {"name": resource.name, "day": day.isoformat()}
    fix = nearest_opening(request, is_open)
    if not spans:
        return forbids(CLOSED_THAT_DAY, facts, fix, weight=weight)
    return forbids(OUTSIDE_OPENING, {**facts, "opening": spans}, fix, weight=weight)


def is_open(request: Request) -> bool:
    """Whether all that it takes is open then, as far as anybody minds."""
    return all(_is_open(resource, request) for resource in request.resources)


def _is_open(resource: Wanted, request: Request) -> bool:
    opening = resource.policy.opening
    if opening is None or resource.policy.outside_opening == "allow":
        return True
    return next(_days_outside(opening, request), None) is None


def _days_outside(opening: Opening, request: Request) -> Iterator[date]:
    """The days on which a part of the slot lies outside.

    What the clock shows counts, also in the night in which it is set back and shows an hour twice.
    """
    for day, start, end in request.parts():
        first, last = (start, end) if start <= end else (end, start)
        if not any(opens <= first and last <= closes for opens, closes in opening.week[day.weekday()]):
            yield day
