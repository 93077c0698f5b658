"""One VEVENT of an iTIP message, as the clients write it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.domain.slots import YEARS, known_zone
from shared.itip.incoming import Component, UnreadableMail
from shared.itip.parties import language, party
from shared.itip.words import line, lines
from shared.records.contentlines import Event, Property
from shared.records.moments import Moment, duration, moments
from shared.records.reasons import UnreadableError
from shared.records.zones import Zones

MOST_ATTENDEES: Final = 2_000
MOST_DATES: Final = 1_000
MOST_OCCURRENCES: Final = 9_999
_LONGEST_RULE: Final = 500
_LONGEST_UID: Final = 500
_LONGEST_LINE: Final = 200
_LONGEST_PLACE: Final = 1_000
_LONGEST_COMMENT: Final = 2_000
_LONGEST_WORDS: Final = 10_000
_MOST_COMMENTS: Final = 10

_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_COUNT = re.compile(r"COUNT\s*=\s*0*(\d+)", re.ASCII | re.IGNORECASE)
_TOO_OFTEN = re.compile(r"FREQ\s*=\s*(?:SECONDLY|MINUTELY|HOURLY)", re.IGNORECASE)
_DAY = timedelta(days=1)


def component(event: Event, site: str, zones: Zones) -> Component:
    """Raises UnreadableError and UnreadableMail."""
    _check_counts(event)
    times = _Times(event, site, zones)
    start, instance = times.one("DTSTART"), times.one("RECURRENCE-ID")
    summary = _first(event, "SUMMARY")
    return Component(
        uid=_uid(event),
        sequence=_sequence(event),
        dtstamp=times.stamp(),
        recurrence_id=_instant(instance) if instance else None,
        is_recurrence_id_a_day=instance is not None and instance.is_day,
        this_and_future=_is_this_and_future(event),
        start=_instant(start) if start else None,
        end=times.end(start),
        zone=start.zone if start else "",
        is_all_day=start is not None and start.is_day,
        rule=_rule(event),
        exdates=times.all("EXDATE"),
        rdates=times.all("RDATE"),
        summary=_text(summary, line, _LONGEST_LINE),
        description=_text(_first(event, "DESCRIPTION"), lines, _LONGEST_WORDS),
        location=_text(_first(event, "LOCATION"), line, _LONGEST_PLACE),
        status=_text(_first(event, "STATUS"), line, _LONGEST_LINE).upper(),
        comment=_comment(event),
        language=language(summary.parameters.get("LANGUAGE", "")) if summary else "",
        is_transparent=_is_transparent(event),
        organizer=party(organizer) if (organizer := _first(event, "ORGANIZER")) else None,
        attendees=tuple(party(found) for found in event.all("ATTENDEE")),
    )


class _Times:
    """The times that a component names, in UTC."""

    def __init__(self, event: Event, site: str, zones: Zones) -> None:
        self._event, self._site, self._zones = event, site, zones

    def one(self, name: str) -> Moment | None:
        found = self._event.one(name)
        if found is None:
            return None
        times = moments(found, self._site, self._zones)
        if len(times) > 1:
            raise UnreadableError("property_twice", name=name)
        return times[0]

    def all(self, name: str) -> tuple[datetime, ...]:
        """In their order, each once; of a period its start."""
        found = [_starts(one) for one in self._event.all(name)]
        if sum(one.value.count(",") + 1 for one in found) > MOST_DATES:
            raise UnreadableMail("too_many_dates", f"{name} has more than {MOST_DATES} dates.")
        times = [_instant(time) for one in found if one.value for time in moments(one, self._site, self._zones)]
        return tuple(dict.fromkeys(times))

    def end(self, start: Moment | None) -> datetime | None:
        """DTEND, or what DURATION says, or the end of the day for an event of days (RFC 5545 section 3.6.1)."""
        end, length = self.one("DTEND"), self._event.one("DURATION")
        if start is None:
            return None
        if end is not None:
            # some programs forget that DTEND is the day after
            return _after(start, _DAY) if start.is_day and end == start else _instant(end)
        if length is not None:
            return _after(start, duration(length))
        return _after(start, _DAY) if start.is_day else None

    def stamp(self) -> datetime | None:
        """DTSTAMP; one that cannot be read is none, for it says only which of two messages is newer."""
        found = _first(self._event, "DTSTAMP")
        try:
            return _instant(moments(found, self._site, self._zones)[0]) if found else None
        except (UnreadableError, UnreadableMail):
            return None


def _instant(moment: Moment) -> datetime:
    """In UTC. A time that the clocks skip or repeat is the one that RFC 5545 section 3.3.5 says, which is `fold` 0."""
    if moment.wall.year not in YEARS:
        raise UnreadableMail("time_out_of_range", f"A year lies between {YEARS[0]} and {YEARS[-1]}.")
    return moment.wall.replace(tzinfo=known_zone(moment.zone)).astimezone(UTC)


def _after(start: Moment, length: timedelta) -> datetime:
    """Days end at midnight, hours are exact, whatever the clocks do in between."""
    if start.is_day:
        return _instant(replace(start, wall=start.wall + length))
    return _instant(Moment((_instant(start) + length).replace(tzinfo=None), "UTC"))


def _starts(dates: Property) -> Property:
    if "/" not in dates.value:
        return dates
    return replace(dates, value=",".join(period.partition("/")[0] for period in dates.value.split(",")))


def _check_counts(event: Event) -> None:
    if len(event.all("ATTENDEE")) > MOST_ATTENDEES:
        raise UnreadableMail("too_many_attendees", f"An event has more than {MOST_ATTENDEES} attendees.")


def _uid(event: Event) -> str:
    uid = line(event.text("UID"), _LONGEST_UID + 1)
    if not uid:
        raise UnreadableMail("no_uid", "An event has no UID.")
    if len(uid) > _LONGEST_UID:
        raise UnreadableMail("uid_too_long", f"A UID is longer than {_LONGEST_UID} characters.")
    return uid


def _sequence(event: Event) -> int:
    """SEQUENCE, or what Outlook calls so."""
    said = (_first(event, name) for name in ("SEQUENCE", "X-MICROSOFT-CDO-APPT-SEQUENCE"))
    numbers = (_NUMBER.fullmatch(found.value.strip()) for found in said if found)
    return next((int(number[0]) for number in numbers if number), 0)


def _rule(event: Event) -> str:
    """RRULE as it stands; one that asks for more dates than any series has is refused before anybody counts them."""
    found = event.one("RRULE")
    rule = found.value.strip() if found else ""
    if len(rule) > _LONGEST_RULE:
        raise UnreadableMail("rule_too_long", f"RRULE is longer than {_LONGEST_RULE} characters.")
    counts = [one[1] for one in _COUNT.finditer(rule)]
    # four digits at most, before a number that long is made of them
    if _TOO_OFTEN.search(rule) or any(len(count) > 4 or int(count) > MOST_OCCURRENCES for count in counts):  # noqa: PLR2004
        raise UnreadableMail("too_many_dates", f"RRULE asks for more dates than {MOST_OCCURRENCES}: {rule[:60]}")
    return line(rule, _LONGEST_RULE)


def _is_this_and_future(event: Event) -> bool:
    found = event.one("RECURRENCE-ID")
    return found is not None and found.parameters.get("RANGE", "").strip().upper() == "THISANDFUTURE"


def _is_transparent(event: Event) -> bool:
    """TRANSP, or what Outlook says in its place."""
    said = _text(_first(event, "TRANSP"), line, _LONGEST_LINE).upper()
    intended = _text(_first(event, "X-MICROSOFT-CDO-INTENDEDSTATUS"), line, _LONGEST_LINE).upper()
    return said == "TRANSPARENT" or (not said and intended == "FREE")


def _comment(event: Event) -> str:
    """COMMENT, or what Google writes beside the attendee in its place."""
    each = [_text(found, lines, _LONGEST_COMMENT) for found in event.all("COMMENT")[:_MOST_COMMENTS]]
    each += [
        lines(found.parameters.get("X-RESPONSE-COMMENT", ""), _LONGEST_COMMENT) for found in event.all("ATTENDEE")[:1]
    ]
    return "\n".join(one for one in each if one)[:_LONGEST_COMMENT].strip()


def _first(event: Event, name: str) -> Property | None:
    return next(iter(event.all(name)), None)


def _text(found: Property | None, clean: Callable[[str, int], str], most: int) -> str:
    """What is longer is cut off before it costs anything."""
    return clean(replace(found, value=found.value[: 4 * most]).text, most) if found else ""
