"""What is closed cannot be booked by anybody."""

from shared.domain.rules.finding import Finding, is_final
from shared.domain.rules.question import Request
from shared.domain.sentences import Saying, say

RESOURCE_CLOSED = say(
    "resource_closed",
    Saying(
        fr="« {name} » n'est plus proposé à la réservation.",
        en="“{name}” can no longer be booked.",
    ),
)


def resources_are_bookable(request: Request) -> Finding | None:
    for resource in request.resources:
        if not resource.is_open:
            return is_final(RESOURCE_CLOSED, {"name": resource.name})
    return None
