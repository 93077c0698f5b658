"""A mail that came in about a meeting: who speaks, of what, and when it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shared.answering.looking import Look
from shared.answering.meeting import Meeting
from shared.answering.speaking import Speaker
from shared.domain.slots import Slot
from shared.itip.incoming import Component, Incoming, Scheduling
from shared.store.inbox import InboundMail
from shared.store.outbox import Actor
from shared.store.people import Person


@dataclass(frozen=True, slots=True)
class Coming:
    """What the verbs of this package act on; `by` is the sender where they are known here.

    `looks`: whether a reservation could be had at a proposed time, looked at before anything was locked.
    """

    meeting: Meeting
    speaker: Speaker
    incoming: Incoming
    scheduling: Scheduling
    received_at: datetime
    by: Actor
    now: datetime
    looks: Mapping[tuple[int, Slot], Look]

    @classmethod
    def of(
        cls,
        meeting: Meeting,
        mail: InboundMail,
        incoming: Incoming,
        scheduling: Scheduling,
        now: datetime,
        looks: Mapping[tuple[int, Slot], Look],
    ) -> "Coming":
        address = mail.sender.lower()
        person_id = meeting.db.scalars(
            select(Person.id).where(Person.site_id == mail.site_id, Person.address == address)
        ).first()
        by = Actor(person_id, mail.site_id, correlation_id=f"mail-{mail.id}", source=f"mail {mail.id}")
        speaker = Speaker.of(meeting, address)
        return cls(meeting, speaker, incoming, scheduling, mail.received_at, by, now, looks)

    @property
    def components(self) -> list[Component]:
        """The whole before its dates, whatever their order in the mail."""
        return sorted(self.scheduling.components, key=lambda component: component.recurrence_id is not None)

    @property
    def details(self) -> dict[str, object]:
        """What a reader of the inbox can follow."""
        return {"reservation": self.meeting.head.id}
