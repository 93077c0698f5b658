"""Public holidays and school holidays warn or forbid, as the policy says."""

from datetime import date

from shared.domain.rules.closures import is_not_shut
from shared.domain.rules.finding import Finding, forbids, heaviest
from shared.domain.rules.nearest import nearest, other_days
from shared.domain.rules.opening import is_open
from shared.domain.rules.question import A_DAY, Request
from shared.domain.sentences import Saying, say

PUBLIC_HOLIDAY = say(
    "public_holiday",
    Saying(
        fr="Le {day:day} est férié{holiday:aside}.",
        en="{day:day} is a public holiday{holiday:aside}.",
        advice_fr=("Le même horaire, un autre jour : {fix[slot]:slot}.",),
        advice_en=("The same hours on another day: {fix[slot]:slot}.",),
    ),
)
SCHOOL_HOLIDAY = say(
    "school_holiday",
    Saying(
        fr="Le {day:day} tombe pendant les vacances scolaires de la zone {zone}{holiday:aside}.",
        en="{day:day} lies in the school holidays of zone {zone}{holiday:aside}.",
        advice_fr=("Le même horaire, un autre jour : {fix[slot]:slot}.",),
        advice_en=("The same hours on another day: {fix[slot]:slot}.",),
    ),
)
# the summer holidays last nine weeks
PUBLIC_REACH, SCHOOL_REACH = 15, 70


def is_no_public_holiday(request: Request) -> Finding | None:
    weight = heaviest([resource.policy.on_public_holidays for resource in request.resources])
    found = _public_holiday(request) if weight else None
    if weight is None or found is None:
        return None
    day, holiday = found
    fix = nearest(request, other_days(request, PUBLIC_REACH), _is_no_holiday, is_open, is_not_shut)
    return forbids(PUBLIC_HOLIDAY, {"day": day.isoformat(), "holiday": holiday}, fix, weight=weight)


def is_no_school_holiday(request: Request) -> Finding | None:
    weight = heaviest([resource.policy.on_school_holidays for resource in request.resources])
    found = _school_holiday(request) if weight else None
    if weight is None or found is None:
        return None
    day, holiday = found
    facts: dict[str, str | int] = {"day": day.isoformat(), "holiday": holiday, "zone": request.policy.school_zone}
    fix = nearest(request, other_days(request, SCHOOL_REACH), _is_school_time, is_open, is_not_shut, _is_no_holiday)
    return forbids(SCHOOL_HOLIDAY, facts, fix, weight=weight)


def _public_holiday(request: Request) -> tuple[date, str] | None:
    """The first that the slot touches."""
    day = request.start.date()
    while day <= request.last_day:
        holiday = request.days.public_holiday(day)
        if holiday is not None:
            return day, holiday
        day += A_DAY
    return None


def _school_holiday(request: Request) -> tuple[date, str] | None:
    day, zone = request.start.date(), request.policy.school_zone
    while day <= request.last_day:
        holiday = request.days.school_holiday(day, zone)
        if holiday is not None:
            return day, holiday
        day += A_DAY
    return None


def _is_no_holiday(request: Request) -> bool:
    return _public_holiday(request) is None


def _is_school_time(request: Request) -> bool:
    return _school_holiday(request) is None
