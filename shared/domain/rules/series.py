"""What a series may be, and how many of its dates may be lost before it is not worth having."""

from collections.abc import Iterable
from datetime import date, timedelta

from shared.domain.policy import Policy
from shared.domain.refusals import Refusal
from shared.domain.sentences import Saying, say

NO_SERIES = say(
    "series_not_allowed",
    Saying(
        fr="Cet espace ne se réserve pas en série.",
        en="This room cannot be booked as a series.",
        advice_fr=("Réservez chaque date pour elle-même.",),
        advice_en=("Book each date on its own.",),
    ),
)
TOO_MANY_DATES = say(
    "series_too_long",
    Saying(
        fr="Une série compte {most_occurrences} dates au plus ; celle-ci en a {occurrences}.",
        en="A series has {most_occurrences} dates at most; this one has {occurrences}.",
        advice_fr=("Arrêtez-la après {fix[count]} dates.",),
        advice_en=("End it after {fix[count]} dates.",),
    ),
)
TOO_FAR = say(
    "series_beyond_horizon",
    Saying(
        fr="Une série va jusqu'au {latest:day} au plus tard, soit {horizon_days:days} à l'avance.",
        en="A series goes until {latest:day} at the latest, that is {horizon_days:days} ahead.",
        advice_fr=("Arrêtez-la le {fix[until]:day}.",),
        advice_en=("End it on {fix[until]:day}.",),
    ),
)
TOO_MANY_CONFLICTS = say(
    "too_many_conflicts",
    Saying(
        fr="Trop de dates sont déjà prises : {conflicts} sur {occurrences}, et {allowed} au plus peuvent manquer.",
        en="Too many dates are taken: {conflicts} of {occurrences}, and {allowed} at most may be missing.",
        advice_fr=("Choisissez un autre horaire ou un autre espace pour la série.",),
        advice_en=("Choose other hours or another room for the series.",),
    ),
)


def series_refusal(policies: Iterable[Policy], *, occurrences: int, last: date, today: date) -> Refusal | None:
    """Of a whole series, before its dates are looked at; `fix` has the `count` or the `until` that would pass."""
    for policy in policies:
        series = policy.series
        if not series.allowed:
            return Refusal(NO_SERIES, override="coordinator")
        most, until = series.most_occurrences, today + timedelta(days=series.horizon_days)
        if occurrences > most:
            facts: dict[str, str | int] = {"most_occurrences": most, "occurrences": occurrences}
            return Refusal(TOO_MANY_DATES, facts, fix={"count": most}, override="coordinator")
        if last > until:
            return beyond_horizon(series.horizon_days, until)
    return None


def beyond_horizon(horizon_days: int, latest: date) -> Refusal:
    """Of a series that goes on after the last day of which the house thinks already."""
    facts: dict[str, str | int] = {"horizon_days": horizon_days, "latest": latest.isoformat()}
    return Refusal(TOO_FAR, facts, fix={"until": latest.isoformat()}, override="coordinator")


def too_many_conflicts(policies: Iterable[Policy], *, occurrences: int, conflicts: int) -> Refusal | None:
    """Of a series whose requester skips what is taken: beyond the count or the percentage all of it is refused."""
    allowed = min((conflicts_allowed(policy, occurrences) for policy in policies), default=occurrences)
    if conflicts <= allowed:
        return None
    facts: dict[str, str | int] = {"conflicts": conflicts, "occurrences": occurrences, "allowed": allowed}
    return Refusal(TOO_MANY_CONFLICTS, facts, override="coordinator")


def conflicts_allowed(policy: Policy, occurrences: int) -> int:
    """How many dates may be lost; of a percentage, a part of a date is none."""
    count, percent = policy.series.conflicts_count, policy.series.conflicts_percent
    by_count = occurrences if count is None else min(count, occurrences)
    return by_count if percent is None else min(by_count, occurrences * percent // 100)
