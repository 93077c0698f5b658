"""A knob: one thing that a house can set, with its meaning, its default, an example and where it makes sense."""

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Scope = Literal["site", "room", "group"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


class Knobs(BaseModel):
    """What holds knobs: unknown ones are refused, and nobody changes a policy that somebody else is reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def knob(default: Any, meaning: str, *, example: Any, scopes: tuple[Scope, ...] = SCOPES, **bounds: Any) -> Any:
    """A field of Policy; `bounds` are those of Pydantic (ge, le, max_length ...)."""
    more: dict[str, Any] = {"scopes": list(scopes)}
    return Field(default, description=meaning, examples=[example], json_schema_extra=more, **bounds)
