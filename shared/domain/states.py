"""What becomes of a reservation: its states and the only ways from one to another."""

from enum import StrEnum

from shared.domain.errors import WrongStateError


class State(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    WAITLISTED = "waitlisted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# A request may also be withdrawn before it is decided: nobody should have to wait for a 'yes' to say 'never mind'.
# Who waits may be held what became free, to take or leave it (an offer), or to be approved.
WAYS: dict[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.CONFIRMED, State.TENTATIVE, State.WAITLISTED, State.REFUSED, State.CANCELLED}),
    State.TENTATIVE: frozenset({State.CONFIRMED, State.REFUSED, State.EXPIRED, State.CANCELLED}),
    State.WAITLISTED: frozenset({State.CONFIRMED, State.TENTATIVE, State.EXPIRED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.CANCELLED}),
    State.REFUSED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}


class Hold(StrEnum):
    """What a tentative reservation holds its slot for."""

    APPROVAL = "approval"
    """a coordinator's decision"""
    OPTION = "option"
    """its owner's confirmation: 'sous réserve'"""
    OFFER = "offer"
    """its owner's acceptance of what became free for the waiting list"""


# The states in which a reservation holds its slot.
HOLDING = frozenset({State.CONFIRMED, State.TENTATIVE})
# Those that may still hold one: of these there is at most one for a date of a series.
ALIVE = HOLDING | {State.REQUESTED, State.WAITLISTED}


def step(now: State, to: State) -> State:
    """`to`, when a way leads there from `now`; raises WrongStateError."""
    if to not in WAYS[now]:
        raise WrongStateError(f"A reservation that is {now} cannot become {to}.", state=now.value)
    return to
