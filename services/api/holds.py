"""What is held: its owner confirms, a coordinator approves or declines."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter, Response

from services.api.access import Booker, Caller
from services.api.outputs import ReservationView
from services.api.preferences import IdempotencyKey
from services.api.problems import answers
from services.api.reservations import Id, shown
from services.api.schemas import Reason
from services.api.transactions import InTransaction, once
from services.api.views import seen_by
from shared import holds
from shared.store.base import Db
from shared.store.idempotency import Key
from shared.store.reservations import Reservation

router = APIRouter(prefix="/reservations", tags=["holds"])

ANSWERS = answers(401, 403, 404, 409, 413, 422)


@router.post("/{reservation_id}/confirmation", status_code=201, response_model=ReservationView, responses=ANSWERS)
def confirm(db: InTransaction, reservation_id: Id, caller: Booker, key: IdempotencyKey) -> Response:
    """Confirm an option, or take what was offered from the waiting list; to leave it, cancel."""
    return _once(db, key, caller, lambda now: holds.confirm(db, reservation_id, by=caller.actor, now=now))


@router.post("/{reservation_id}/approval", status_code=201, response_model=ReservationView, responses=ANSWERS)
def approve(db: InTransaction, reservation_id: Id, why: Reason, caller: Booker, key: IdempotencyKey) -> Response:
    """Approve what awaits a coordinator; its owner and guests are invited, and nobody else hears of it."""
    return _once(
        db, key, caller, lambda now: holds.approve(db, reservation_id, reason=why.reason, by=caller.actor, now=now)
    )


@router.post("/{reservation_id}/refusal", status_code=201, response_model=ReservationView, responses=ANSWERS)
def decline(db: InTransaction, reservation_id: Id, why: Reason, caller: Booker, key: IdempotencyKey) -> Response:
    """Decline what awaits a coordinator, with a reason that its owner reads; the slot is free for whoever waits."""
    return _once(
        db, key, caller, lambda now: holds.decline(db, reservation_id, reason=why.reason, by=caller.actor, now=now)
    )


def _once(db: Db, key: Key | None, caller: Caller, verb: Callable[[datetime], Reservation]) -> Response:
    def do() -> Response:
        reservation = verb(datetime.now(UTC))
        db.flush()
        return shown(seen_by(db, reservation.id, caller), caller, 201)

    return once(db, key, do)
