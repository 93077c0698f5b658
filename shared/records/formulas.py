"""Text from people in a CSV file that a spreadsheet opens: never a formula, and the same text when read back.

A spreadsheet takes what begins with one of these signs for a formula, which may start programs or send data away
(CWE-1236; OWASP, 'CSV Injection'). It cuts cells at the separator of its own country, so what follows any separator or
line break, behind a quotation mark as well, may be a beginning. An apostrophe before the sign makes it text.
"""

import re

# and the same four in the full width of East Asian fonts
_SIGNS = "=+\\-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
_BEGINNING = r"(\A|[,;\t\n])([ \t\"]*)"
_TO_GUARD = re.compile(rf"{_BEGINNING}('*[{_SIGNS}])")
_GUARDED = re.compile(rf"{_BEGINNING}'('*[{_SIGNS}])")


def guarded(text: str) -> str:
    """The text with an apostrophe wherever a formula could begin."""
    return _TO_GUARD.sub(r"\1\2'\3", text)


def bared(text: str) -> str:
    """The text without the apostrophes of `guarded`."""
    return _GUARDED.sub(r"\1\2\3", text)
