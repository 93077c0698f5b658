"""Text from people, made safe to stand in a calendar property or a mail header."""

import re

_LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
# Control characters, and lone surrogates, which no encoding can carry. A tab may stay (RFC 5545 section 3.1).
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_line(text: str) -> str:
    """One line: breaks and runs of blanks become one space, control characters go."""
    return " ".join(part for part in re.split("[ \t\n]+", clean_text(text)) if part)


def clean_text(text: str) -> str:
    """Lines separated by LF alone, without the control characters that RFC 5545 section 3.1 forbids."""
    return _FORBIDDEN.sub("", _LINE_BREAKS.sub("\n", text))
