"""What goes in and out of the API around rooms, equipment and trainers, and when they are taken."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from services.api.outputs import ConflictView
from services.api.schemas import Address, Line, Slug, Strict, Time, Zone
from shared import furnishing
from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot, instant
from shared.domain.states import State

MOST_DAYS = 100

Seats = Annotated[int, Field(ge=1, le=100_000)]
Quantity = Annotated[int, Field(ge=1, le=1000, description="of equipment: how many there are")]
Parts = Annotated[
    list[Slug],
    Field(max_length=20, description="of a combined room: the plain rooms that it takes", examples=[["a", "b"]]),
]


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


class NewRoom(Strict):
    """Something that can be booked: a room, rooms that combine, equipment, or a trainer with a mail address."""

    kind: Literal["room", "equipment", "trainer"] = "room"
    slug: Slug
    name: Line
    seats: Annotated[Seats | None, Field(description="of a combined room: those of its parts when left out")] = None
    quantity: Quantity | None = None
    parts: Parts = Field(default_factory=list)
    person: Annotated[Address | None, Field(description="of a trainer")] = None

    @property
    def new(self) -> furnishing.NewResource:
        return furnishing.NewResource(
            self.kind, self.slug, self.name, self.seats, self.quantity, tuple(self.parts), self.person or ""
        )


class RoomChange(Strict):
    """What is to become different; what is left out stays. Reservations that stand are not touched."""

    name: Line | None = None
    seats: Seats | None = None
    is_open: Annotated[bool | None, Field(description="false: not to be booked any more")] = None
    quantity: Quantity | None = None
    parts: Parts | None = None

    @property
    def alteration(self) -> furnishing.Alteration:
        parts = None if self.parts is None else tuple(self.parts)
        return furnishing.Alteration(self.name, self.seats, self.is_open, self.quantity, parts)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say what is to change")
        return self


class LayoutView(BaseModel):
    """One way to furnish a room; seats are those of the room where it has none of its own."""

    slug: str
    name: str
    name_en: str
    seats: int | None


class RoomView(BaseModel):
    """What can be booked, with what the policies in force say of it."""

    id: int
    slug: str
    name: str
    kind: str
    seats: int | None
    seats_are_assumed: bool
    is_open: bool
    quantity: int
    parts: list[str] = Field(description="the slugs of the rooms that a combined room takes")
    layouts: list[LayoutView]
    default_layout: str = Field(description="how it stands when nothing is said; may be empty")
    safety_limit: int | None = Field(description="null: not known")
    setup_minutes: int = Field(description="before each booking; changes of layout come on top")
    clearing_minutes: int


class ChangedRoomView(RoomView):
    concerned: list[ConflictView] = Field(
        description="who has booked what was closed, or is there when more is booked than there is now: their "
        "reservations stand, and nobody is told"
    )


class BusyView(BaseModel):
    """From setting up to clearing; `set_up_until` and the like are left out where there is nothing to say."""

    start: AwareDatetime
    end: AwareDatetime
    set_up_until: AwareDatetime | None = Field(None, description="when the meeting begins, after setting up")
    clearing_from: AwareDatetime | None = Field(None, description="when the meeting ends, before clearing")
    state: State
    hold: Literal["approval", "option", "offer"] | None = None
    layout: str | None = None
    units: int | None = Field(None, description="of equipment: how many")
    reservation: int | None
    title: str | None


class RoomBusyView(BaseModel):
    id: int
    slug: str
    name: str
    kind: str
    seats: int | None
    quantity: int
    busy: list[BusyView]
