"""Somebody's calendar from which rooms of ours are invited: its entries are theirs, and the rooms only answer.

A careful client numbers each entry, and each date of a series that is otherwise, by itself: SEQUENCE rises with time,
dates and rooms, DTSTAMP with every mail. Of an answer it takes what is to the SEQUENCE that it sent last, and of two
the later one; a room's answer to the whole goes for each date to which that room said nothing else.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
from icalendar import Calendar, Event

from tests.crossing.slow_post import Letter
from tests.house import House
from tests.invitations.calendar_of_somebody import NEVER, Rank, name_of, rank_of
from tests.post_office import Mail

ANNE = "anne@example.org"
SECOND, WEEK = timedelta(seconds=1), timedelta(weeks=1)
OPEN = "NEEDS-ACTION"
Name = datetime | None
"""the original start of a date, None for the whole"""


@dataclass
class Part:
    """The whole of an entry, or a date of it that is otherwise; a series starts and ends as its first date does."""

    start: datetime
    end: datetime
    sequence: int
    is_cancelled: bool = False
    said: dict[str, tuple[Rank, str]] = field(default_factory=dict)


@dataclass
class Entry:
    """`weeks` is None for what has one date; its dates are named by their starts, in UTC."""

    uid: str
    rooms: tuple[str, ...]
    whole: Part
    weeks: int | None = None
    dates: dict[datetime, Part] = field(default_factory=dict)
    title: str = "Conseil"

    @property
    def names(self) -> list[datetime]:
        """By the rule, whatever became of each."""
        return [self.whole.start + WEEK * n for n in range(self.weeks or 0)]

    def part(self, name: Name) -> Part:
        """What is known of a date: for itself, or by the whole."""
        return self.dates.get(name, self.whole) if name else self.whole

    def when(self, name: Name) -> tuple[datetime, datetime]:
        if name is None or name in self.dates:
            part = self.part(name)
            return part.start, part.end
        return name, name + (self.whole.end - self.whole.start)

    def answer(self, name: Name, room: str) -> str:
        """What the room said to it, or to the whole of which it is a date like any other."""
        part = self.part(name)
        keys = [room if name is None else f"{room} {name.isoformat()}", room]
        return next((part.said[key][1] for key in keys if key in part.said), OPEN)

    def live(self) -> list[Name]:
        """What the organizer expects to take place."""
        if self.whole.is_cancelled:
            return []
        names: list[Name] = list(self.names) if self.weeks else [None]
        return [name for name in names if not self.part(name).is_cancelled]


class Organizer:
    """Anne with her own calendar; `out` is what leaves it."""

    def __init__(self, house: House, out: list[Letter]) -> None:
        self.house, self.out = house, out
        self.entries: dict[str, Entry] = {}
        self.last_stamp = NEVER[1]

    def invite(
        self, uid: str, rooms: tuple[str, ...], start: datetime, end: datetime, weeks: int | None = None
    ) -> None:
        """A new entry, or one that was cancelled, once more."""
        before = self.entries.get(uid)
        sequence = before.whole.sequence + 1 if before else 0
        self.entries[uid] = Entry(uid, rooms, Part(start, end, sequence), weeks)
        self._send("REQUEST", self.entries[uid], None)

    def change(self, uid: str, *, start: datetime, end: datetime, weeks: int | None = None) -> None:
        """Another time for the whole, whose dates are all as usual then."""
        entry = self.entries[uid]
        highest = max(part.sequence for part in (entry.whole, *entry.dates.values()))
        entry.whole = Part(start, end, highest + 1)
        entry.dates.clear()
        entry.weeks = weeks or entry.weeks
        self._send("REQUEST", entry, None)

    def rename(self, uid: str, title: str) -> None:
        """The words alone, under the same SEQUENCE; what the rooms said stands."""
        self.entries[uid].title = title
        self._send("REQUEST", self.entries[uid], None)

    def have(self, uid: str, rooms: tuple[str, ...]) -> None:
        """Other rooms: those that are not in it any more get a CANCEL."""
        entry = self.entries[uid]
        gone = tuple(room for room in entry.rooms if room not in rooms)
        entry.rooms = rooms
        self.change(uid, start=entry.whole.start, end=entry.whole.end)
        if gone:
            self._send("CANCEL", entry, None, rooms=gone)

    def move_date(self, uid: str, name: datetime, start: datetime, end: datetime) -> None:
        entry = self.entries[uid]
        entry.dates[name] = Part(start, end, entry.part(name).sequence + 1)
        self._send("REQUEST", entry, name)

    def cancel_date(self, uid: str, name: datetime) -> None:
        entry = self.entries[uid]
        start, end = entry.when(name)
        entry.dates[name] = Part(start, end, entry.part(name).sequence + 1, is_cancelled=True)
        self._send("CANCEL", entry, name)

    def cancel(self, uid: str) -> None:
        entry = self.entries[uid]
        highest = max(part.sequence for part in (entry.whole, *entry.dates.values()))
        entry.whole = Part(entry.whole.start, entry.whole.end, highest + 1, is_cancelled=True)
        entry.dates.clear()
        self._send("CANCEL", entry, None)

    def take(self, mail: Mail) -> None:
        """What a room answers."""
        if mail.method != "REPLY" or mail.recipient != ANNE:
            return
        icalendar.use_zoneinfo()
        for event in Calendar.from_ical(mail.calendar).walk("VEVENT"):
            if isinstance(event, Event):
                self._hear(event)

    def _hear(self, event: Event) -> None:
        entry = self.entries[str(event["UID"])]
        attendee: Any = event["ATTENDEE"]
        room = str(attendee).removeprefix("mailto:room-").removesuffix("@rooms.creneau.example")
        name = name_of(event) if "RECURRENCE-ID" in event else None
        part = entry.part(name)
        rank = rank_of(event)
        key = room if name is None else f"{room} {name.isoformat()}"
        if rank[0] == part.sequence and rank > part.said.get(key, (NEVER, ""))[0]:
            part.said[key] = rank, str(attendee.params["PARTSTAT"])

    def _send(self, method: str, entry: Entry, name: Name, *, rooms: tuple[str, ...] = ()) -> None:
        self.last_stamp = max(self.last_stamp + SECOND, self.house.now.replace(microsecond=0))
        addresses = [f"room-{room}@rooms.creneau.example" for room in rooms or entry.rooms]
        part, (start, end) = entry.part(name), entry.when(name)
        more = [] if name is None else [f"RECURRENCE-ID:{_utc(name)}"]
        if name is None and entry.weeks and method == "REQUEST":
            more = [f"RRULE:FREQ=WEEKLY;COUNT={entry.weeks}"]
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"METHOD:{method}",
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"SEQUENCE:{part.sequence}",
            f"DTSTAMP:{_utc(self.last_stamp)}",
            f"DTSTART:{_utc(start)}",
            f"DTEND:{_utc(end)}",
            f"SUMMARY:{entry.title}",
            *more,
            *(["STATUS:CANCELLED"] if method == "CANCEL" else []),
            f"ORGANIZER:mailto:{ANNE}",
            *(f"ATTENDEE;CUTYPE=ROOM;RSVP=TRUE:mailto:{address}" for address in addresses),
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
        head = [
            f"From: {ANNE}",
            f"To: {', '.join(addresses)}",
            f"Message-ID: <{self.last_stamp:%Y%m%d%H%M%S}@example.org>",
            "MIME-Version: 1.0",
            f"Content-Type: text/calendar; charset=utf-8; method={method}",
        ]
        self.out.append(Letter(ANNE, tuple(addresses), "\r\n".join([*head, "", *lines]).encode()))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
