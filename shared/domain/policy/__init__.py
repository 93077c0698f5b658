"""Policies: what a house may set about its bookings, for the site, a room or a group of people; pure values."""

from shared.domain.policy.knob import SCOPES, Scope
from shared.domain.policy.knobs import NOTHING_SET, Policy
from shared.domain.policy.opening import WEEKDAYS, Opening
from shared.domain.policy.parts import (
    MOST_OCCURRENCES,
    Approval,
    Layout,
    Option,
    Quota,
    Series,
    Stance,
    Transition,
    WaitingList,
    Zone,
)
from shared.domain.policy.scopes import checked, merge, scopes_of

__all__ = [
    "MOST_OCCURRENCES",
    "NOTHING_SET",
    "SCOPES",
    "WEEKDAYS",
    "Approval",
    "Layout",
    "Opening",
    "Option",
    "Policy",
    "Quota",
    "Scope",
    "Series",
    "Stance",
    "Transition",
    "WaitingList",
    "Zone",
    "checked",
    "merge",
    "scopes_of",
]
