"""Until when somebody may cancel what they booked."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.policy import Policy
from shared.domain.refusals import Refusal
from shared.domain.sentences import Saying, say
from shared.domain.slots import Slot

TOO_LATE_TO_CANCEL = say(
    "too_late_to_cancel",
    Saying(
        fr="Cette réservation pouvait être annulée jusqu'au {until:moment}, soit {cancellation_minutes:length} avant.",
        en="This booking could be cancelled until {until:moment}, that is {cancellation_minutes:length} before.",
        advice_fr=("La coordination peut encore l'annuler : écrivez-lui.",),
        advice_en=("A coordinator can still cancel it: write to them.",),
    ),
)


def too_late_to_cancel(
    policies: Iterable[Policy], slot: Slot, *, by_coordinator: bool, now: datetime, zone: ZoneInfo
) -> Refusal | None:
    """The policies are those of what it takes; the strictest counts, but not for a coordinator."""
    minutes = max((policy.cancellation_minutes for policy in policies), default=0)
    until = slot.start - timedelta(minutes=minutes)
    if not minutes or by_coordinator or now <= until:
        return None
    facts: dict[str, str | int] = {
        "until": until.astimezone(zone).isoformat(),
        "cancellation_minutes": minutes,
    }
    return Refusal(TOO_LATE_TO_CANCEL, facts, override="coordinator")
