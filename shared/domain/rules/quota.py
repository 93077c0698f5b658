"""Nobody, and no organisation, takes more than its share: hours a week, open requests, bookings at one time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.domain.policy import Quota
from shared.domain.rules.finding import Facts, Finding, forbids
from shared.domain.rules.nearest import lasting, nearest
from shared.domain.rules.question import Request, Usage
from shared.domain.sentences import Saying, say

WEEKS_AHEAD = 8
A_WEEK, A_DAY, A_MINUTE = timedelta(days=7), timedelta(days=1), timedelta(minutes=1)

PERSON_HOURS = say(
    "person_hours",
    Saying(
        fr="Le quota est de {hours_per_week} heures par personne et par semaine ; "
        "déjà réservé, la semaine du {week:day} : {used:length}.",
        en="The quota is {hours_per_week} hours per person and week; "
        "booked already, in the week of {week:day}: {used:length}.",
        advice_fr=("Dans le quota : {fix[slot]:slot}.",),
        advice_en=("Within the quota: {fix[slot]:slot}.",),
    ),
)
ORGANISATION_HOURS = say(
    "organisation_hours",
    Saying(
        fr="Le quota est de {hours_per_week} heures par organisation et par semaine ; "
        "déjà réservé, la semaine du {week:day} : {used:length}.",
        en="The quota is {hours_per_week} hours per organisation and week; "
        "booked already, in the week of {week:day}: {used:length}.",
        advice_fr=("Dans le quota : {fix[slot]:slot}.",),
        advice_en=("Within the quota: {fix[slot]:slot}.",),
    ),
)
PERSON_REQUESTS = say(
    "person_open_requests",
    Saying(
        fr="Une personne peut avoir {open_requests} réservations à venir au plus ; il y en a déjà {used}.",
        en="One person may have {open_requests} bookings ahead at most; there are {used} already.",
        advice_fr=("Annulez-en une, ou attendez que l'une soit passée.",),
        advice_en=("Cancel one of them, or wait until one is over.",),
    ),
)
ORGANISATION_REQUESTS = say(
    "organisation_open_requests",
    Saying(
        fr="Une organisation peut avoir {open_requests} réservations à venir au plus ; il y en a déjà {used}.",
        en="One organisation may have {open_requests} bookings ahead at most; there are {used} already.",
        advice_fr=("Annulez-en une, ou attendez que l'une soit passée.",),
        advice_en=("Cancel one of them, or wait until one is over.",),
    ),
)
PERSON_CONCURRENT = say(
    "person_concurrent",
    Saying(
        fr="Une personne peut avoir {concurrent} réservations en même temps au plus ; il y en a déjà {used}.",
        en="One person may have {concurrent} bookings at a time at most; there are {used} already.",
        advice_fr=("Choisissez un autre moment.",),
        advice_en=("Choose another time.",),
    ),
)
ORGANISATION_CONCURRENT = say(
    "organisation_concurrent",
    Saying(
        fr="Une organisation peut avoir {concurrent} réservations en même temps au plus ; il y en a déjà {used}.",
        en="One organisation may have {concurrent} bookings at a time at most; there are {used} already.",
        advice_fr=("Choisissez un autre moment.",),
        advice_en=("Choose another time.",),
    ),
)


def person_is_within_quota(request: Request) -> Finding | None:
    codes = PERSON_HOURS, PERSON_REQUESTS, PERSON_CONCURRENT
    return _beyond(request, request.policy.person_quota, request.person_usage, codes)


def organisation_is_within_quota(request: Request) -> Finding | None:
    codes = ORGANISATION_HOURS, ORGANISATION_REQUESTS, ORGANISATION_CONCURRENT
    return _beyond(request, request.policy.organisation_quota, request.organisation_usage, codes)


def _beyond(request: Request, quota: Quota, usage: Usage | None, codes: tuple[str, str, str]) -> Finding | None:
    """What takes nothing of the house counts for nothing."""
    if usage is None or not request.resources:
        return None
    hours, requests, concurrent = codes
    if quota.open_requests is not None and usage.open_requests >= quota.open_requests:
        return forbids(requests, {"open_requests": quota.open_requests, "used": usage.open_requests})
    if quota.concurrent is not None and usage.concurrent >= quota.concurrent:
        return forbids(concurrent, {"concurrent": quota.concurrent, "used": usage.concurrent})
    if quota.hours_per_week is None:
        return None
    return _beyond_hours(request, quota.hours_per_week, usage, hours)


def _beyond_hours(request: Request, limit: int, usage: Usage, code: str) -> Finding | None:
    week = next(_weeks_beyond(request, limit, usage), None)
    if week is None:
        return None
    used = usage.week_minutes.get(week, 0)
    facts: Facts = {"hours_per_week": limit, "used": used, "week": week.isoformat()}
    return forbids(code, facts, _less(request, limit, usage) or _another_week(request, limit, usage))


def _weeks_beyond(request: Request, limit: int, usage: Usage) -> Iterator[date]:
    """The weeks, by their Monday, in which there would be too much."""
    for monday, taken in _minutes_by_week(request):
        if usage.week_minutes.get(monday, 0) * A_MINUTE + taken > timedelta(hours=limit):
            yield monday


def _minutes_by_week(request: Request) -> Iterator[tuple[date, timedelta]]:
    """How much of the slot lies in each week of the site's calendar; the night of the clock change as long as it is."""
    monday, start = _monday(request.start.date()), request.slot.start
    while start < request.slot.end:
        following = monday + A_WEEK
        end = min(datetime.combine(following, time(), request.zone).astimezone(UTC), request.slot.end)
        yield monday, end - start
        monday, start = following, end


def _less(request: Request, limit: int, usage: Usage) -> dict[str, Any]:
    """A shorter booking that takes what is left of the week in which it begins."""
    left = timedelta(hours=limit) - usage.week_minutes.get(_monday(request.start.date()), 0) * A_MINUTE
    if timedelta() < left < request.slot.length:
        return lasting(request, left)
    return {}


def _another_week(request: Request, limit: int, usage: Usage) -> dict[str, Any]:
    starts = [(request.start + n * A_WEEK).astimezone(UTC) for n in range(1, WEEKS_AHEAD + 1)]
    return nearest(request, starts, lambda candidate: next(_weeks_beyond(candidate, limit, usage), None) is None)


def _monday(day: date) -> date:
    return day - day.weekday() * A_DAY
