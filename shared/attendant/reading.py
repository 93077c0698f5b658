"""What the components of a mail ask of our rooms: meetings as they are kept, each with why, if it is impossible."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.attendant import sentences
from shared.attendant.sentences import no
from shared.attendant.who import Call
from shared.calendar.text import clean_line, clean_text
from shared.domain.errors import InvalidInputError
from shared.domain.recurrence import Recurrence
from shared.domain.slots import EARLIEST, LATEST, Slot
from shared.invitations.replies.asked import Meeting, name_of, named_by_day
from shared.itip.incoming import Component
from shared.records.reasons import UnreadableError
from shared.records.series import as_understood

LONGEST_TITLE, LONGEST_NOTE, LONGEST_RULE = 200, 10_000, 200
MOST_PEOPLE, LARGEST_SEQUENCE = 100_000, 2**31 - 1
NOBODY = frozenset({"ROOM", "RESOURCE"})
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Message:
    """A REQUEST as it is read: the whole, if it is in there, with its rule and the days without; and single dates."""

    whole: Meeting | None
    rule: str
    skipped: tuple[date, ...]
    dates: dict[str, Meeting]

    @property
    def newest(self) -> tuple[int, datetime]:
        return max(meeting.version for meeting in (*filter(None, [self.whole]), *self.dates.values()))


def read(call: Call) -> Message | None:
    """What the REQUEST asks for; None when it does not say when that is, in years that are planned for."""
    components = call.scheduling.components
    if not all(_is_dated(component) for component in components):
        return None
    names_rooms = any(call.rooms_of(component) for component in components)
    reached = () if names_rooms else call.reached  # a mail that was handed on: the room is not on the list itself
    master = call.scheduling.master
    whole = _meeting(call, master, reached) if master else None
    rule, skipped = "", tuple[date, ...]()
    if master is not None and whole is not None and master.rule and not whole.refusal:
        whole, rule = _with_rule(whole, master)
        skipped = tuple(sorted({_day_of(moment, whole) for moment in master.exdates}))
    if master is not None and whole is not None and master.rdates and not whole.refusal:
        whole = whole.with_(refusal=no(sentences.MORE_DATES))
    named = [component for component in components if component.recurrence_id is not None]
    return Message(whole, rule, skipped, _dates(call, named, whole, reached))


def _is_dated(component: Component) -> bool:
    """An occurrence that is cancelled needs no time but its name."""
    moments = [component.start, component.recurrence_id, component.end]
    is_named = component.recurrence_id is not None and component.status == "CANCELLED"
    is_in_range = all(EARLIEST <= moment <= LATEST for moment in moments if moment is not None)
    return is_in_range and (component.start is not None or is_named)


def _dates(
    call: Call, components: Iterable[Component], whole: Meeting | None, reached: tuple[str, ...]
) -> dict[str, Meeting]:
    found: dict[str, Meeting] = {}
    for component in components:
        meeting = _meeting(call, component, reached)
        if component.this_and_future:
            meeting = meeting.with_(refusal=no(sentences.THIS_AND_FUTURE))
        found[date_name(component, whole)] = meeting
    return found


def cancelled(call: Call, component: Component) -> Meeting:
    """What a CANCEL takes back: of the rooms that it names, else of those that it reached."""
    return _meeting(call, component, call.reached).with_(is_cancelled=True, refusal=None)


def date_name(component: Component, whole: Meeting | None) -> str:
    """A date by its original start; where it is named by its day alone, at the hour of the whole."""
    assert component.recurrence_id is not None  # noqa: S101  the caller asked
    name = name_of(component.recurrence_id)
    is_by_hour = component.is_recurrence_id_a_day and whole is not None and not whole.is_all_day
    return named_by_day(name, whole) if whole is not None and is_by_hour else name


def _meeting(call: Call, component: Component, reached: Sequence[str]) -> Meeting:
    start = component.start or component.recurrence_id or call.mail.received_at
    zone = call.site.zone if component.is_all_day else _zone(component.zone, call.site.zone, start)
    end = component.end
    if end is None and component.is_all_day:
        local = start.astimezone(ZoneInfo(zone))
        end = (local + A_DAY).astimezone(UTC)
    return Meeting(
        sequence=min(max(component.sequence, 0), LARGEST_SEQUENCE),
        dtstamp=component.dtstamp or call.mail.received_at,
        start=start,
        end=end,
        zone=zone,
        is_all_day=component.is_all_day,
        title=_title(call, component),
        note=clean_text(component.description)[:LONGEST_NOTE].strip(),
        people=_people(call, component),
        rooms=call.rooms_of(component) or tuple(reached),
        is_named_by_day=component.is_recurrence_id_a_day,
        is_cancelled=component.status == "CANCELLED",
        refusal=_impossible(start, end),
    )


def _zone(named: str, site: str, start: datetime) -> str:
    """That of the site for one that goes by the same clock, so that everybody's calendar knows when it changes."""
    try:
        zone, here = ZoneInfo(named or site), ZoneInfo(site)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return site
    later = (start + timedelta(days=30 * months) for months in range(-12, 36))
    is_same = all(m.astimezone(zone).utcoffset() == m.astimezone(here).utcoffset() for m in later)
    return site if is_same else named


def _impossible(start: datetime, end: datetime | None) -> dict[str, Any] | None:
    if end is None:
        return no(sentences.NO_END)
    try:
        Slot(start, end)
    except InvalidInputError:
        return no(sentences.BAD_TIME)
    return None


def _with_rule(whole: Meeting, master: Component) -> tuple[Meeting, str]:
    """With the rule in our words, or with the reason why it has none."""
    try:
        return whole, str(Recurrence.parse(as_understood(master.rule[:LONGEST_RULE], whole.zone)))
    except (InvalidInputError, UnreadableError):
        return whole.with_(refusal=no(sentences.RULE, rule=clean_line(master.rule)[:LONGEST_RULE])), ""


def _day_of(moment: datetime, whole: Meeting) -> date:
    return moment.astimezone(ZoneInfo(whole.zone)).date()


def _title(call: Call, component: Component) -> str:
    """Something has to stand there."""
    title = clean_line(component.summary)[:LONGEST_TITLE].strip()
    return title or clean_line(call.organizer.name)[:LONGEST_TITLE].strip() or call.organizer.address


def _people(call: Call, component: Component) -> int:
    """How many come: who is on the list, with the organizer; 0, not known, where nobody but rooms is.

    Of an entry that invites only a room nobody knows how many will be in it: a class does not stand on a list. Rooms
    and things are nobody, and neither is who has declined.
    """
    others = {
        party.address
        for party in component.attendees
        if party.cutype not in NOBODY and party.partstat != "DECLINED" and party.address not in call.rooms
    }
    others.discard(call.organizer.address)
    return min(len(others) + 1, MOST_PEOPLE) if others else 0
