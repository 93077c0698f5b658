"""What goes in and out of the API around policies, closures, the school calendar and groups."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from services.api.schemas import Address, Day, Line, Slug, Strict, When, Words

Scope = Literal["site", "room", "group"]


class NewPolicy(Strict):
    """What is laid down: only the knobs that are to be set; docs/policies.md has them all."""

    knobs: Annotated[dict[str, Any], Field(examples=[{"lead_minutes": 120, "on_public_holidays": "forbid"}])]
    reason: Annotated[Words, Field(description="why, for the record")] = ""


class PolicyView(BaseModel):
    """A version of a policy; version 0 is that nothing was laid down yet."""

    scope: Scope
    slug: str
    version: int
    knobs: dict[str, Any]
    reason: str
    set_at: AwareDatetime | None


class NewClosure(When):
    """A time in which the site, or one resource, is not to be had."""

    resource: Annotated[Slug | None, Field(description="the whole site when left out")] = None
    reason: Line


class ClosureView(BaseModel):
    id: int
    resource: str | None
    start: AwareDatetime
    end: AwareDatetime
    reason: str


class NewSchoolHoliday(Strict):
    """A correction of the published school calendar; both days are included."""

    zone: Literal["A", "B", "C"] = "B"
    first_day: Day
    last_day: Day
    name: Line
    is_holiday: Annotated[bool, Field(description="false: the published calendar is wrong, there is school")] = True


class SchoolHolidayView(BaseModel):
    id: int
    zone: str
    first_day: date
    last_day: date
    name: str
    is_holiday: bool


class Group(Strict):
    """Who is in a group of people; nobody is in two."""

    name: Line
    people: Annotated[list[Address], Field(max_length=2000)] = Field(default_factory=list)


class GroupView(BaseModel):
    slug: str
    name: str
    people: list[str]
