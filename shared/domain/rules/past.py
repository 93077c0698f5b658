"""What has begun already is entered by a coordinator only."""

from datetime import timedelta

from shared.domain.refusals import Refusal
from shared.domain.rules.finding import Finding
from shared.domain.rules.nearest import rounded_up, starting
from shared.domain.rules.question import Request
from shared.domain.sentences import Saying, say

IN_THE_PAST = say(
    "in_the_past",
    Saying(
        fr="Ce créneau est déjà commencé : seule la coordination peut l'inscrire après coup.",
        en="This slot has already begun: only a coordinator can enter it afterwards.",
        advice_fr=("Au plus tôt : {fix[slot]:slot}.",),
        advice_en=("At the earliest: {fix[slot]:slot}.",),
    ),
)
A_WHILE = timedelta(minutes=5)


def slot_lies_ahead(request: Request) -> Finding | None:
    if request.by_coordinator or request.slot.start >= request.now:
        return None
    fix = starting(request, rounded_up(request.now, A_WHILE))
    # final, because who is no coordinator cannot exceed it; and yet a coordinator may enter it
    return Finding(Refusal(IN_THE_PAST, fix=fix, override="coordinator"), "final")
