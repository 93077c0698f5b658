"""Reservations: ask, read, change, give back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.api.access import Anyone, Booker, Caller
from services.api.audit import history_of
from services.api.listing import Filters, Listing, list_reservations
from services.api.outputs import EventView, ReservationPage, ReservationView
from services.api.preferences import IdempotencyKey, Version, Wait, etag
from services.api.problems import answers, language_of, problem
from services.api.schemas import NewReservation, Reason, ReservationChange, Wanted
from services.api.transactions import InTransaction, Reading, once
from services.api.views import is_inside, refusal_members, rows_of, seen_by, view
from shared import behalf, booking
from shared.domain.errors import CreneauError, NotAllowedError
from shared.domain.slots import Slot
from shared.domain.states import State
from shared.store.base import Db, reading, transaction
from shared.store.idempotency import Key

router = APIRouter(prefix="/reservations", tags=["reservations"])

CONFIRMED: dict[int | str, dict[str, Any]] = {201: {"model": ReservationView, "description": "Confirmed in time"}}
MOVING: dict[int | str, dict[str, Any]] = {
    202: {"model": ReservationView, "description": "The old slot holds meanwhile"}
}

Id = Annotated[int, Path(ge=1, lt=2**63)]


@router.post(
    "",
    status_code=202,
    response_model=ReservationView,
    responses=answers(401, 403, 409, 413, 422) | CONFIRMED,
)
async def ask(request: Request, wish: NewReservation, caller: Booker, key: IdempotencyKey, wait: Wait) -> Response:
    """Ask for rooms over a slot; 202 until it is decided, or with `Prefer: wait=N` 201 or 409 once it is."""
    owner_id = await asyncio.to_thread(_owner, wish.on_behalf_of, caller) if wish.on_behalf_of else None
    reservation_id = await request.app.state.intake.submit(wish_of(wish, caller, key, owner_id))
    if wait:
        await request.app.state.decisions.wait(reservation_id, wait)
    row = await request.app.state.reader.submit(reservation_id)
    return await answered(request, row, caller, wait, confirmed=201)


@router.get("", response_model=ReservationPage, responses=answers(401, 422))
def index(request: Request, db: Reading, caller: Anyone, filters: Filters) -> Response:
    """The reservations of the site in order of time; a partner's list holds those that they are invited to."""
    page: Listing = list_reservations(db, caller, filters)
    headers = {}
    if page.next:
        address = request.url.include_query_params(cursor=page.next)
        headers["Link"] = f'<{address}>; rel="next"'
    body = ReservationPage(items=page.items, next=page.next)
    return Response(body.model_dump_json(), headers=headers, media_type="application/json")


@router.get(
    "/{reservation_id}",
    response_model=ReservationView,
    responses=answers(401, 404, 422),
)
def show(db: Reading, caller: Anyone, reservation_id: Id) -> Response:
    """One reservation; its ETag is what If-Match wants."""
    row = seen_by(db, reservation_id, caller)
    return shown(row, caller, 200)


@router.patch(
    "/{reservation_id}",
    response_model=ReservationView,
    responses=answers(401, 403, 404, 409, 412, 413, 422, 428) | MOVING,
)
async def change(
    request: Request, reservation_id: Id, wanted: ReservationChange, caller: Booker, version: Version, wait: Wait
) -> Response:
    """Change words at once, and ask for another time or other rooms; a move that is refused changes nothing."""
    request.app.state.decisions.will_change(reservation_id)
    waits = await asyncio.to_thread(_change, reservation_id, wanted, caller, version)
    request.app.state.bell.for_moves()
    if wait and waits:
        await request.app.state.decisions.wait(reservation_id, wait)
    row = await request.app.state.reader.submit(reservation_id)
    return await answered(request, row, caller, wait, confirmed=200, asked_to_move=waits)


@router.post(
    "/{reservation_id}/cancellation",
    status_code=201,
    response_model=ReservationView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def cancel(db: InTransaction, reservation_id: Id, why: Reason, caller: Booker, key: IdempotencyKey) -> Response:
    """Give a reservation back; its slot is free at once, and everybody who was invited is told."""

    def do() -> Response:
        booking.cancel(db, reservation_id, reason=why.reason, by=caller.actor, now=datetime.now(UTC))
        db.flush()
        row = seen_by(db, reservation_id, caller)
        return shown(row, caller, 201)

    return once(db, key, do)


@router.get(
    "/{reservation_id}/history",
    response_model=list[EventView],
    responses=answers(401, 403, 404, 422),
)
def history(request: Request, db: Reading, caller: Anyone, reservation_id: Id) -> list[EventView]:
    """The story of a reservation, in order; for its owner and coordinators."""
    inside(db, reservation_id, caller)
    return history_of(db, reservation_id, caller, language_of(request))


def wish_of(wanted: NewReservation, caller: Caller, key: Key | None, owner_id: int | None) -> booking.Wish:
    wish = wish_at(wanted.slot, wanted, caller, key, owner_id)
    return replace(wish, on_conflict=wanted.if_taken, option_until=wanted.option)


def wish_at(slot: Slot, wanted: Wanted, caller: Caller, key: Key | None, owner_id: int | None) -> booking.Wish:
    """What every request says of itself, for that time."""
    return booking.Wish(
        by=caller.actor,
        title=wanted.title,
        note=wanted.note,
        people=wanted.people,
        layout=wanted.layout,
        quantities=wanted.equipment,
        slot=slot,
        resources=tuple(wanted.resources),
        invitees=tuple(attendee.invitee for attendee in wanted.attendees),
        key=key,
        owner_id=owner_id,
        override=overriding(wanted.override, caller),
    )


def overriding(reason: str, caller: Caller) -> str:
    """The reason, from somebody who may set rules aside."""
    if reason and not caller.is_coordinator:
        raise NotAllowedError("Only a coordinator may set rules of the house aside.")
    return reason


def inside(db: Db, reservation_id: int, caller: Caller) -> Any:
    """The reservation, for its owner or a coordinator; raises NotFoundError or NotAllowedError."""
    row = seen_by(db, reservation_id, caller)
    if not is_inside(row, caller):
        raise NotAllowedError("Only who asked for a reservation, or a coordinator, sees its people, mails and history.")
    return row


def _owner(address: str, caller: Caller) -> int:
    with reading() as db:
        return behalf.owner(db, address, by=caller.actor).id


def take_in(wishes: Sequence[booking.Wish]) -> list[int | CreneauError]:
    """The work of the intake: all wishes that came meanwhile, in one transaction."""
    with transaction() as db:
        return booking.request(db, wishes, now=datetime.now(UTC))


def read(ids: Sequence[int]) -> list[Any]:
    """The work of the reader: the row of each id, for whoever asked for it or changed it."""
    with reading() as db:
        rows = rows_of(db, ids, None)
        return [rows[id_] for id_ in ids]


def _change(reservation_id: int, wanted: ReservationChange, caller: Caller, version: int | None) -> bool:
    """Whether a move now waits to be decided."""
    asked = booking.Change(
        slot=wanted.slot,
        resources=tuple(wanted.resources) if wanted.resources is not None else None,
        title=wanted.title,
        note=wanted.note,
        people=wanted.people,
        layout=wanted.layout,
        quantities=wanted.equipment,
        override=overriding(wanted.override, caller),
    )
    with transaction() as db:
        reservation = booking.change(db, reservation_id, asked, version=version, by=caller.actor, now=datetime.now(UTC))
        return reservation.turn is not None


async def answered(
    request: Request,
    row: Any,
    caller: Caller,
    wait: float,
    *,
    confirmed: int,
    asked_to_move: bool = True,
) -> Response:
    """202 while it waits; then 409 with the reasons when it was refused, else `confirmed`."""
    is_waiting = row.state == State.REQUESTED or row.wanted_starts_at is not None
    if asked_to_move and wait and not is_waiting and row.refusal is not None:
        return await refused(request, row, caller)
    answer = shown(row, caller, 202 if is_waiting or (asked_to_move and not wait) else confirmed)
    if wait and not is_waiting:
        answer.headers["Preference-Applied"] = "wait"
    if is_waiting:
        answer.headers["Retry-After"] = "1"
    return answer


async def refused(request: Request, row: Any, caller: Caller) -> Response:
    """The 409 that explains a refusal: why, what stands in the way, and what is free instead."""
    members = await asyncio.to_thread(_members, row.id, caller, language_of(request))
    return problem(
        409,
        members.pop("code"),
        members.pop("detail"),
        headers={"Location": f"/api/reservations/{row.id}", "Preference-Applied": "wait"},
        members=members | {"reservation": view(row, caller).model_dump(mode="json")},
    )


def _members(reservation_id: int, caller: Caller, language: str) -> dict[str, Any]:
    with transaction() as db:
        return refusal_members(db, reservation_id, caller, language, datetime.now(UTC))


def shown(row: Any, caller: Caller, status: int) -> Response:
    return Response(
        view(row, caller).model_dump_json(),
        status,
        headers={"Location": f"/api/reservations/{row.id}", "ETag": etag(row.version)},
        media_type="application/json",
    )
