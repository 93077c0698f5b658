"""Rooms and other resources: what there is, when it is taken, and how coordinators change it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.api.access import Anyone, Booker, Caller
from services.api.outputs import ConflictView
from services.api.preferences import IdempotencyKey
from services.api.problems import answers
from services.api.room_schemas import (
    ChangedRoomView,
    LayoutView,
    NewRoom,
    RoomBusyView,
    RoomChange,
    RoomView,
    Span,
)
from services.api.schemas import Slug
from services.api.transactions import InTransaction, Reading, once
from services.api.views import conflict_view, untitled_for
from shared import furnishing
from shared.availability import conflicts_behind
from shared.domain.refusals import ROOM_TAKEN, Conflict, Refusal
from shared.free_busy import BusyQuestion, busy_json
from shared.house import House, house_of
from shared.store.base import Db
from shared.store.places import Resource, resources_named

router = APIRouter(prefix="/rooms", tags=["rooms"])


@router.get("", response_model=list[RoomView], responses=answers(401))
def index(db: Reading, caller: Anyone) -> list[RoomView]:
    """The rooms, trainers and equipment of the site; seats that are only assumed say so."""
    house = house_of(db, caller.site_id)
    return [_view(house, resource) for resource in house.resources.values()]


@router.post("", status_code=201, response_model=RoomView, responses=answers(401, 403, 413, 422))
def add(db: InTransaction, room: NewRoom, caller: Booker, key: IdempotencyKey) -> Response:
    """Add a room, rooms that combine, equipment or a trainer, to be booked at once; for coordinators."""

    def do() -> Response:
        added = furnishing.add(db, room.new, by=caller.actor, now=datetime.now(UTC))
        house = house_of(db, caller.site_id)
        return Response(_view(house, added).model_dump_json(), 201, media_type="application/json")

    return once(db, key, do)


@router.patch("/{slug}", response_model=ChangedRoomView, responses=answers(401, 403, 404, 409, 413, 422))
def change(db: InTransaction, slug: Annotated[Slug, Path()], wanted: RoomChange, caller: Booker) -> ChangedRoomView:
    """Change what is named; for coordinators. Nothing that is booked is touched, and the answer says whom it concerns.

    Without If-Match: what is not named stays, and before and after are on record.
    """
    altered = furnishing.alter(db, slug, wanted.alteration, by=caller.actor, now=datetime.now(UTC))
    shown = _view(house_of(db, caller.site_id), altered.resource)
    return ChangedRoomView(**shown.model_dump(), concerned=_concerned(db, altered, caller))


@router.get("/free-busy", response_model=list[RoomBusyView], responses=answers(401, 422))
def free_busy(db: Reading, caller: Anyone, span: Annotated[Span, Query()]) -> Response:
    """When each room is taken, in order, from setting up to clearing; a partner sees times only."""
    slugs = [r.slug for r in resources_named(db, caller.site_id, span.room)] if span.room else None
    question = BusyQuestion(
        caller.site_id,
        span.slot,
        slugs,
        kinds=("room", "trainer", "equipment") if slugs else ("room",),
        is_inside=not caller.is_partner,
        person_id=caller.identity.person_id,
        untitled=untitled_for(db, caller),
    )
    return Response(busy_json(db, question), media_type="application/json")


def _view(house: House, resource: Resource) -> RoomView:
    policy = house.wanted(resource.id).policy
    return RoomView(
        id=resource.id,
        slug=resource.slug,
        name=resource.name,
        kind=resource.kind,
        seats=resource.seats,
        seats_are_assumed=resource.seats_are_assumed,
        is_open=resource.is_open,
        quantity=resource.quantity,
        parts=[house.resources[id_].slug for id_ in resource.part_ids],
        layouts=[
            LayoutView(slug=slug, name=layout.name, name_en=layout.name_en or layout.name, seats=layout.seats)
            for slug, layout in policy.layouts.items()
        ],
        default_layout=policy.default_layout,
        safety_limit=policy.safety_limit,
        setup_minutes=policy.setup_minutes,
        clearing_minutes=policy.clearing_minutes,
    )


def _concerned(db: Db, altered: furnishing.Altered, caller: Caller) -> list[ConflictView]:
    conflicts = tuple(Conflict(altered.resource.id, id_) for id_ in altered.concerned)
    house = house_of(db, caller.site_id)
    return [conflict_view(row, caller, house) for row in conflicts_behind(db, Refusal(ROOM_TAKEN, conflicts=conflicts))]
