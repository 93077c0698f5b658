"""The post office of a house: announces, takes every mail that may leave, and reads it with parsers not ours."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any, cast

from icalendar import Calendar, Event
from sqlalchemy import text

from shared import programme
from shared.invitations import deliver
from shared.mail import Envelope
from shared.store.attendees import Invitee
from tests.house import House

LEDGER = text("SELECT method, sequence, dtstamp FROM delivery WHERE id = :id")


@dataclass(frozen=True)
class Mail:
    """One mail as it left, and what the ledger says of it."""

    delivery: int
    envelope: Envelope
    message: bytes
    method: str
    sequence: int
    dtstamp: datetime

    @property
    def recipient(self) -> str:
        return self.envelope.recipient

    @cached_property
    def parsed(self) -> EmailMessage:
        return cast("EmailMessage", message_from_bytes(self.message, policy=policy.SMTP))

    @property
    def words(self) -> str:
        """The plain text, with ordinary spaces."""
        [part] = [part for part in self.parsed.walk() if part.get_content_type() == "text/plain"]
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        return content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")

    @property
    def calendar(self) -> bytes:
        """The one calendar that clients answer to."""
        [part] = [part for part in self.parsed.walk() if part.get_content_type() == "text/calendar"]
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        return content

    @property
    def events(self) -> list[Event]:
        return cast("list[Event]", Calendar.from_ical(self.calendar).walk("VEVENT"))

    @property
    def event(self) -> Event:
        [event] = self.events
        return event

    @property
    def attendees(self) -> dict[str, Any]:
        """Everybody on the list of the entry, by address, with their parameters."""
        listed = self.event.get("ATTENDEE", [])
        people = [
            (str(a).removeprefix("mailto:"), a.params) for a in (listed if isinstance(listed, list) else [listed])
        ]
        assert len({address.lower() for address, _ in people}) == len(people)
        return dict(people)


class PostOffice:
    """Everything that leaves, and the people who are put on lists and taken off."""

    def __init__(self, house: House) -> None:
        self.house = house

    def announce(self) -> dict[str, Mail]:
        """What leaves after an announcement, by recipient, each of whom gets one mail at most."""
        mails = self.announce_all()
        assert len({mail.recipient for mail in mails}) == len(mails)
        return {mail.recipient: mail for mail in mails}

    def announce_all(self) -> list[Mail]:
        self.house.announce()
        return self.collect()

    def collect(self) -> list[Mail]:
        """Claim and deliver whatever may leave now."""
        mails: list[Mail] = []
        while parcels := self.claim():
            mails += [self.read(parcel) for parcel in parcels]
            for parcel in parcels:
                self.hand_over(parcel)
        return mails

    def claim(self, most: int = 100) -> list[deliver.Parcel]:
        with self.house.book() as db:
            return deliver.claim(db, now=self.house.now, most=most)

    def hand_over(self, parcel: deliver.Parcel) -> None:
        """Through the dot, and noted as sent."""
        with self.house.book() as db:
            deliver.point_of_no_return(db, parcel, now=self.house.now)
            deliver.sent(db, parcel, answer="250 ok", now=self.house.now)

    def read(self, parcel: deliver.Parcel) -> Mail:
        with self.house.book() as db:
            row = db.execute(LEDGER, {"id": parcel.id}).one()
        return Mail(parcel.id, parcel.envelope, parcel.message, *row)

    def row(self, delivery: int) -> Any:
        """One line of the ledger."""
        [row] = self.house.rows("SELECT * FROM delivery WHERE id = :id", id=delivery)
        return row

    def invite(self, reservation_id: int, *addresses: str, who: str = "anne") -> None:
        with self.house.book() as db:
            people = [Invitee(address) for address in addresses]
            programme.invite(db, reservation_id, people, by=self.house.actors[who], now=self.house.now)

    def take_off(self, reservation_id: int, address: str, who: str = "anne") -> None:
        query = "SELECT id FROM attendee WHERE reservation_id = :id AND address = :address"
        [[attendee]] = self.house.rows(query, id=reservation_id, address=address)
        with self.house.book() as db:
            programme.take_off(db, reservation_id, attendee, by=self.house.actors[who], now=self.house.now)

    def answer(self, reservation_id: int, address: str, partstat: str) -> None:
        """What an attendee's calendar will one day answer by mail."""
        self.house.rows(
            "UPDATE attendee SET partstat = :partstat WHERE reservation_id = :id AND address = :address RETURNING 1",
            id=reservation_id,
            address=address,
            partstat=partstat,
        )

    def answers(self, reservation_id: int) -> set[str]:
        return {
            row.partstat
            for row in self.house.rows("SELECT partstat FROM attendee WHERE reservation_id = :id", id=reservation_id)
        }
