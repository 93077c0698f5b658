"""Which IANA time zone a TZID of a calendar means: by its name, or by the rules that the file gives for it."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from shared.calendar.timezone import UnknownZone, vtimezone
from shared.domain.errors import InvalidInputError
from shared.domain.slots import known_zone
from shared.records.contentlines import Part, value_of
from shared.records.reasons import UnreadableError

# /mozilla.org/20050126_1/America/Argentina/Ushuaia: the zone is the last two or three
_LONGEST_NAME: Final = 3
# some programs write each change of the clocks since 1900
_MOST_LINES: Final = 5_000
# as many as there are; each that is unknown is looked for in several folders
_MOST_NAMES: Final = 600
# zones of this machine, or with another count of seconds: not what anybody elsewhere means
_NOBODYS: Final = frozenset({"localtime", "posixrules", "Factory"})

# offset and, where the clocks change, month and day of the change
Observances = frozenset[tuple[str, str, str]]


class Zones:
    """The zones of one file; `site` is the zone that a definition without a known name may turn out to be."""

    def __init__(self, site: str, definitions: Sequence[Part]) -> None:
        self._site = site
        self._known: dict[str, str | None] = {}
        self._definitions: dict[str, Sequence[str]] = {}
        for part in definitions:
            if len(part.lines) <= _MOST_LINES:
                self._definitions.setdefault(value_of(part.lines, "TZID"), part.lines)
        self._said: dict[str, str | None] = {}

    def named(self, tzid: str) -> str:
        """The IANA name; raises UnreadableError, for an unknown zone is never guessed."""
        if tzid not in self._known:
            self._known[tzid] = self._find(tzid) if len(self._known) < _MOST_NAMES else None
        found = self._known[tzid]
        if found is None:
            raise UnreadableError("unknown_zone", zone=tzid)
        return found

    def _find(self, tzid: str) -> str | None:
        parts = tzid.split("/")
        names = [tzid, *("/".join(parts[-count:]) for count in range(2, _LONGEST_NAME + 1) if len(parts) > count)]
        known = next((name for name in (*names, WINDOWS_TO_OLSON.get(tzid, "")) if _is_known(name)), None)
        return known or self._defined(tzid.replace("\\", ""))  # escaped like text, by some

    def _defined(self, tzid: str) -> str | None:
        """What its definition says, which is read once, in however many ways a file writes its name."""
        lines = self._definitions.get(tzid, ())
        if tzid not in self._said:
            location = value_of(lines, "X-LIC-LOCATION")
            is_the_sites = bool(lines) and _observances(lines) == _observances_of(self._site)
            self._said[tzid] = location if _is_known(location) else self._site if is_the_sites else None
        return self._said[tzid]


def _is_known(name: str) -> bool:
    if name in _NOBODYS or name.startswith(("posix/", "right/")):
        return False
    try:
        known_zone(name)
    except InvalidInputError:
        return False
    return bool(name)


@cache
def _observances_of(site: str) -> Observances | None:
    """The rules of the site's zone: Outlook calls Paris 'Bruxelles, Copenhague, Madrid, Paris'."""
    try:
        ours: bytes = vtimezone(site).to_ical()
    except UnknownZone:
        return None
    return _observances(ours.decode().splitlines())


def _observances(lines: Sequence[str]) -> Observances:
    """Those that still hold."""
    blocks = [block.split("\n") for block in re.split("END:(?:STANDARD|DAYLIGHT)", "\n".join(lines))]
    rules = [(value_of(block, "TZOFFSETTO"), value_of(block, "RRULE").upper()) for block in blocks]
    return frozenset(
        (offset, _part(rule, "BYMONTH"), _part(rule, "BYDAY"))
        for offset, rule in rules
        if offset and "UNTIL" not in rule
    )


def _part(rule: str, name: str) -> str:
    return next((part.partition("=")[2] for part in rule.split(";") if part.startswith(f"{name}=")), "")
