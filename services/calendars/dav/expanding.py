"""Series date by date, in UTC, for programs that cannot repeat by themselves (RFC 4791 section 9.6.5)."""

from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event
from icalendar.prop import vDatetime


def expanded(calendar: str, start: datetime, end: datetime) -> str:
    """The VEVENTs of each date that overlaps, without rules and time zones."""
    events = Calendar.from_ical(calendar).events
    masters = [event for event in events if "RECURRENCE-ID" not in event]
    known = {event["RECURRENCE-ID"].dt.astimezone(UTC): event for event in events if "RECURRENCE-ID" in event}
    found = [one for master in masters for one in _dates(master, known)] + [_in_utc(one) for one in known.values()]
    dates = sorted(found, key=lambda one: one["DTSTART"].dt)
    meant = [one for one in dates if one["DTSTART"].dt < end and one["DTEND"].dt > start]
    return "".join(one.to_ical(sorted=False).decode() for one in meant)


def _dates(master: Event, known: dict[datetime, Event]) -> Iterator[Event]:
    """The dates of a rule that are as usual; what does not repeat is one."""
    if "RRULE" not in master:
        yield _in_utc(master)
        return
    first = master["DTSTART"].dt
    length = master["DTEND"].dt - first
    left_out = {moment.astimezone(UTC) for moment in _exdates(master)} | known.keys()
    for recurs_at in rrulestr(master["RRULE"].to_ical().decode(), dtstart=first):
        if recurs_at.astimezone(UTC) not in left_out:
            one = _in_utc(master)
            one["DTSTART"] = one["RECURRENCE-ID"] = vDatetime(recurs_at.astimezone(UTC))
            # by the clock on the wall, as the rule is meant
            one["DTEND"] = vDatetime((recurs_at + length).astimezone(UTC))
            yield one


def _exdates(master: Event) -> Iterator[datetime]:
    given = master.get("EXDATE", [])
    for one in given if isinstance(given, list) else [given]:
        yield from (moment.dt for moment in one.dts)


def _in_utc(event: Event) -> Event:
    one = copy(event)
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        if name in one:
            one[name] = vDatetime(one[name].dt.astimezone(UTC))
    for name in ("RRULE", "EXDATE"):
        one.pop(name, None)
    return one
