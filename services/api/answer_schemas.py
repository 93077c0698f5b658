"""What goes in and comes out about answers: proposals, newcomers, aliases, and what somebody said on the telephone."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from services.api.outputs import AlternativeView, FindingView
from services.api.schemas import Address, Strict, Words


class HeardAnswer(Strict):
    """What somebody on the list said otherwise than by mail."""

    partstat: Literal["ACCEPTED", "DECLINED", "TENTATIVE"]
    comment: Annotated[Words, Field(max_length=2000)] = ""
    only_this_date: Annotated[
        bool, Field(description="of a series: the date that this reservation is; else the whole of it")
    ] = False


class Admission(Strict):
    """Admit somebody to the list."""

    as_attendee: Annotated[
        int | None,
        Field(
            ge=1,
            lt=2**63,
            description="they are this person of the list, who answers from their address, too, from now on",
        ),
    ] = None


class NewAlias(Strict):
    """Another address from which somebody answers, or their secretary's."""

    address: Address
    means: Annotated[Address, Field(description="the address that is invited")]


class AliasView(BaseModel):
    id: int
    address: str
    means: str


class ProposerView(BaseModel):
    id: int
    address: str
    name: str


class ProposalView(BaseModel):
    """Another time that somebody on the list proposes."""

    id: int
    reservation: int = Field(description="the reservation, or date of a series, that would move")
    recurs_at: AwareDatetime | None = Field(description="for a date of a series: the start that its rule gave it")
    attendee: ProposerView
    start: AwareDatetime
    end: AwareDatetime
    comment: str
    state: Literal["open", "being_decided", "accepted", "declined", "superseded"]
    is_free: bool | None = Field(description="whether it could be had when it came")
    obstacle: FindingView | None = Field(description="why not")
    alternatives: list[AlternativeView] = Field(description="what was free instead when it came; no promise")
    created_at: AwareDatetime
    decided_at: AwareDatetime | None


class NewcomerView(BaseModel):
    """Somebody who answered without being on the list."""

    id: int
    address: str
    name: str
    partstat: str = Field(description="their answer to the whole; NEEDS-ACTION: they answered for dates of it only")
    dates: dict[str, str] = Field(description="their answers to dates of a series, by their original starts")
    comment: str
    delegated_from: str = Field(description="in whose place, as they say")
    speaks_for: str = Field(description="whom of the list their mail named: they may be the same person")
    state: Literal["open", "admitted", "dismissed"]
    created_at: AwareDatetime
    decided_at: AwareDatetime | None
