"""Not too far ahead, and not at the last moment."""

from datetime import UTC, timedelta

from shared.domain.rules.finding import Finding, forbids
from shared.domain.rules.nearest import nearest, rounded_up, starting
from shared.domain.rules.question import Request
from shared.domain.sentences import Saying, say

TOO_FAR_AHEAD = say(
    "too_far_ahead",
    Saying(
        fr="« {name} » se réserve au plus {window_days:days} à l'avance, donc jusqu'au {last:day}.",
        en="“{name}” can be booked at most {window_days:days} ahead, that is until {last:day}.",
        advice_fr=("Au plus tard : {fix[slot]:slot}.",),
        advice_en=("At the latest: {fix[slot]:slot}.",),
    ),
)
TOO_LATE_TO_BOOK = say(
    "too_late_to_book",
    Saying(
        fr="« {name} » se réserve au moins {lead_minutes:length} à l'avance.",
        en="“{name}” must be booked at least {lead_minutes:length} ahead.",
        advice_fr=("Au plus tôt : {fix[slot]:slot}.",),
        advice_en=("At the earliest: {fix[slot]:slot}.",),
    ),
)
A_WHILE = timedelta(minutes=15)


def is_within_window(request: Request) -> Finding | None:
    """The day on which it starts counts; the window of today alone is 0."""
    narrowest = None
    for resource in request.resources:
        days = resource.policy.window_days
        if days is not None and (narrowest is None or days < narrowest[0]):
            narrowest = days, resource
    if narrowest is None:
        return None
    days, resource = narrowest
    last = request.now.astimezone(request.zone).date() + timedelta(days=days)
    too_far = (request.start.date() - last).days
    if too_far <= 0:
        return None
    latest = (request.start - timedelta(days=too_far)).astimezone(UTC)
    fix = nearest(request, [latest], lambda candidate: candidate.start.date() <= last)
    return forbids(TOO_FAR_AHEAD, {"name": resource.name, "window_days": days, "last": last.isoformat()}, fix)


def is_asked_in_time(request: Request) -> Finding | None:
    """What has begun already is no question of lead: see past.py."""
    longest = max(request.resources, key=lambda resource: resource.policy.lead_minutes, default=None)
    if longest is None or not longest.policy.lead_minutes or request.slot.start < request.now:
        return None
    earliest = request.now + timedelta(minutes=longest.policy.lead_minutes)
    if request.slot.start >= earliest:
        return None
    fix = starting(request, rounded_up(earliest, A_WHILE))
    return forbids(TOO_LATE_TO_BOOK, {"name": longest.name, "lead_minutes": longest.policy.lead_minutes}, fix)
