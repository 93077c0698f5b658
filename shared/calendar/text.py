"""Text from people, made safe to stand in a calendar property or a mail header."""

import re
import unicodedata

_LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
# Control characters, and lone surrogates, which no encoding can carry. A tab may stay (RFC 5545 section 3.1).
_FORBIDDEN = {"Cc", "Cs"}


def clean_line(text: str) -> str:
    """One line: breaks and runs of blanks become one space, control characters go."""
    return " ".join(part for part in re.split("[ \t\n]+", clean_text(text)) if part)


def clean_text(text: str) -> str:
    """Lines separated by LF alone, without the control characters that RFC 5545 section 3.1 forbids."""
    return "".join(_keep(character) for character in _LINE_BREAKS.sub("\n", text))


def _keep(character: str) -> str:
    return "" if character not in "\n\t" and unicodedata.category(character) in _FORBIDDEN else character
