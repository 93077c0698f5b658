"""The spaces of French."""

import re

_NO_BREAK, _NARROW_NO_BREAK = "\u00a0", "\u202f"


def typeset(text: str) -> str:
    """With no-break spaces inside guillemets and before : ; ! ?, where somebody typed plain ones."""
    return re.sub("(?<=«) | (?=[:»])", _NO_BREAK, re.sub(" (?=[;!?])", _NARROW_NO_BREAK, text))
