"""People who answered without being on the list: its owner admits or dismisses them."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import TypeAdapter

from services.api.access import Anyone, Booker
from services.api.answer_schemas import Admission, NewcomerView
from services.api.preferences import IdempotencyKey
from services.api.problems import answers
from services.api.reservations import Id, inside
from services.api.transactions import InTransaction, Reading, once
from shared.answering import admitting
from shared.store.answers import Newcomer
from shared.store.reservations import Reservation

router = APIRouter(prefix="/reservations/{reservation_id}/newcomers", tags=["newcomers"])
NEWCOMERS = TypeAdapter(list[NewcomerView])
NewcomerId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("", response_model=list[NewcomerView], responses=answers(401, 403, 404, 422))
def index(db: Reading, reservation_id: Id, caller: Anyone) -> Response:
    """Those who are not on the list by now, the newest first; for the owner and coordinators."""
    inside(db, reservation_id, caller)
    found = admitting.newcomers_of(db, db.get_one(Reservation, reservation_id).list_id(db))
    views = [NewcomerView.model_validate(newcomer, from_attributes=True) for newcomer in found]
    return Response(NEWCOMERS.dump_json(views), media_type="application/json")


@router.post(
    "/{newcomer_id}/admission",
    status_code=201,
    response_model=NewcomerView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def admit(
    db: InTransaction,
    reservation_id: Id,
    newcomer_id: NewcomerId,
    admission: Admission,
    caller: Booker,
    key: IdempotencyKey,
) -> Response:
    """Invite them, with the answer that they gave; or recognise them as somebody who is on the list."""

    def do() -> Response:
        now, whom = datetime.now(UTC), admission.as_attendee
        return _shown(admitting.admit(db, reservation_id, newcomer_id, as_attendee=whom, by=caller.actor, now=now))

    return once(db, key, do)


@router.post(
    "/{newcomer_id}/dismissal",
    status_code=201,
    response_model=NewcomerView,
    responses=answers(401, 403, 404, 409, 422),
)
def dismiss(
    db: InTransaction, reservation_id: Id, newcomer_id: NewcomerId, caller: Booker, key: IdempotencyKey
) -> Response:
    """Leave them out; they are not written to, and nothing that they answer later is asked about."""

    def do() -> Response:
        return _shown(admitting.dismiss(db, reservation_id, newcomer_id, by=caller.actor, now=datetime.now(UTC)))

    return once(db, key, do)


def _shown(newcomer: Newcomer) -> Response:
    view = NewcomerView.model_validate(newcomer, from_attributes=True)
    return Response(view.model_dump_json(), 201, media_type="application/json")
