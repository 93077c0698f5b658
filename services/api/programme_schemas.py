"""What goes in and out of the API around activities and sessions."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from services.api.outputs import ReservationView
from services.api.schemas import Attendees, Line, People, ReservationChange, Slug, Strict, When, Words
from shared import programme

Kind = Literal["training", "lab", "certification", "highlight", "festival", "meeting", "loan"]


class NewSession(When):
    """One meeting: onsite in `resources`, or elsewhere or online, which `where` says in words."""

    title: Annotated[str, Field(max_length=0)] | Line = ""
    place: Literal["onsite", "elsewhere", "online"] = "onsite"
    where: Annotated[str, Field(max_length=0)] | Line = ""
    resources: Annotated[list[Slug], Field(max_length=20)] = Field(default_factory=list)
    people: People = 0
    attendees: Attendees = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_a_place(self) -> "NewSession":
        if self.place == "onsite" and not self.resources:
            raise ValueError("an onsite session needs resources")
        if self.place != "onsite" and not self.where:
            raise ValueError("a session elsewhere or online needs `where`")
        return self

    @property
    def meeting(self) -> programme.Meeting:
        return programme.Meeting(
            slot=self.slot,
            title=self.title,
            place=self.place,
            where=self.where,
            resources=tuple(self.resources),
            people=self.people,
            invitees=tuple(attendee.invitee for attendee in self.attendees),
        )


Public = Annotated[
    bool, Field(description="whether title, times and places are shown on the public pages, to everybody")
]


class NewActivity(Strict):
    """An activity with its sessions, each of which is decided by itself."""

    kind: Kind
    title: Line
    description: Words = ""
    partner: Annotated[Line | None, Field(description="the name of an organisation that is known here")] = None
    is_public: Public = False
    sessions: Annotated[list[NewSession], Field(max_length=200)] = Field(default_factory=list)


class ActivityChange(Strict):
    title: Line | None = None
    description: Words | None = None
    is_public: Public | None = None


class SessionChange(ReservationChange):
    """As for a reservation; `where` for a session elsewhere or online."""

    where: Line | None = None


class SessionView(BaseModel):
    id: int
    place: str
    where: str
    reservation: ReservationView


class ActivityView(BaseModel):
    id: int
    kind: Kind
    title: str
    description: str
    partner: str | None
    created_at: AwareDatetime
    cancelled_at: AwareDatetime | None
    version: int
    is_public: bool
    sessions: list[SessionView]


class ActivityPage(BaseModel):
    items: list[ActivityView]
    next: str | None
