"""What a rule finds: a refusal, and how much it weighs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from shared.domain.policy import Stance
from shared.domain.refusals import Refusal

Facts = dict[str, str | int]
Weight = Literal["warn", "forbid", "final"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A refusal that only warns, that forbids unless a coordinator overrides it, or that is final."""

    refusal: Refusal
    weight: Weight


def forbids(code: str, facts: Facts, fix: dict[str, Any] | None = None, *, weight: Weight = "forbid") -> Finding:
    """A finding that a coordinator may override."""
    return Finding(Refusal(code, facts, fix=fix or {}, override="coordinator"), weight)


def is_final(code: str, facts: Facts, fix: dict[str, Any] | None = None) -> Finding:
    """A finding that nobody overrides."""
    return Finding(Refusal(code, facts, fix=fix or {}), "final")


def heaviest(stances: Iterable[Stance]) -> Weight | None:
    """What several policies together make of it; None when all allow it."""
    weight: Weight | None = None
    for stance in stances:
        if stance == "forbid":
            return "forbid"
        if stance == "warn":
            weight = "warn"
    return weight
