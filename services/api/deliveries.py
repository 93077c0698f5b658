"""The ledger of mails: what went to whom, what is stuck, and sending again."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy import ColumnElement, select

from services.api.access import Anyone, Booker, Caller
from services.api.outputs import DeliveryPage, DeliveryView
from services.api.preferences import IdempotencyKey
from services.api.problems import answers
from services.api.schemas import Line, Strict
from services.api.transactions import InTransaction, Reading, once
from shared.domain.errors import NotFoundError
from shared.invitations import deliver
from shared.store.base import Db
from shared.store.ledger import Delivery, DeliveryState
from shared.store.reservations import Reservation

router = APIRouter(prefix="/deliveries", tags=["deliveries"])
Id = Annotated[int, Path(ge=1, lt=2**63)]


class DeliveryFilters(Strict):
    """Which mails; what is left out does not narrow."""

    reservation: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    recipient: Annotated[Line | None, Field(max_length=254)] = None
    state: DeliveryState | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int | None, Field(ge=1, lt=2**63, description="from `next` of the page before")] = None


@router.get("", response_model=DeliveryPage, responses=answers(401, 422))
def index(request: Request, db: Reading, caller: Anyone, filters: Annotated[DeliveryFilters, Query()]) -> Response:
    """The mails, newest first: of one's own reservations, or for a coordinator all."""
    conditions = _visible(caller)
    if filters.reservation is not None:
        conditions.append(Delivery.reservation_id == filters.reservation)
    if filters.recipient is not None:
        conditions.append(Delivery.recipient == filters.recipient.lower())
    if filters.state is not None:
        conditions.append(Delivery.state == filters.state)
    if filters.cursor is not None:
        conditions.append(Delivery.id < filters.cursor)
    found = db.scalars(
        select(Delivery)
        .outerjoin(Reservation, Reservation.id == Delivery.reservation_id)
        .where(*conditions)
        .order_by(Delivery.id.desc())
        .limit(filters.limit + 1)
    ).all()
    shown = found[: filters.limit]
    following = str(shown[-1].id) if len(found) > filters.limit else None
    headers = {}
    if following:
        headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    page = DeliveryPage(items=[_view(delivery) for delivery in shown], next=following)
    return Response(page.model_dump_json(), headers=headers, media_type="application/json")


@router.get("/{delivery_id}", response_model=DeliveryView, responses=answers(401, 404, 422))
def show(db: Reading, caller: Anyone, delivery_id: Id) -> DeliveryView:
    """One mail of the ledger."""
    return _view(_seen_by(db, delivery_id, caller))


@router.get(
    "/{delivery_id}/message",
    response_class=Response,
    responses=answers(401, 404, 422) | {200: {"content": {"message/rfc822": {}}}},
)
def message(db: Reading, caller: Anyone, delivery_id: Id) -> Response:
    """The mail itself, byte for byte as it is or was sent."""
    delivery = _seen_by(db, delivery_id, caller)
    if delivery.message is None:
        raise NotFoundError("This mail is not written yet: try again in a moment.")
    return Response(delivery.message, media_type="message/rfc822")


@router.post(
    "/{delivery_id}/redelivery",
    status_code=202,
    response_model=DeliveryView,
    responses=answers(401, 403, 404, 409, 422),
)
def send_again(db: InTransaction, delivery_id: Id, caller: Booker, key: IdempotencyKey) -> Response:
    """Send the same mail again; whoever has it already sees no change."""

    def do() -> Response:
        _seen_by(db, delivery_id, caller)
        delivery = deliver.send_again(db, caller.site_id, delivery_id, now=datetime.now(UTC))
        db.flush()
        return Response(_view(delivery).model_dump_json(), 202, media_type="application/json")

    return once(db, key, do)


def _visible(caller: Caller) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Delivery.site_id == caller.site_id]
    if not caller.is_coordinator:
        conditions.append(Reservation.requested_by == caller.identity.person_id)
    return conditions


def _seen_by(db: Db, delivery_id: int, caller: Caller) -> Delivery:
    found = db.scalars(
        select(Delivery)
        .outerjoin(Reservation, Reservation.id == Delivery.reservation_id)
        .where(Delivery.id == delivery_id, *_visible(caller))
    ).first()
    if found is None:
        raise NotFoundError("There is no such delivery.")
    return found


def _view(delivery: Delivery) -> DeliveryView:
    return DeliveryView(
        id=delivery.id,
        reservation=delivery.reservation_id,
        method=delivery.method,
        sequence=delivery.sequence,
        dtstamp=delivery.dtstamp,
        recipient=delivery.recipient,
        subject=delivery.subject,
        state=delivery.state,
        attempts=delivery.attempts,
        ambiguous=delivery.ambiguous_count,
        last_answer=delivery.last_answer,
        not_before=delivery.not_before,
        created_at=delivery.created_at,
        sent_at=delivery.sent_at,
    )
