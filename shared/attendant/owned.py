"""An entry with its owner in the book: its reservations by the names of its meetings, and verbs for one of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from shared.attendant.who import Call
from shared.domain.states import ALIVE
from shared.invitations.replies.asked import Asked, Meeting, name_of
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.moves import Move
from shared.store.outbox import Actor
from shared.store.people import Person, group_of
from shared.store.places import with_parts
from shared.store.reservations import Reservation


@dataclass(frozen=True)
class Owned:
    """The caller holds the house and the entry, or has just made it."""

    db: Db
    call: Call
    entry: ExternalEntry
    owner: Person | None
    """None: whoever has nothing in the book"""
    now: datetime

    @property
    def actor(self) -> Actor:
        return replace(self.call.actor, person_id=self.owner.id if self.owner else None)

    @property
    def group(self) -> int:
        """The group of people whose policy goes for the owner."""
        return group_of(self.db, self.owner.id) if self.owner else 0

    def whole(self) -> dict[str, Reservation]:
        """What is alive of the whole and lies ahead: the single one under '', or dates of the series."""
        if self.entry.series_id is not None:
            found = self._alive(Reservation.series_id == self.entry.series_id)
            return {name_of(r.recurs_at): r for r in found if r.recurs_at and r.starts_at > self.now}
        single = self._alive(Reservation.id == self.entry.reservation_id)
        return {"": single[0]} if single else {}

    def apart(self, asked: Asked) -> dict[str, Reservation]:
        """What is alive of the dates that belong to no series of ours."""
        named = {meeting.reservation: name for name, meeting in asked.dates.items() if meeting.reservation}
        return {named[r.id]: r for r in self._alive(Reservation.id.in_(named))}

    def rooms(self, meeting: Meeting) -> list[int]:
        """The ids of its rooms, with the parts of those that are combined."""
        return with_parts(room for room in self.call.rooms.values() if room.slug in meeting.rooms)

    def is_as_asked(self, reservation: Reservation, meeting: Meeting) -> bool:
        held = sorted(set(reservation.resource_ids).difference(self._things(reservation)))
        return (reservation.slot, held) == (meeting.slot, self.rooms(meeting))

    def move_to(self, reservation: Reservation, meeting: Meeting) -> Move:
        """What it is to become; equipment and trainers that somebody has added in Créneau come along."""
        rooms = [*self.rooms(meeting), *self._things(reservation)]
        return Move(meeting.slot, rooms, meeting.people)

    def beside(self, reservation: Reservation, rooms: Collection[str]) -> list[int]:
        """What it holds besides these rooms: parts of a combined one go with it, and equipment stays."""
        by_id = {room.id: room for room in self.call.rooms.values()}
        held = [by_id[id_] for id_ in reservation.resource_ids if id_ in by_id]
        parts = {part for room in held for part in room.part_ids}
        named = [room for room in held if room.id not in parts and room.slug not in rooms]
        return with_parts(named) + self._things(reservation) if named else []

    def belong(self, ids: Iterable[int]) -> None:
        """These reservations were asked for by the entry."""
        for reservation in self.db.scalars(select(Reservation).where(Reservation.id.in_(list(ids)))):
            reservation.entry_id = self.entry.id
        self.db.flush()

    def _things(self, reservation: Reservation) -> list[int]:
        rooms = {room.id for room in self.call.rooms.values()}
        return [id_ for id_ in reservation.resource_ids if id_ not in rooms]

    def _alive(self, condition: object) -> list[Reservation]:
        its = select(Reservation).where(
            Reservation.entry_id == self.entry.id,
            Reservation.state.in_(ALIVE),
            condition,  # type: ignore[arg-type]  # a column's comparison
        )
        return list(self.db.scalars(its.order_by(Reservation.recurs_at, Reservation.id)))
