"""Reservations, what they occupy, and who is invited to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.domain.errors import NotFoundError, WrongStateError
from shared.domain.events import MoveRequested, MoveWithdrawn, ReservationCancelled, ReservationDescribed
from shared.domain.refusals import Refusal
from shared.domain.slots import Slot
from shared.domain.states import HOLDING, State, step
from shared.store.base import Base, Db, Numbered
from shared.store.outbox import Actor, record


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for: when, which resources, for how many people."""

    slot: Slot
    resource_ids: list[int]
    people: int


class Reservation(Numbered, Base):
    """A request for resources over one slot, and what became of it.

    `turn` is its place in the queue of requests (new ones and moves alike), None when nothing is to be decided;
    `unannounced_since` says since when the calendars of its people may be behind.
    """

    __tablename__ = "reservation"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    requested_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_coordinator: Mapped[bool]
    title: Mapped[str]
    note: Mapped[str]
    people: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    resource_ids: Mapped[list[int]]
    state: Mapped[State]
    refusal: Mapped[dict[str, Any] | None]
    turn: Mapped[int | None]
    wanted_starts_at: Mapped[datetime | None]
    wanted_ends_at: Mapped[datetime | None]
    wanted_resource_ids: Mapped[list[int] | None]
    wanted_people: Mapped[int | None]
    wanted_by_coordinator: Mapped[bool | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    unannounced_since: Mapped[datetime | None]
    correlation_id: Mapped[str]

    @classmethod
    def locked(cls, db: Db, site_id: int, reservation_id: int) -> "Reservation":
        """The reservation, locked until the end of the transaction; raises NotFoundError."""
        found = db.scalars(
            select(cls).where(cls.id == reservation_id, cls.site_id == site_id).with_for_update()
        ).first()
        if found is None:
            raise NotFoundError("There is no such reservation.")
        return found

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.ends_at)

    @property
    def refused(self) -> Refusal | None:
        """Why it, or its last move, was refused."""
        return Refusal.from_json(self.refusal) if self.refusal else None

    @property
    def asked(self) -> Asked:
        """What was asked for last: the move that was refused or waits, or else the reservation itself."""
        if self.refusal:
            asked = self.refusal["asked"]
            slot = Slot(datetime.fromisoformat(asked["start"]), datetime.fromisoformat(asked["end"]))
            return Asked(slot, asked["resource_ids"], asked["people"])
        if self.wanted_starts_at and self.wanted_ends_at:
            slot = Slot(self.wanted_starts_at, self.wanted_ends_at)
            return Asked(slot, self.wanted_resource_ids or [], self.wanted_people or 0)
        return Asked(self.slot, self.resource_ids, self.people)

    @property
    def is_moving(self) -> bool:
        return self.wanted_starts_at is not None

    def cancel(self, db: Db, *, reason: str, by: Actor, now: datetime) -> None:
        """Give everything back at once; deciders that wait for the slot see it free after the commit."""
        may_be_told = self.state in HOLDING
        self.state = step(self.state, State.CANCELLED)
        self._stop_waiting()
        db.execute(text("DELETE FROM occupancy WHERE reservation_id = :id"), {"id": self.id})
        self.version += 1
        self.correlation_id = by.correlation_id
        if may_be_told:
            self.unannounced_since = self.unannounced_since or now
        record(db, self.site_id, ReservationCancelled(self.id, reason), by=by, now=now)

    def want(self, db: Db, slot: Slot, resource_ids: list[int], people: int, *, by: Actor, now: datetime) -> None:
        """Ask for another time or other resources; until that is decided everything stays as it is."""
        if self.state not in HOLDING:
            raise WrongStateError(f"A reservation that is {self.state} cannot be moved.", state=self.state.value)
        turn = db.scalars(select(func.nextval("turn"))).one()
        self.wanted_starts_at, self.wanted_ends_at = slot.start, slot.end
        self.wanted_resource_ids = sorted(resource_ids)
        self.wanted_people = people
        self.wanted_by_coordinator = by.is_coordinator
        self.turn, self.waiting_since = turn, now
        self.refusal = None
        self.correlation_id = by.correlation_id
        self.version += 1
        event = MoveRequested(self.id, slot.start.isoformat(), slot.end.isoformat(), tuple(self.wanted_resource_ids))
        record(db, self.site_id, event, by=by, now=now)

    def withdraw_move(self, db: Db, *, by: Actor, now: datetime) -> None:
        self._stop_waiting()
        self.version += 1
        record(db, self.site_id, MoveWithdrawn(self.id), by=by, now=now)

    def describe(self, db: Db, *, by: Actor, now: datetime, **words: str | int) -> None:
        """Change title, note or people; the calendars are told when they show it."""
        changed = tuple(name for name, value in words.items() if getattr(self, name) != value)
        if not changed:
            return
        for name in changed:
            setattr(self, name, words[name])
        self.touch(db, changed, by=by, now=now)

    def touch(self, db: Db, changed: tuple[str, ...], *, by: Actor, now: datetime) -> None:
        """Note that words of it changed, here or in what hangs on it."""
        self.correlation_id = by.correlation_id
        self.version += 1
        self.unannounced_since = self.unannounced_since or now
        record(db, self.site_id, ReservationDescribed(self.id, changed), by=by, now=now)

    def _stop_waiting(self) -> None:
        self.turn = self.waiting_since = None
        self.wanted_starts_at = self.wanted_ends_at = None
        self.wanted_resource_ids = self.wanted_people = self.wanted_by_coordinator = None


class Occupancy(Numbered, Base):
    """One resource over one slot; the rows exist exactly while they hold, and the database lets no two overlap."""

    __tablename__ = "occupancy"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    # `during` (tstzrange) is read and written by the named queries in SQL only


class Attendee(Numbered, Base):
    """A person in a reservation, with role and answer.

    `is_told`: the entry stands in their calendar as far as we know; `told_sequence`: the last SEQUENCE they were sent;
    `removed_at`: they are no longer invited, and are told so when they have to be; `resource_id`: the trainer they are.
    """

    __tablename__ = "attendee"

    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    address: Mapped[str]
    name: Mapped[str]
    language: Mapped[str]
    role: Mapped[str]
    partstat: Mapped[str]
    is_told: Mapped[bool]
    told_sequence: Mapped[int | None]
    removed_at: Mapped[datetime | None]
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite: the address in lower case, a name, a language, an RFC 5545 ROLE."""

    address: str
    name: str = ""
    language: str = "fr"
    role: str = "REQ-PARTICIPANT"
