"""Changing what was asked for or is held: words at once, time and rooms by another decision; giving it back."""

from dataclasses import dataclass
from datetime import datetime

from shared.deciding.headcount import check_people
from shared.domain.errors import (
    ExternalEntryError,
    NotAllowedError,
    RefusedError,
    StaleVersionError,
)
from shared.domain.rules import too_late_to_cancel
from shared.domain.slots import Slot
from shared.domain.states import HOLDING
from shared.house import house_of
from shared.store.base import Db
from shared.store.house import lock_house
from shared.store.moves import Move
from shared.store.outbox import Actor
from shared.store.people import group_of
from shared.store.places import resources_named, resources_of, slugs_of, with_parts
from shared.store.reservations import Reservation


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become different; None leaves it as it is."""

    slot: Slot | None = None
    resources: tuple[str, ...] | None = None
    title: str | None = None
    note: str | None = None
    people: int | None = None
    layout: str | None = None
    quantities: dict[str, int] | None = None
    override: str = ""

    @property
    def words(self) -> dict[str, str]:
        return {name: value for name in ("title", "note") if (value := getattr(self, name)) is not None}


def change(
    db: Db, reservation_id: int, wanted: Change, *, version: int | None, by: Actor, now: datetime
) -> Reservation:
    """Change words at once and ask for another time or other rooms; raises StaleVersionError when it changed since."""
    if wanted.people is not None:
        lock_house(db, by.site_id)  # more people than before are to fit into the building with all others
    reservation = own(db, reservation_id, by=by)
    if version is not None and reservation.version != version:
        raise StaleVersionError("Somebody changed this reservation since you read it: read it again.")
    move = _move(db, reservation, wanted, by)
    if reservation.entry_id is not None:
        _check_entry(db, reservation, move)
    people = move.people
    if _is_elsewhere(reservation, move):
        reservation.want(db, move, by=by, now=now)
        people = reservation.people  # decided with the move
    elif reservation.is_moving and (wanted.slot or wanted.resources is not None):
        reservation.withdraw_move(db, by=by, now=now)
    elif reservation.is_moving:
        reservation.wanted_people = people  # the latest count goes with the move that waits
    if people > reservation.people and reservation.state in HOLDING:
        check_people(db, reservation, people, by=by, now=now, override=wanted.override)
    is_less = people < reservation.people
    reservation.describe(db, by=by, now=now, people=people, **wanted.words)
    if is_less:
        reservation.leave_room(db, now=now)
    return reservation


def cancel(db: Db, reservation_id: int, *, reason: str, by: Actor, now: datetime) -> Reservation:
    """Give a reservation back; raises WrongStateError when it is over, RefusedError when it is too late for that."""
    lock_house(db, by.site_id)
    reservation = own(db, reservation_id, by=by)
    check_cancellation(db, reservation, by=by, now=now)
    reservation.cancel(db, reason=reason, by=by, now=now)
    return reservation


def own(db: Db, reservation_id: int, *, by: Actor) -> Reservation:
    """The reservation, locked, for somebody who may change it; raises NotFoundError or NotAllowedError."""
    reservation = Reservation.locked(db, by.site_id, reservation_id)
    if not by.is_coordinator and reservation.requested_by != by.person_id:
        raise NotAllowedError("Only who asked for a reservation, or a coordinator, may change it.")
    return reservation


def check_cancellation(db: Db, reservation: Reservation, *, by: Actor, now: datetime) -> None:
    """Raises RefusedError for what is held and begins too soon for anybody but a coordinator to give it back."""
    if by.is_coordinator or reservation.state not in HOLDING:
        return
    house = house_of(db, by.site_id)
    policies = house.policies(reservation.resource_ids, group_of(db, reservation.requested_by))
    refusal = too_late_to_cancel(policies, reservation.slot, by_coordinator=False, now=now, zone=house.zone)
    if refusal is not None:
        raise RefusedError(refusal)


def _move(db: Db, reservation: Reservation, wanted: Change, by: Actor) -> Move:
    """What it would become: what is not named stays."""
    people = reservation.people if wanted.people is None else wanted.people
    rooms, slot = _resources(db, reservation, wanted, by), wanted.slot or reservation.slot
    return Move(slot, rooms, people, wanted.layout, wanted.quantities, override=wanted.override or None)


def _check_entry(db: Db, reservation: Reservation, move: Move) -> None:
    """Time and rooms are its organizer's: what is in their calendar would be wrong, and their next update undo it."""
    changed = set(reservation.resource_ids).symmetric_difference(move.resource_ids)
    if move.slot != reservation.slot or any(room.kind == "room" for room in resources_of(db, changed)):
        raise ExternalEntryError


def _resources(db: Db, reservation: Reservation, wanted: Change, by: Actor) -> list[int]:
    if wanted.resources is None and wanted.quantities is None:
        return reservation.resource_ids
    quantities = reservation.quantities if wanted.quantities is None else wanted.quantities
    slugs = wanted.resources
    if slugs is None:
        slugs = tuple(s for s in slugs_of(db, reservation.resource_ids) if s not in reservation.quantities)
    return with_parts(resources_named(db, by.site_id, sorted({*slugs, *quantities})))


def _is_elsewhere(reservation: Reservation, move: Move) -> bool:
    layout = reservation.layout if move.layout is None else move.layout
    quantities = reservation.quantities if move.quantities is None else move.quantities
    now = (reservation.slot, reservation.resource_ids, reservation.layout, reservation.quantities)
    return (move.slot, list(move.resource_ids), layout, quantities) != now
