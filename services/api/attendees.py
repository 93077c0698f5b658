"""The people of a reservation or session: who is invited, and what they answered."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field, TypeAdapter
from sqlalchemy import select

from services.api.access import Anyone, Booker
from services.api.answer_schemas import HeardAnswer
from services.api.outputs import AttendeeView, DateAnswerView
from services.api.preferences import IdempotencyKey
from services.api.problems import answers
from services.api.reservations import Id, inside
from services.api.schemas import Attendees, Strict
from services.api.transactions import InTransaction, Reading, once
from shared import programme
from shared.answering import telephone
from shared.store.answers import DateAnswer
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.reservations import Reservation

router = APIRouter(prefix="/reservations/{reservation_id}/attendees", tags=["attendees"])
AttendeeId = Annotated[int, Path(ge=1, lt=2**63)]
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
def take_off(db: InTransaction, reservation_id: Id, attendee_id: AttendeeId, caller: Booker) -> Response:
    """Take somebody off the list; they get a cancellation, the others nothing."""
    programme.take_off(db, reservation_id, attendee_id, by=caller.actor, now=datetime.now(UTC))
    return Response(status_code=204)


@router.post(
    "/{attendee_id}/answer",
    status_code=201,
    response_model=AttendeeView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def answer(
    db: InTransaction,
    reservation_id: Id,
    attendee_id: AttendeeId,
    heard: HeardAnswer,
    caller: Booker,
    key: IdempotencyKey,
) -> Response:
    """Note what somebody said on the telephone; a mail that they wrote before that changes it no more."""

    def do() -> Response:
        said = telephone.Heard(heard.partstat, heard.comment, heard.only_this_date)
        now = datetime.now(UTC)
        person = telephone.answer_for(db, reservation_id, attendee_id, said, by=caller.actor, now=now)
        view = _view(person, _dates(db, person.reservation_id)[person.id])
        return Response(view.model_dump_json(), 201, media_type="application/json")

    return once(db, key, do)


def _dates(db: Db, list_id: int) -> Mapping[int, list[DateAnswer]]:
    """What each person of a list answered to dates of a series."""
    rows = db.scalars(
        select(DateAnswer)
        .join(Attendee, Attendee.id == DateAnswer.attendee_id)
        .where(Attendee.reservation_id == list_id)
        .order_by(DateAnswer.recurs_at)
    )
    found: defaultdict[int, list[DateAnswer]] = defaultdict(list)
    for row in rows:
        found[row.attendee_id].append(row)
    return found


def _view(person: Attendee, dates: list[DateAnswer]) -> AttendeeView:
    own = {name: getattr(person, name) for name in AttendeeView.model_fields if name != "dates"}
    return AttendeeView(**own, dates=[DateAnswerView.model_validate(date, from_attributes=True) for date in dates])


def _listed(db: Db, reservation_id: int, status: int) -> Response:
    list_id = db.get_one(Reservation, reservation_id).list_id(db)
    people = db.scalars(
        select(Attendee).where(Attendee.reservation_id == list_id, Attendee.removed_at.is_(None)).order_by(Attendee.id)
    )
    dates = _dates(db, list_id)
    views = [_view(person, dates[person.id]) for person in people]
    return Response(ATTENDEES.dump_json(views), status, media_type="application/json")
