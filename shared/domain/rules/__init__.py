"""The rules of the house: each a question asked of one request before the calendar is looked at; pure.

A new rule is a file with a function and its sentences, and a line in RULES. Nothing here knows a database.
"""

from collections.abc import Callable

from shared.domain.refusals import Refusal
from shared.domain.rules.cancellation import too_late_to_cancel
from shared.domain.rules.closed import resources_are_bookable
from shared.domain.rules.closures import Closures, nothing_is_shut
from shared.domain.rules.duration import is_in_step, is_long_enough, is_short_enough
from shared.domain.rules.equipment import there_is_enough
from shared.domain.rules.finding import Finding, Weight
from shared.domain.rules.holidays import is_no_public_holiday, is_no_school_holiday
from shared.domain.rules.layout import layout_is_known
from shared.domain.rules.opening import lies_within_opening
from shared.domain.rules.organizer import organizer_is_known, refuses_unknown, unknown_organizer
from shared.domain.rules.past import slot_lies_ahead
from shared.domain.rules.question import Asker, Closure, Days, OrdinaryDays, Request, Usage, Wanted
from shared.domain.rules.quota import organisation_is_within_quota, person_is_within_quota
from shared.domain.rules.required import nothing_is_missing
from shared.domain.rules.safety import building_is_safe, rooms_are_safe
from shared.domain.rules.seats import everybody_has_a_seat, people_have_seats
from shared.domain.rules.series import conflicts_allowed, series_refusal, too_many_conflicts
from shared.domain.rules.tiers import Outcome, Verdict, is_among, outcome
from shared.domain.rules.transitions import clearing_after, set_up_before
from shared.domain.rules.window import is_asked_in_time, is_within_window

__all__ = [
    "RULES",
    "Asker",
    "Closure",
    "Closures",
    "Days",
    "Finding",
    "OrdinaryDays",
    "Outcome",
    "Request",
    "Usage",
    "Verdict",
    "Wanted",
    "Weight",
    "clearing_after",
    "conflicts_allowed",
    "first_refusal",
    "is_among",
    "judge",
    "outcome",
    "people_have_seats",
    "refuses_unknown",
    "series_refusal",
    "set_up_before",
    "too_late_to_cancel",
    "too_many_conflicts",
    "unknown_organizer",
]

# In the order in which they speak.
RULES: tuple[Callable[[Request], Finding | None], ...] = (
    organizer_is_known,
    resources_are_bookable,
    slot_lies_ahead,
    layout_is_known,
    everybody_has_a_seat,
    rooms_are_safe,
    building_is_safe,
    there_is_enough,
    nothing_is_missing,
    lies_within_opening,
    nothing_is_shut,
    is_no_public_holiday,
    is_no_school_holiday,
    is_within_window,
    is_asked_in_time,
    is_long_enough,
    is_short_enough,
    is_in_step,
    person_is_within_quota,
    organisation_is_within_quota,
)


def judge(request: Request) -> tuple[Finding, ...]:
    """All that the rules find, in the order of the table."""
    return tuple(finding for rule in RULES if (finding := rule(request)) is not None)


def first_refusal(request: Request) -> Refusal | None:
    """The answer of the first rule that refuses, or None when none does more than warn."""
    for rule in RULES:
        finding = rule(request)
        if finding is not None and finding.weight != "warn":
            return finding.refusal
    return None
