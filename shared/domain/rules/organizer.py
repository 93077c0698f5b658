"""Whoever invites a room by mail is somebody whom the house knows, or waits for a coordinator, or is refused."""

from collections.abc import Iterable

from shared.domain.policy import Policy
from shared.domain.refusals import Refusal
from shared.domain.rules.finding import Finding
from shared.domain.rules.question import Request
from shared.domain.sentences import Saying, say

UNKNOWN_ORGANIZER = say(
    "unknown_organizer",
    Saying(
        fr="L'Atelier ne connaît pas cette adresse, et seules les personnes qu'il connaît réservent par courriel.",
        en="The Atelier does not know this address, and only people whom it knows book by mail.",
        advice_fr=("Écrivez à l'Atelier pour vous faire connaître.",),
        advice_en=("Write to the Atelier to make yourself known.",),
    ),
)


def organizer_is_known(request: Request) -> Finding | None:
    """Final: whoever may make an exception makes the stranger known. Where they may ask, the tiers have them wait."""
    if request.asker.is_unknown and refuses_unknown(resource.policy for resource in request.resources):
        return Finding(unknown_organizer(), "final")
    return None


def refuses_unknown(policies: Iterable[Policy]) -> bool:
    """Of several rooms the most careful counts."""
    return any(policy.unknown_organizers == "refuse" for policy in policies)


def unknown_organizer() -> Refusal:
    return Refusal(UNKNOWN_ORGANIZER, override="coordinator")
