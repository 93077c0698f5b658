"""Partial policies: what a site, a room or a group may set, and how their layers become one policy."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.domain.errors import InvalidInputError
from shared.domain.policy.knob import Scope
from shared.domain.policy.knobs import Policy


def merge(*layers: Mapping[str, Any]) -> Policy:
    """The policy that several partial ones make together: each knob as the last layer says that has it.

    A knob that this version does not know is left aside: during an upgrade the older half of the processes must go on.
    """
    return Policy.model_validate(
        {knob: layer[knob] for layer in layers for knob in layer if knob in Policy.model_fields}
    )


def checked(scope: Scope, body: Mapping[str, Any]) -> dict[str, Any]:
    """The knobs of a partial policy as JSON values, ready to be stored.

    Raises InvalidInputError `bad_policy`, whose `problems` name each knob and what is wrong with it.
    """
    problems = [{"knob": name[:60], "problem": why} for name in body if (why := _why_not_here(scope, name))]
    known = {name: value for name, value in body.items() if name in Policy.model_fields}
    try:
        policy = Policy.model_validate(known)
    except ValidationError as error:
        problems += [_in_words(detail) for detail in error.errors(include_url=False)]
    else:
        problems += _contradictions(policy)
        problems += _unknown_layouts(policy) if scope == "room" else []
        if not problems:
            return policy.model_dump(mode="json", exclude_unset=True)
    message = "; ".join(f"{problem['knob']}: {problem['problem']}" for problem in problems[:5])
    raise InvalidInputError(f"This policy cannot be used. {message}.", code="bad_policy", problems=problems)


def scopes_of(name: str) -> tuple[Scope, ...]:
    """Where a knob can be set."""
    extra = cast("dict[str, Any]", Policy.model_fields[name].json_schema_extra)
    return tuple(extra["scopes"])


def _why_not_here(scope: Scope, name: str) -> str:
    if name not in Policy.model_fields:
        near = get_close_matches(name[:60], Policy.model_fields, n=1)
        return "there is no such knob" + (f", did you mean {near[0]!r}?" if near else "")
    scopes = scopes_of(name)
    return "" if scope in scopes else f"it cannot be set for a {scope}, only for a {' or a '.join(scopes)}"


def _in_words(detail: ErrorDetails) -> dict[str, str]:
    knob = ".".join(str(part) for part in detail["loc"]) or "default_layout"
    problem = detail["msg"].removeprefix("Value error, ")
    return {"knob": knob, "problem": problem[0].lower() + problem[1:]}


def _contradictions(policy: Policy) -> list[dict[str, str]]:
    """Within one scope; between two, a stricter one may well leave nothing to book."""
    shortest, longest = policy.shortest_minutes, policy.longest_minutes
    if shortest is None or longest is None or shortest <= longest:
        return []
    return [{"knob": "shortest_minutes", "problem": f"the shortest booking ({shortest}) is longer than the longest"}]


def _unknown_layouts(policy: Policy) -> list[dict[str, str]]:
    """A site's transitions may name layouts that only some rooms have; a room's own name its own."""
    return [
        {"knob": f"transitions.{n}", "problem": f"{layout!r} is none of the layouts"}
        for n, transition in enumerate(policy.transitions)
        for layout in (transition.from_layout, transition.to_layout)
        if layout != "*" and layout not in policy.layouts
    ]
