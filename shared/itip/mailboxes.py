"""Whose mailbox a From field names: exactly one, or nobody (RFC 5322 section 3.4)."""

import re
from typing import Final

from shared.calendar.address import MalformedAddress, wire_address
from shared.itip.words import decoded, header_words

_LONGEST: Final = 1_000
_LONGEST_NAME: Final = 200

# what may stand before the angle brackets; a comma, a colon or a semicolon outside of quotes begins a list or a group
_QUOTED: Final = r'"(?:[^"\\\r\n]|\\.)*"'
_COMMENT: Final = r"\((?:[^()\\]|\\.)*\)"
_PHRASE: Final = rf"(?:{_QUOTED}|{_COMMENT}|[^\s\"(),:;<>\\]|\s)*"
_NAMED = re.compile(rf"(?P<name>{_PHRASE})<(?P<address>[^\s\"(),:;<>\[\]\\]+)>\s*(?:{_COMMENT})?\s*")
_BARE = re.compile(rf"\s*(?P<address>[^\s\"(),:;<>\[\]\\]+)\s*(?P<name>{_COMMENT})?\s*")


def the_one_mailbox(values: tuple[bytes, ...]) -> tuple[str, str]:
    """Address in lower case and name; ('', '') unless there is one field with one address.

    The address is read as it stands: encoded words are decoded only within the name, after it was told apart, so that
    neither a name that looks like an address nor an encoded bracket or comma ever becomes one.
    """
    if len(values) != 1 or len(values[0]) > _LONGEST:
        return "", ""
    text = decoded(values[0], "")
    found = _NAMED.fullmatch(text) or _BARE.fullmatch(text)
    if found is None or "\0" in text:
        return "", ""
    return mail_address(found["address"]), _name(found["name"] or "")


def mail_address(text: str) -> str:
    """As servers read it, in lower case, '' for what cannot be written to."""
    try:
        return wire_address(text).lower() if len(text) <= _LONGEST else ""
    except MalformedAddress:
        return ""


def _name(phrase: str) -> str:
    return header_words(phrase.encode(), _LONGEST_NAME).strip(' "()').replace('\\"', '"')
