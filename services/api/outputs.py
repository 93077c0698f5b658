"""What comes out of the API, as its document describes it; names are those of DESIGN's words."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from shared.domain.states import State


class ResourceView(BaseModel):
    slug: str
    name: str


class PersonView(BaseModel):
    id: int
    name: str


class MoveView(BaseModel):
    """The time and rooms asked for; until they are decided the old ones hold."""

    start: AwareDatetime
    end: AwareDatetime
    resources: list[ResourceView]
    people: int
    layout: str


class FindingView(BaseModel):
    """What a rule of the house had to say, in both languages."""

    code: str
    fr: str
    en: str


class ReservationView(BaseModel):
    """A reservation, as much of it as the caller may see."""

    id: int
    state: State
    title: str | None = Field(description="null for who is neither its owner nor a coordinator, by policy of its rooms")
    note: str | None = Field(description="for its owner and coordinators")
    start: AwareDatetime
    end: AwareDatetime
    resources: list[ResourceView]
    people: int
    layout: str
    equipment: dict[str, int]
    requested_by: PersonView
    session: int | None = Field(description="the session it belongs to, if any")
    series: int | None = Field(description="the series of which it is a date, if any")
    recurs_at: AwareDatetime | None = Field(description="the start that the rule of the series gave it")
    hold: Literal["approval", "option", "offer"] | None = Field(
        description="for a tentative one: it awaits a coordinator, or its owner's confirmation"
    )
    hold_until: AwareDatetime | None
    version: int
    created_at: AwareDatetime
    decided_at: AwareDatetime | None
    refusal: str | None = Field(description="the code of the last refusal, of the request or of a move")
    findings: list[FindingView] = Field(description="rules that warn, or for which a coordinator has to approve it")
    moving_to: MoveView | None


class ReservationPage(BaseModel):
    items: list[ReservationView]
    next: str | None = Field(description="the cursor of the next page; the Link header has its whole address")


class ConflictView(BaseModel):
    room: ResourceView
    start: AwareDatetime
    end: AwareDatetime
    reservation: int | None
    title: str | None
    requested_by: str | None


class AlternativeView(BaseModel):
    """Rooms that were free a moment ago, and why they are proposed; no promise."""

    resources: list[ResourceView]
    start: AwareDatetime
    end: AwareDatetime
    layout: str = Field(description="which to ask for; empty for the usual one")
    reason: str
    sentence: str


class DateAlternativesView(BaseModel):
    """What could be had instead for one date of a series."""

    start: AwareDatetime
    end: AwareDatetime
    alternatives: list[AlternativeView]


class PlanView(BaseModel):
    """A way to have the whole series: each of its dates, with what would be asked for."""

    reason: str
    sentence: str
    dates: list[AlternativeView]


class DateAnswerView(BaseModel):
    """What somebody was asked, or answered, for one date of a series by itself."""

    recurs_at: AwareDatetime = Field(description="the start that the rule of the series gave the date")
    partstat: str
    answered_at: AwareDatetime | None
    comment: str
    delegated_to: str


class AttendeeView(BaseModel):
    """Somebody on the list, and what they answered: to the whole, and to dates of a series for themselves."""

    id: int
    address: str
    name: str
    language: Literal["fr", "en"]
    role: str
    partstat: str
    answered_at: AwareDatetime | None
    comment: str
    delegated_to: str
    undeliverable_at: AwareDatetime | None = Field(description="since when no mail reaches them, as far as is known")
    undeliverable_reason: str
    dates: list[DateAnswerView] = Field(description="dates with an answer of their own; all others have `partstat`")


class EventView(BaseModel):
    """One thing that happened to a reservation."""

    id: int
    type: str
    data: dict[str, object]
    sentence: str = Field(description="the same as a sentence of the story, in the caller's language")
    by: str | None = Field(description="null for Créneau itself")
    on_behalf_of: str | None = Field(description="for whom, when not for themselves")
    source: str | None = Field(description="whence: for coordinators, and of what one did oneself")
    reason: str = Field(description="why, as somebody said; of a refusal, in the caller's language")
    recorded_at: AwareDatetime
    correlation_id: str


class DeliveryView(BaseModel):
    """One mail of the ledger."""

    id: int
    reservation: int | None = Field(description="null for what a room answers to a stranger, who has none")
    method: str
    sequence: int
    dtstamp: AwareDatetime
    recipient: str
    subject: str
    state: str
    attempts: int
    ambiguous: int
    last_answer: str
    not_before: AwareDatetime
    created_at: AwareDatetime
    sent_at: AwareDatetime | None


class DeliveryPage(BaseModel):
    items: list[DeliveryView]
    next: str | None
