"""Spaces: those of a line, and those of French."""

import re

_NO_BREAK, _NARROW_NO_BREAK = "\u00a0", "\u202f"


def typeset(text: str) -> str:
    """With no-break spaces inside guillemets and before : ; ! ?, where somebody typed plain ones."""
    return re.sub("(?<=«) | (?=[:»])", _NO_BREAK, re.sub(" (?=[;!?])", _NARROW_NO_BREAK, text))


def one_line(text: str) -> str:
    # not str.split(): that takes the no-break spaces away
    return re.sub("[ \t\r\n]+", " ", text).strip(" ")
