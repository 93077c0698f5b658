"""What one event of a calendar says: a booking, a series of them, or one meeting of a series."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.domain.slots import Slot
from shared.records import cells
from shared.records.contentlines import Event, Property
from shared.records.instants import slot_between
from shared.records.lines import Booking, Person, Skipped
from shared.records.moments import Moment, duration, moments
from shared.records.reasons import UnreadableError, echo, reason
from shared.records.series import meetings
from shared.records.zones import Zones

_MAILTO = "mailto:"
_DAY = timedelta(days=1)
_ROOMS = frozenset(("ROOM", "RESOURCE"))


@dataclass(frozen=True, slots=True)
class Site:
    """Where the events are to be booked: its zone, the zones of the file, and how far an endless series goes."""

    zone: str
    zones: Zones
    horizon: date | None


def recurs_at(event: Event, site: Site) -> Moment | None:
    """The start by the rule of the one meeting of a series that this event is about; raises UnreadableError."""
    found = event.one("RECURRENCE-ID")
    return _moment(found, site) if found else None


def booking(event: Event, site: Site, elsewhere: Collection[Moment]) -> Booking | Skipped:
    """The booking of an event; `elsewhere` are the meetings of its series that the file tells by themselves.

    Raises UnreadableError.
    """
    if event.text("STATUS").strip().upper() == "CANCELLED":
        return Skipped(reason("cancelled"))
    start = _start(event, site)
    end = _end(event, start, site)
    instance, rule = recurs_at(event, site), event.one("RRULE")
    if event.all("RDATE"):
        raise UnreadableError("series_unreadable", text="RDATE")
    if rule is None or instance is not None:
        slot = slot_between(start.instant, end.instant)
        return replace(_booking(event, slot), recurs_at=instance.instant if instance else None)
    length = end.in_zone(start.zone) - start.wall
    without = _dates([*_times(event.all("EXDATE"), site), *elsewhere], start)
    found = meetings(rule.value, start, length, without=without, horizon=site.horizon)
    if found is None:
        return Skipped(reason("no_meetings_left"))
    repetition, occurrences = found
    first = _booking(event, occurrences[0].slot)
    return replace(first, repetition=repetition, occurrences=tuple(occurrences))


def _booking(event: Event, slot: Slot) -> Booking:
    place = cells.line(event.text("LOCATION"), cells.LONGEST_PLACE)
    listed = [found for found in event.all("ATTENDEE") if not _is_room(found)]
    organiser, *attendees = (_person(found) for found in (event.one("ORGANIZER"), *listed))
    return Booking(
        title=cells.title(event.text("SUMMARY")),
        slot=slot,
        rooms=cells.rooms(place) or _invited_rooms(event),
        place=place,
        note=cells.words(event.text("DESCRIPTION")),
        organiser=organiser,
        attendees=cells.distinct(one for one in attendees if one.address not in {"", organiser.address}),
        uid=cells.line(event.text("UID"), cells.LONGEST_UID),
        unread=(*event.unread, *(_shown(one) for one, read in zip(listed, attendees, strict=True) if not read.address)),
    )


def _start(event: Event, site: Site) -> Moment:
    found = event.one("DTSTART")
    if found is None:
        raise UnreadableError("no_dtstart")
    return _moment(found, site)


def _end(event: Event, start: Moment, site: Site) -> Moment:
    """DTEND, or what DURATION says, or the end of the day for an event of days (RFC 5545 section 3.6.1)."""
    end, length = event.one("DTEND"), event.one("DURATION")
    if end is not None:
        found = _moment(end, site)
        # programs that forget that DTEND is the day after
        return _after(start, _DAY) if start.is_day and found == start else found
    if length is not None:
        return _after(start, duration(length))
    if start.is_day:
        return _after(start, _DAY)
    raise UnreadableError("no_dtend")


def _after(start: Moment, length: timedelta) -> Moment:
    """Days end at midnight, hours are exact, whatever the clocks do in between."""
    instant = start.instant  # out of range, where nothing can be added
    if start.is_day:
        return Moment(start.wall + length, start.zone, is_day=True)
    return Moment((instant + length).replace(tzinfo=None), "UTC")


def _moment(found: Property, site: Site) -> Moment:
    times = moments(found, site.zone, site.zones)
    if len(times) > 1:
        raise UnreadableError("property_twice", name=found.name)
    return times[0]


def _times(found: Iterable[Property], site: Site) -> list[Moment]:
    return [time for one in found for time in moments(one, site.zone, site.zones)]


def _dates(times: Iterable[Moment], start: Moment) -> set[date]:
    """The dates of a series that these name: by the day, or by its start on that day to the minute (RFC 5545)."""
    walls = [(time.wall if time.is_day else time.in_zone(start.zone), time.is_day) for time in times]
    return {wall.date() for wall, is_day in walls if is_day or wall.time() == start.wall.time()}


def _is_room(attendee: Property) -> bool:
    return attendee.parameters.get("CUTYPE", "").upper() in _ROOMS


def _invited_rooms(event: Event) -> tuple[str, ...]:
    """Rooms are invited like people; which is all that some calendars say of the place."""
    return cells.distinct_rooms(found.parameters.get("CN", "") for found in event.all("ATTENDEE") if _is_room(found))


def _person(found: Property | None) -> Person:
    """Who is meant; without an address where there is none that can be written to."""
    if found is None:
        return Person()
    written = found.value.strip()
    is_mail = written[: len(_MAILTO)].lower() == _MAILTO
    try:
        address = cells.address(written[len(_MAILTO) :] if is_mail else found.parameters.get("EMAIL", ""))
    except UnreadableError:
        address = ""
    return Person(cells.line(found.parameters.get("CN", "")), address)


def _shown(found: Property) -> str:
    return echo(f"{found.name}: {found.parameters.get('CN', '')} {found.value}")
