"""The three tiers: who books within the policy, who may request within it, and who may request outside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.refusals import Refusal
from shared.domain.rules.finding import Finding
from shared.domain.rules.question import Asker, Request
from shared.domain.sentences import Saying, say

MAY_NOT_BOOK = say(
    "may_not_book",
    Saying(
        fr="« {name} » n'est pas ouvert à vos réservations.",
        en="“{name}” is not open to bookings of yours.",
        advice_fr=("La coordination peut le réserver pour vous.",),
        advice_en=("A coordinator can book it for you.",),
    ),
)


class Verdict(StrEnum):
    CONFIRM = "confirm"
    APPROVE = "approve"  # tentative, until a coordinator approves it
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules say of a request: `refusal` when they refuse it, and what else there is to know.

    `exceeded` is what a coordinator has to approve, `overridden` what one has lifted with a reason, to be audited.
    """

    verdict: Verdict
    refusal: Refusal | None = None
    warnings: tuple[Refusal, ...] = ()
    exceeded: tuple[Refusal, ...] = ()
    overridden: tuple[Refusal, ...] = ()


CONFIRMED = Outcome(Verdict.CONFIRM)


def outcome(request: Request, findings: Sequence[Finding]) -> Outcome:
    """Within the policy a request is confirmed or waits for approval; outside it, it waits or is refused."""
    if not findings:
        return _within_policy(request, ())
    final, forbidden, warnings = (_weighing(weight, findings) for weight in ("final", "forbid", "warn"))
    if final:
        return Outcome(Verdict.REFUSE, final[0], warnings)
    if not forbidden:
        return _within_policy(request, warnings)
    if request.by_coordinator and request.override:
        return Outcome(Verdict.CONFIRM, warnings=warnings, overridden=forbidden)
    policies = [resource.policy for resource in request.resources] or [request.policy]
    if all(is_among(request.asker, policy.who_may_exceed) for policy in policies):
        return Outcome(Verdict.APPROVE, warnings=warnings, exceeded=forbidden)
    return Outcome(Verdict.REFUSE, forbidden[0], warnings)


def _within_policy(request: Request, warnings: tuple[Refusal, ...]) -> Outcome:
    """A coordinator, whom everybody else would have to ask, asks nobody; whom nobody knows always asks."""
    waits = request.asker.is_unknown
    for resource in () if request.by_coordinator else request.resources:
        policy = resource.policy
        if is_among(request.asker, policy.who_may_book):
            continue
        if not is_among(request.asker, policy.who_may_request):
            refusal = Refusal(MAY_NOT_BOOK, {"name": resource.name}, override="coordinator")
            return Outcome(Verdict.REFUSE, refusal, warnings)
        waits = True
    if not waits and not warnings:
        return CONFIRMED
    return Outcome(Verdict.APPROVE if waits else Verdict.CONFIRM, warnings=warnings)


def is_among(asker: Asker, who: Iterable[str]) -> bool:
    """Whether a list like ['coordinators', 'group:staff'] means them."""
    return any(
        name == "everybody"
        or (name == "coordinators" and asker.is_coordinator)
        or (name == f"group:{asker.group}" and asker.group != "")
        for name in who
    )


def _weighing(weight: str, findings: Sequence[Finding]) -> tuple[Refusal, ...]:
    return tuple(finding.refusal for finding in findings if finding.weight == weight)
