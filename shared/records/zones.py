"""Which IANA time zone a TZID of a calendar means: by its name, or by the rules that the file gives for it."""

import re
from collections.abc import Sequence
from typing import Final

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from shared.calendar.timezone import UnknownZone, vtimezone
from shared.domain.errors import InvalidInputError
from shared.domain.slots import known_zone
from shared.records.contentlines import Part, value_of
from shared.records.reasons import UnreadableError

# /mozilla.org/20050126_1/America/Argentina/Ushuaia: the zone is the last two or three
_LONGEST_NAME: Final = 3

# offset and, where the clocks change, month and day of the change
Observances = frozenset[tuple[str, str, str]]


class Zones:
    """The zones of one file; `site` is the zone that a definition without a known name may turn out to be."""

    def __init__(self, site: str, definitions: Sequence[Part]) -> None:
        self._site = site
        self._known: dict[str, str | None] = {}
        self._definitions: dict[str, Sequence[str]] = {}
        for part in definitions:
            self._definitions.setdefault(value_of(part.lines, "TZID"), part.lines)

    def named(self, tzid: str) -> str:
        """The IANA name; raises UnreadableError, for an unknown zone is never guessed."""
        if tzid not in self._known:
            self._known[tzid] = self._find(tzid)
        found = self._known[tzid]
        if found is None:
            raise UnreadableError("unknown_zone", zone=tzid)
        return found

    def _find(self, tzid: str) -> str | None:
        lines = self._definitions.get(tzid.replace("\\", ""), ())  # escaped like text, by some
        parts = tzid.split("/")
        names = [tzid, *("/".join(parts[-count:]) for count in range(2, _LONGEST_NAME + 1) if len(parts) > count)]
        names += [WINDOWS_TO_OLSON.get(tzid, ""), value_of(lines, "X-LIC-LOCATION")]
        known = next((name for name in names if _is_known(name)), None)
        return known or (self._site if _is_that_of(self._site, lines) else None)


def _is_known(name: str) -> bool:
    try:
        known_zone(name)
    except InvalidInputError:
        return False
    return bool(name)


def _is_that_of(site: str, lines: Sequence[str]) -> bool:
    """Whether the site's zone has these rules: Outlook calls Paris 'Bruxelles, Copenhague, Madrid, Paris'."""
    try:
        ours: bytes = vtimezone(site).to_ical()
    except UnknownZone:
        return False
    return _observances(lines) == _observances(ours.decode().splitlines())


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
