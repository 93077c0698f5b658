"""Looking whether a proposed time can be had: decided as the move would be, and undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import booking
from shared.availability import alternatives_to
from shared.domain.alternatives import Alternative
from shared.domain.errors import CreneauError, RefusedError
from shared.domain.slots import Slot
from shared.previewing import preview
from shared.store.base import Db
from shared.store.outbox import Actor
from shared.store.reservations import Reservation


@dataclass(frozen=True, slots=True)
class Look:
    """`is_free` is None when nobody looked.

    `obstacle` says why it cannot be had, as JSON: a refusal with what is free instead, or the code of an error.
    """

    is_free: bool | None
    obstacle: dict[str, Any] | None = None


def look_at(db: Db, reservation: Reservation, slot: Slot, *, now: datetime) -> Look:
    """Whether its owner could have that time instead, as of now; for a held house. No promise."""
    owner = Actor(reservation.requested_by, reservation.site_id, reservation.by_coordinator)
    reservation_id = reservation.id

    def ask() -> Sequence[int]:
        booking.change(db, reservation_id, booking.Change(slot=slot), version=None, by=owner, now=now)
        return [reservation_id]

    def show(_: Sequence[int]) -> Look:
        moved = db.get_one(Reservation, reservation_id)
        if moved.refused is None:
            return Look(is_free=True)
        found = alternatives_to(db, moved, now=now)
        return Look(False, {"refusal": moved.refused.as_json(), "alternatives": [_alternative(a) for a in found]})

    try:
        return preview(db, owner.site_id, ask, show, now=now)
    except RefusedError as error:
        return Look(False, {"refusal": error.refusal.as_json(), "alternatives": []})
    except CreneauError as error:
        return Look(False, {"code": error.code, "alternatives": []})


def _alternative(found: Alternative) -> dict[str, Any]:
    return {
        "resource_ids": list(found.resource_ids),
        "start": found.slot.start.isoformat(),
        "end": found.slot.end.isoformat(),
        "layout": found.layout,
        "reason": found.reason,
    }
