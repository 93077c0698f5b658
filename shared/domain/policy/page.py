"""docs/policies.md, made from the models so that it cannot lie: `python -m shared.domain.policy.page`."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from shared.domain.policy.exchange import beside_exchange, only_ours
from shared.domain.policy.knobs import Policy
from shared.domain.policy.scopes import scopes_of

Schema = dict[str, Any]

OPENING = """\
# Policies

<!-- Made by `python -m shared.domain.policy.page > docs/policies.md`: change shared/domain/policy instead. -->

What a house can set about its bookings. A policy is data: a JSON object of knobs, stored in part for the **site**, for
a **room** (or a trainer, or equipment) and for a **group** of people. What holds for one room and one person is the
site's policy, then the room's over it, then that of the person's group over both, knob by knob: an object or a list
replaces another as a whole. What nobody sets has its default; `null` takes a limit away that a wider scope sets. Each
change is a new version, and is audited.

`allow`, `warn` and `forbid` say what a rule does: nothing, a warning beside the booking, or a refusal, which a
coordinator may override with a reason. Safety limits, and what is taken already, nobody overrides.
"""

PARTS = """\
## What the larger knobs are made of
"""

EXCHANGE = """\
## Beside Exchange's `Set-CalendarProcessing`

| Exchange | Créneau |
|---|---|
"""


def page() -> str:
    """The whole document, in Markdown."""
    schema = Policy.model_json_schema()
    parts = schema["$defs"]
    lines = [OPENING, "## The knobs\n"]
    for name, knob in schema["properties"].items():
        lines += _knob(name, knob)
    lines.append(PARTS)
    for name, part in sorted(parts.items()):
        lines += _part(name, part)
    table = "".join(f"| {theirs} | {ours} |\n" for theirs, ours in beside_exchange())
    lines += [EXCHANGE + table, f"Exchange has no counterpart of: {only_ours()}"]
    return "\n".join(lines) + "\n"


def _knob(name: str, knob: Schema) -> Iterator[str]:
    yield f"### `{name}`\n{knob['description']}\n"
    default = "as below" if "$ref" in knob else f"`{_json(knob['default'])}`"
    yield f"- {_kind(knob)}; default: {default}; for a {' or '.join(scopes_of(name))}"
    yield f"- for example `{_json({name: knob['examples'][0]})}`\n"


def _part(name: str, part: Schema) -> Iterator[str]:
    yield f"### {name}\n{part['description']}\n"
    if "properties" not in part:
        return
    yield "| | meaning | values | default |\n|---|---|---|---|"
    for field, schema in part["properties"].items():
        default = "required" if field in part.get("required", ()) else f"`{_json(schema.get('default'))}`"
        yield f"| `{field}` | {schema.get('description', '')} | {_kind(schema)} | {default} |"
    yield ""


def _kind(schema: Schema) -> str:
    """What values a JSON schema takes, in words."""
    if "$ref" in schema:
        return f"[{_named(schema)}](#{_named(schema).lower()})"
    if "words" in schema:
        return str(schema["words"])
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return " or ".join(f"`{_json(value)}`" for value in schema.get("enum", [schema.get("const")]))
    return _KINDS[schema["type"]](schema)


_KINDS: dict[str, Callable[[Schema], str]] = {
    "integer": lambda schema: f"a whole number, {schema['minimum']} to {schema['maximum']}",
    "boolean": lambda _: "`true` or `false`",
    "array": lambda schema: f"a list of: {_kind(schema['items'])}",
    "object": lambda schema: f"by name: {_kind(next(iter(schema['patternProperties'].values())))}",
    "string": lambda _: "text",
    "null": lambda _: "`null`",
}


def _named(schema: Schema) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(page())
