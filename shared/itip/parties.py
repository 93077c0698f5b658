"""Whom an ORGANIZER or ATTENDEE means (RFC 5545 sections 3.8.4.1, 3.8.4.3), however clients write it."""

import re
from typing import Final
from urllib.parse import unquote

from shared.itip.incoming import Party
from shared.itip.mailboxes import mail_address
from shared.itip.words import line
from shared.records.contentlines import Property

_LONGEST_NAME: Final = 200
_MOST_DELEGATES: Final = 20
_LONGEST_URI: Final = 1_000

PARTSTATS: Final = frozenset({"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"})
_ROLES: Final = frozenset({"CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"})
_CUTYPES: Final = frozenset({"INDIVIDUAL", "GROUP", "RESOURCE", "ROOM", "UNKNOWN"})
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}")
# a name with a colon that was not quoted stands before it
_MAILTO = re.compile(r"(?:.*?mailto:)+", re.IGNORECASE | re.DOTALL)


def party(found: Property) -> Party:
    """Values that are not known count as RFC 5545 says: like the default, an unknown CUTYPE as UNKNOWN."""
    said = found.parameters
    return Party(
        address=address(found.value) or address(said.get("EMAIL", "")),
        name=line(said.get("CN", ""), _LONGEST_NAME),
        partstat=_one_of(PARTSTATS, said.get("PARTSTAT", ""), "NEEDS-ACTION"),
        role=_one_of(_ROLES, said.get("ROLE", ""), "REQ-PARTICIPANT"),
        cutype=_one_of(_CUTYPES, said.get("CUTYPE", "INDIVIDUAL"), "UNKNOWN"),
        rsvp=said.get("RSVP", "").strip().upper() == "TRUE",
        language=language(said.get("LANGUAGE", "")),
        sent_by=address(said.get("SENT-BY", "")),
        delegated_to=_addresses(found, "DELEGATED-TO"),
        delegated_from=_addresses(found, "DELEGATED-FROM"),
    )


def address(uri: str) -> str:
    """The address of a calendar user: with or without mailto:, in whatever case; '' when it is none."""
    text = uri[:_LONGEST_URI].strip().strip("\"'")
    bare = text[found.end() :] if (found := _MAILTO.match(text)) else text
    bare = bare.partition("?")[0].strip().strip("<>").strip()
    return mail_address(unquote(bare) if found and "%" in bare else bare)


def language(text: str) -> str:
    """A language tag such as fr or fr-FR, '' for what is none."""
    found = _LANGUAGE.match(text.strip())
    return found[0] if found else ""


def _addresses(found: Property, name: str) -> tuple[str, ...]:
    each = (address(uri) for uri in found.listed(name)[:_MOST_DELEGATES])
    return tuple(dict.fromkeys(one for one in each if one))


def _one_of(known: frozenset[str], said: str, default: str) -> str:
    value = said.strip().upper()
    return value if value in known else default
