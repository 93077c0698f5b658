"""Guests with calendars of their own, who answer from what these know, as a careful client does (RFC 5546).

A careful client keeps what its owner said until it is asked anew: by a REQUEST with a higher SEQUENCE than that which
it knew, in which its owner's PARTSTAT is NEEDS-ACTION. For a date of a series it knows an answer to that date, or else
the one to the whole. What it writes has the SEQUENCE that it knows, and a DTSTAMP of its own clock.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event

from tests.invitations.calendar_of_somebody import NEVER, Kept, SomebodysCalendar

OPEN = "NEEDS-ACTION"
SECOND = timedelta(seconds=1)
Question = tuple[Any, ...]


@dataclass
class Answers:
    """What was said of one UID, while it stands; `given` remembers what was said last, and of what."""

    whole: str = OPEN
    dates: dict[datetime, str] = field(default_factory=dict)
    given: dict[datetime | None, tuple[str, Question]] = field(default_factory=dict)

    def to(self, name: datetime | None) -> str:
        return self.whole if name is None else self.dates.get(name, self.whole)


@dataclass
class Guest(SomebodysCalendar):
    """`clock` is how far theirs is ahead of ours."""

    address: str = ""
    clock: timedelta = timedelta()
    answers: dict[str, Answers] = field(default_factory=dict)
    last_stamp: datetime = NEVER[1]

    def read(self, calendar: bytes, method: str) -> None:
        """Take what the mail says, and note where it asks anew."""
        ranks = {uid: (known.rank, dict(known.ranks)) for uid, known in self.kept.items()}
        super().read(calendar, method)
        for uid, known in self.kept.items():
            rank, of_dates = ranks.get(uid, (NEVER, {}))
            mine = self.answers.setdefault(uid, Answers())
            if known.rank != rank:
                self._asked_of_whole(mine, known, rank[0], {name: r[0] for name, r in of_dates.items()})
            for name in [name for name, r in known.ranks.items() if of_dates.get(name) != r]:
                self._asked_of_date(mine, known, name, of_dates.get(name, rank)[0])

    def entries(self) -> list[str]:
        """What stands in it."""
        return sorted(uid for uid, known in self.kept.items() if known.master is not None)

    def dates_of(self, uid: str) -> list[datetime]:
        """The dates that it has been told of for themselves, and can be answered so."""
        return sorted(self.kept[uid].dates)

    def answer(
        self, uid: str, name: datetime | None, partstat: str, *, now: datetime, with_dates: bool = False
    ) -> bytes:
        """Press the button: note it, and write the mail; `with_dates` sends along each date as it stands."""
        mine, known = self.answers.setdefault(uid, Answers()), self.kept[uid]
        self.last_stamp = max(self.last_stamp + SECOND, (now + self.clock).replace(microsecond=0))
        if name is None:
            mine.whole = partstat
        else:
            mine.dates[name] = partstat
        mine.given[name] = partstat, self.question(uid, name)
        told = [self._component(known, name, partstat)]
        if with_dates and name is None:
            told += [self._component(known, date, mine.to(date)) for date in sorted(known.dates) if date in mine.dates]
        return self._mail("REPLY", told)

    def ask_again(self, uid: str, *, now: datetime) -> bytes:
        """The mail of a client that is not sure to have everything (REFRESH)."""
        self.last_stamp = max(self.last_stamp + SECOND, (now + self.clock).replace(microsecond=0))
        stamp = f"{self.last_stamp:%Y%m%dT%H%M%SZ}"
        lines = [f"UID:{uid}", f"DTSTAMP:{stamp}", f"ATTENDEE:mailto:{self.address}"]
        return self._mail("REFRESH", [["BEGIN:VEVENT", *lines, "END:VEVENT"]])

    def question(self, uid: str, name: datetime | None) -> Question:
        """To what one answers: from when to when on the clock on the wall, and where."""
        known = self.kept[uid]
        event = known.dates.get(name, known.master) if name else known.master
        assert event is not None
        start, end = (event[field].dt.astimezone(ZoneInfo("Europe/Paris")) for field in ("DTSTART", "DTEND"))
        return start.time(), end - start, str(event["LOCATION"])

    def _asked_of_whole(self, mine: Answers, known: Kept, before: int, of_dates: dict[datetime, int]) -> None:
        if known.master is None:
            mine.whole = OPEN
            mine.dates.clear()
            mine.given.clear()
            return
        if self._partstat(known.master) != OPEN:
            return
        if known.rank[0] > before:
            mine.whole = OPEN
        for name in [name for name in mine.dates if name not in known.ranks]:
            if known.rank[0] > of_dates.get(name, before):
                del mine.dates[name]

    def _asked_of_date(self, mine: Answers, known: Kept, name: datetime, before: int) -> None:
        if name not in known.dates:
            mine.dates.pop(name, None)
        elif known.ranks[name][0] > before and self._partstat(known.dates[name]) == OPEN:
            mine.dates[name] = OPEN

    def _partstat(self, event: Event) -> str:
        listed = event["ATTENDEE"]
        people: list[Any] = listed if isinstance(listed, list) else [listed]
        [mine] = [person for person in people if str(person) == f"mailto:{self.address}"]
        return str(mine.params["PARTSTAT"])

    def _component(self, known: Kept, name: datetime | None, partstat: str) -> list[str]:
        event = known.dates.get(name, known.master) if name else known.master
        assert event is not None
        rank = known.rank if name is None else known.ranks.get(name, known.rank)
        date = [] if name is None else [f"RECURRENCE-ID:{name:%Y%m%dT%H%M%SZ}"]
        return [
            "BEGIN:VEVENT",
            f"UID:{event['UID']}",
            f"DTSTAMP:{self.last_stamp:%Y%m%dT%H%M%SZ}",
            f"SEQUENCE:{rank[0]}",
            *date,
            f"DTSTART:{event['DTSTART'].dt.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"ATTENDEE;PARTSTAT={partstat}:mailto:{self.address}",
            "END:VEVENT",
        ]

    def _mail(self, method: str, components: list[list[str]]) -> bytes:
        calendar = ["BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}"]
        calendar += [line for component in components for line in component] + ["END:VCALENDAR"]
        head = [
            f"From: {self.address}",
            "To: reservations@creneau.example",
            f"Message-ID: <{method}-{self.last_stamp:%Y%m%d%H%M%S}-{self.address}>",
            "Subject: =?utf-8?b?UsOpcG9uc2U=?=",
            "MIME-Version: 1.0",
            f"Content-Type: text/calendar; charset=utf-8; method={method}",
        ]
        return "\r\n".join([*head, "", *calendar, ""]).encode()
