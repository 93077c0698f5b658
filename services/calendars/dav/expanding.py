"""Series date by date, in UTC, for programs that cannot repeat by themselves (RFC 4791 section 9.6.5)."""

from collections.abc import Collection, Iterator
from copy import copy
from datetime import UTC, datetime
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event
from icalendar.prop import vDatetime


def expanded(calendar: str, start: datetime, end: datetime) -> str:
    """The VEVENTs of each date that overlaps, without rules and time zones."""
    events = Calendar.from_ical(calendar).events
    by_itself = {_moment(event, "RECURRENCE-ID"): event for event in events if "RECURRENCE-ID" in event}
    masters = [event for event in events if "RECURRENCE-ID" not in event]
    found = [one for master in masters for one in _dates(master, by_itself)] + [_in_utc(e) for e in by_itself.values()]
    dates = sorted(found, key=lambda one: _moment(one, "DTSTART"))
    meant = [one for one in dates if _moment(one, "DTSTART") < end and _moment(one, "DTEND") > start]
    return "".join(one.to_ical(sorted=False).decode() for one in meant)


def _dates(master: Event, by_itself: Collection[datetime]) -> Iterator[Event]:
    """The dates of a rule that are as usual; what does not repeat is one."""
    if "RRULE" not in master:
        yield _in_utc(master)
        return
    first: datetime = _value(master, "DTSTART")
    length = _value(master, "DTEND") - first  # by the clock on the wall, as the rule is meant
    left_out = {*by_itself, *_exdates(master)}
    for recurs_at in rrulestr(_rule(master), dtstart=first):
        start = recurs_at.astimezone(UTC)
        if start not in left_out:
            one = _in_utc(master)
            one["DTSTART"] = one["RECURRENCE-ID"] = vDatetime(start)
            one["DTEND"] = vDatetime((recurs_at + length).astimezone(UTC))
            yield one


def _rule(master: Any) -> str:
    rule: bytes = master["RRULE"].to_ical()
    return rule.decode()


def _exdates(master: Any) -> Iterator[datetime]:
    given = master.get("EXDATE", [])
    for one in given if isinstance(given, list) else [given]:
        yield from (moment.dt.astimezone(UTC) for moment in one.dts)


def _in_utc(event: Event) -> Event:
    one = copy(event)
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        if name in one:
            one[name] = vDatetime(_moment(one, name))
    for name in ("RRULE", "EXDATE"):
        one.pop(name, None)
    return one


def _moment(event: Event, name: str) -> datetime:
    moment: datetime = _value(event, name).astimezone(UTC)
    return moment


def _value(event: Any, name: str) -> Any:
    return event[name].dt
