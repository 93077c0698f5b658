"""The rules of the house: each a question asked of one request before the calendar is looked at; pure.

A new rule is a file with a function and its sentences, and a line in RULES. Nothing here knows a database.
"""

from collections.abc import Callable

from shared.domain.refusals import Refusal
from shared.domain.rules.closed import resources_are_bookable
from shared.domain.rules.finding import Finding, Weight
from shared.domain.rules.past import slot_lies_ahead
from shared.domain.rules.question import Asker, Closure, Days, OrdinaryDays, Request, Usage, Wanted
from shared.domain.rules.seats import everybody_has_a_seat, people_have_seats
from shared.domain.rules.tiers import Outcome, Verdict, is_among, outcome
from shared.domain.rules.transitions import clearing_after, set_up_before

__all__ = [
    "RULES",
    "Asker",
    "Closure",
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
    "first_refusal",
    "is_among",
    "judge",
    "outcome",
    "people_have_seats",
    "set_up_before",
]

# In the order in which they speak.
RULES: tuple[Callable[[Request], Finding | None], ...] = (
    resources_are_bookable,
    slot_lies_ahead,
    everybody_has_a_seat,
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
