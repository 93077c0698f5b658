"""Rooms and other resources, and when they are taken."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import select

from services.api.access import Anyone
from services.api.outputs import RoomBusyView, RoomView
from services.api.problems import answers
from services.api.schemas import Slug, Strict, Time, Zone
from services.api.transactions import Reading
from shared.availability import BusyQuestion, busy_json
from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot, instant
from shared.store.places import Resource, resources_named

MOST_DAYS = 100

router = APIRouter(prefix="/rooms", tags=["rooms"])


class Span(Strict):
    """A stretch of time, and which resources."""

    start: Annotated[Time, Field(alias="from")]
    end: Annotated[Time, Field(alias="to")]
    zone: Zone | None = None
    room: Annotated[
        list[Slug], Field(max_length=50, description="may be repeated; all rooms when left out", default_factory=list)
    ]

    @property
    def slot(self) -> Slot:
        slot = Slot(instant(self.start, self.zone), instant(self.end, self.zone))
        if slot.length > timedelta(days=MOST_DAYS):
            raise InvalidInputError(f"Ask for {MOST_DAYS} days at most.", code="span_too_long")
        return slot


@router.get("", response_model=list[RoomView], responses=answers(401))
def index(db: Reading, caller: Anyone) -> list[RoomView]:
    """The rooms, trainers and equipment of the site; seats that are only assumed say so."""
    resources = db.scalars(select(Resource).where(Resource.site_id == caller.site_id).order_by(Resource.id))
    return [RoomView.model_validate(resource, from_attributes=True) for resource in resources]


@router.get(
    "/free-busy",
    response_model=list[RoomBusyView],
    responses=answers(401, 422),
)
def free_busy(db: Reading, caller: Anyone, span: Annotated[Span, Query()]) -> Response:
    """When each room is taken, in order; a partner sees times only."""
    slugs = [r.slug for r in resources_named(db, caller.site_id, span.room)] if span.room else None
    kinds = ("room", "trainer", "equipment") if slugs else ("room",)
    question = BusyQuestion(caller.site_id, span.slot, slugs, kinds, sees_titles=not caller.is_partner)
    return Response(busy_json(db, question), media_type="application/json")
