"""The people of a reservation or session: who is invited, and what they answered."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field, TypeAdapter
from sqlalchemy import select

from services.api.access import Anyone, Booker
from services.api.outputs import AttendeeView
from services.api.preferences import IdempotencyKey
from services.api.problems import answers
from services.api.reservations import Id, inside
from services.api.schemas import Attendees, Strict
from services.api.transactions import InTransaction, Reading, once
from shared import programme
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.reservations import Reservation

router = APIRouter(prefix="/reservations/{reservation_id}/attendees", tags=["attendees"])
ATTENDEES = TypeAdapter(list[AttendeeView])


class Guests(Strict):
    """People to put on the list."""

    attendees: Annotated[Attendees, Field(min_length=1)]


@router.get("", response_model=list[AttendeeView], responses=answers(401, 403, 404, 422))
def index(db: Reading, reservation_id: Id, caller: Anyone) -> Response:
    """Everybody on the list, with their answer; for the owner and coordinators."""
    inside(db, reservation_id, caller)
    return _listed(db, reservation_id, 200)


@router.post(
    "",
    status_code=201,
    response_model=list[AttendeeView],
    responses=answers(401, 403, 404, 409, 413, 422),
)
def invite(db: InTransaction, reservation_id: Id, guests: Guests, caller: Booker, key: IdempotencyKey) -> Response:
    """Put people on the list; each gets an invitation as soon as the reservation is confirmed."""

    def do() -> Response:
        invitees = [attendee.invitee for attendee in guests.attendees]
        programme.invite(db, reservation_id, invitees, by=caller.actor, now=datetime.now(UTC))
        return _listed(db, reservation_id, 201)

    return once(db, key, do)


@router.delete(
    "/{attendee_id}",
    status_code=204,
    responses=answers(401, 403, 404, 409, 422),
)
def take_off(
    db: InTransaction, reservation_id: Id, attendee_id: Annotated[int, Path(ge=1, lt=2**63)], caller: Booker
) -> Response:
    """Take somebody off the list; they get a cancellation, the others nothing."""
    programme.take_off(db, reservation_id, attendee_id, by=caller.actor, now=datetime.now(UTC))
    return Response(status_code=204)


def _listed(db: Db, reservation_id: int, status: int) -> Response:
    list_id = db.get_one(Reservation, reservation_id).list_id(db)
    people = db.scalars(
        select(Attendee).where(Attendee.reservation_id == list_id, Attendee.removed_at.is_(None)).order_by(Attendee.id)
    )
    views = [AttendeeView.model_validate(person, from_attributes=True) for person in people]
    return Response(ATTENDEES.dump_json(views), status, media_type="application/json")
