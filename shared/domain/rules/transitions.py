"""How long it takes to set a room up before a booking, and to clear it afterwards."""

from datetime import timedelta

from shared.domain.policy import Policy


def set_up_before(policy: Policy, previous: str | None, layout: str = "") -> timedelta:
    """Before a booking in `layout`, when the one before it stood in `previous` (None: nobody was there).

    '' is the room's usual layout.
    """
    minutes = policy.setup_minutes
    if previous is not None and policy.transitions:
        minutes += _between(policy, previous, layout)
    return timedelta(minutes=minutes)


def clearing_after(policy: Policy, layout: str = "", following: str | None = None) -> timedelta:
    """After a booking in `layout`; `following` is the layout of a booking that stood there first (None: nobody's).

    Who comes later is the one to leave room: the transition to a booking that was there before is part of our clearing.
    """
    minutes = policy.clearing_minutes
    if following is not None and policy.transitions:
        minutes += _between(policy, layout, following)
    return timedelta(minutes=minutes)


def _between(policy: Policy, before: str, after: str) -> int:
    """The minutes of the most exact transition; '*' is any other layout, and '*' to '*' also the same again."""
    before, after = before or policy.default_layout, after or policy.default_layout
    ranks = {(before, after): 0, ("*", "*"): 3} if before == after else _ranks(before, after)
    found = [(ranks[pair], t.minutes) for t in policy.transitions if (pair := (t.from_layout, t.to_layout)) in ranks]
    return min(found)[1] if found else 0


def _ranks(before: str, after: str) -> dict[tuple[str, str], int]:
    return {(before, after): 0, (before, "*"): 1, ("*", after): 2, ("*", "*"): 3}
