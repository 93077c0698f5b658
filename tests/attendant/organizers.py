"""Organizers at their own calendars: they invite rooms, and read with a parser not ours what these answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from icalendar import Calendar, Event

from shared import attendant
from shared.domain.slots import Slot
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Component, Incoming, Party, Scheduling
from shared.store.inbox import InboundMail
from tests.house import House, slot
from tests.post_office import Mail, PostOffice

SITE = "creneau.example"
ANNE = Party("anne@example.org", "Anne")


def room(slug: str) -> str:
    return f"room-{slug}@rooms.{SITE}"


def as_room(slug: str) -> Party:
    return Party(room(slug), slug, cutype="ROOM", rsvp=True)


def guest(address: str, **more: Any) -> Party:
    return Party(address, **more)


@dataclass
class Entry:
    """One entry in the calendar of its organizer; `next` is the same, changed, under the next SEQUENCE."""

    uid: str = "4711@anne.example"
    organizer: Party = ANNE
    rooms: tuple[str, ...] = ("flexi-36",)
    guests: tuple[Party, ...] = ()
    at: Slot = field(default_factory=slot)
    sequence: int = 0
    dtstamp: datetime = datetime(2027, 10, 8, 12, tzinfo=UTC)
    more: dict[str, Any] = field(default_factory=dict)

    def component(self, **what: Any) -> Component:
        found: dict[str, Any] = {
            "uid": self.uid,
            "sequence": self.sequence,
            "dtstamp": self.dtstamp,
            "start": self.at.start,
            "end": self.at.end,
            "zone": "Europe/Paris",
            "summary": "Atelier storyboard",
            "organizer": self.organizer,
            "attendees": (*(as_room(slug) for slug in self.rooms), *self.guests),
        }
        return Component(**(found | self.more | what))

    def next(self, **what: Any) -> "Entry":
        """Changed, as its calendar says it: SEQUENCE and DTSTAMP have risen."""
        more = self.more | what.pop("more", {})
        later = {"sequence": self.sequence + 1, "dtstamp": self.dtstamp + timedelta(minutes=1)}
        return replace(self, **(later | what), more=more)


class Calendars:
    """The calendars of those who invite rooms, and the mails that go to and fro."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.post = PostOffice(house)
        self.sent = 0

    def send(
        self,
        entry: Entry,
        *components: Component,
        method: str = "REQUEST",
        to: tuple[str, ...] = (),
        sender: str = "",
        language: str = "",
        site_id: int = 0,
    ) -> Outcome:
        """A mail of the organizer to our rooms, taken in at once; what became of it."""
        self.sent += 1
        sender = sender or entry.organizer.address
        parts = components or (entry.component(),)
        incoming = Incoming(
            message_id=f"<{self.sent}@organizer.example>",
            sender=sender,
            language=language,
            scheduling=Scheduling(method, entry.uid, parts),
        )
        with self.house.book() as db:
            mail = InboundMail(
                site_id=site_id or self.house.site_id,
                source="file",
                mail_from=sender,
                recipients=[room(slug) for slug in to or entry.rooms],
                digest=uuid4().bytes,  # two may come at once
                raw=b"",
                received_at=self.house.now,
                sender=sender,
                not_before=self.house.now,
            )
            db.add(mail)
            db.flush()
            return attendant.take(db, mail, incoming, now=self.house.now)

    def replies(self) -> list["Reply"]:
        """What the rooms answer, once everything is decided and announced."""
        self.house.decide()
        return self.answers()

    def answers(self) -> list["Reply"]:
        """What they answer by now."""
        return [Reply(mail) for mail in self.post.announce_all() if mail.method in {"REPLY", "REFRESH"}]

    def reply(self) -> "Reply":
        [only] = self.replies()
        return only

    def reservations(self) -> list[Any]:
        return self.house.rows("SELECT * FROM reservation WHERE entry_id IS NOT NULL ORDER BY id")

    def entry(self) -> Any:
        [row] = self.house.rows("SELECT * FROM external_entry")
        return row


@dataclass(frozen=True)
class Reply:
    """One answer of one room."""

    mail: Mail

    @cached_property
    def calendar(self) -> Calendar:
        parsed = Calendar.from_ical(self.mail.calendar)
        assert isinstance(parsed, Calendar)
        return parsed

    @property
    def events(self) -> list[Event]:
        return [event for event in self.calendar.walk("VEVENT") if isinstance(event, Event)]

    @property
    def event(self) -> Event:
        return self.events[0]

    @property
    def room(self) -> str:
        return str(self.event["ATTENDEE"]).removeprefix("mailto:")

    @property
    def partstat(self) -> str:
        return partstat(self.event)

    @property
    def comment(self) -> str:
        return str(self.event.get("COMMENT", "")).replace("\u00a0", " ").replace("\u202f", " ")

    @property
    def by_date(self) -> dict[datetime | None, str]:
        """PARTSTAT by RECURRENCE-ID in UTC; None: the whole."""
        return dict(self._by_date())

    def _by_date(self) -> Iterator[tuple[datetime | None, str]]:
        for event in self.events:
            named = event.get("RECURRENCE-ID")
            yield (named.dt.astimezone(UTC) if named is not None else None), partstat(event)


def partstat(event: Event) -> str:
    attendee = event["ATTENDEE"]
    assert not isinstance(attendee, list)
    return str(attendee.params["PARTSTAT"])
