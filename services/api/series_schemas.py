"""What goes in and out of the API around series."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.api.outputs import ReservationView
from services.api.schemas import (
    Day,
    Equipment,
    Layout,
    Line,
    People,
    Resources,
    Strict,
    Time,
    Wanted,
    Words,
    Zone,
)
from shared.domain.errors import InvalidInputError
from shared.domain.occurrences import MOST_OCCURRENCES
from shared.domain.recurrence import Recurrence
from shared.domain.slots import LONGEST, known_zone
from shared.recurring import SeriesChange

Rule = Annotated[str, Field(min_length=1, max_length=500, examples=["FREQ=WEEKLY;BYDAY=TU;UNTIL=20280630"])]
Dates = Annotated[list[Day], Field(max_length=MOST_OCCURRENCES)]


def _as_validation(error: InvalidInputError) -> PydanticCustomError:
    return PydanticCustomError("series", "{reason}", {"reason": error.message, "code": error.code})


class NewSeries(Wanted):
    """A series of reservations on the wall clock of `zone`: a weekly 09:00 stays 09:00 across the clock change."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "Club webradio",
                    "resources": ["flexi-16"],
                    "start": "2027-09-07T14:00",
                    "end": "2027-09-07T16:00",
                    "zone": "Europe/Paris",
                    "rule": "FREQ=WEEKLY;UNTIL=20280620",
                    "skip": ["2027-10-26", "2027-11-02"],
                    "on_conflict": "propose",
                }
            ]
        },
    )

    start: Time
    end: Time
    zone: Zone
    rule: Annotated[Rule, Field(description="an RRULE value (RFC 5545): daily, weekly or monthly")]
    skip: Annotated[Dates, Field(description="dates to leave out")] = Field(default_factory=list)
    on_conflict: Annotated[
        Literal["all", "skip", "propose", "wait"],
        Field(description="all or nothing; skip the dates that are taken; take another room or time for them; or wait"),
    ] = "all"

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence.parse(self.rule)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @model_validator(mode="after")
    def _is_on_the_wall_clock(self) -> "NewSeries":
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("a series has wall-clock times, without offset, and a zone")
        if not timedelta() < self.length <= LONGEST:
            raise ValueError("an occurrence ends after it starts, within 366 days")
        try:
            known_zone(self.zone)
            _ = self.recurrence
        except InvalidInputError as error:
            raise _as_validation(error) from error
        return self


class ChangedSeries(Strict):
    """What is to become different, for all dates or from `since` on; what is left out stays."""

    since: Annotated[Day | None, Field(description="this date and later ones; all when left out")] = None
    title: Line | None = None
    note: Words | None = None
    start: Annotated[time | None, Field(description="on the wall clock", examples=["14:00"])] = None
    end: Annotated[time | None, Field(description="on the wall clock; after the start, on the same day")] = None
    days_later: Annotated[int, Field(ge=-366, le=366, description="move each date by so many days")] = 0
    resources: Resources | None = None
    people: People | None = None
    layout: Layout | None = None
    equipment: Equipment | None = None
    override: Words = ""

    @model_validator(mode="after")
    def _start_and_end_together(self) -> "ChangedSeries":
        if (self.start is None) != (self.end is None):
            raise ValueError("give start and end together")
        if self.start and self.end and (self.start.tzinfo or self.end.tzinfo):
            raise ValueError("give times of the wall clock, without offset")
        if self.start and self.end and self.end <= self.start:
            raise ValueError("the end comes after the start")
        return self

    def change(self, override: str) -> SeriesChange:
        words = {name: value for name in ("title", "note") if (value := getattr(self, name)) is not None}
        length = None
        if self.start and self.end:
            day = date(2000, 1, 1)
            length = datetime.combine(day, self.end) - datetime.combine(day, self.start)
        return SeriesChange(
            since=self.since,
            start=self.start,
            length=length,
            days_later=self.days_later,
            resources=tuple(self.resources) if self.resources is not None else None,
            people=self.people,
            layout=self.layout,
            quantities=self.equipment,
            words=words,
            override=override,
        )


class SeriesEnd(Strict):
    """From which date on, and why; all dates that have not begun when it is left out."""

    since: Day | None = None
    reason: Words = ""


class ReturningDate(Strict):
    """A date of the rule that was skipped, refused or cancelled, asked for again."""

    date: Day


class SeriesView(BaseModel):
    """A series with what became of each of its dates, in order."""

    id: int
    title: str | None
    rule: str
    start: str = Field(description="the first start, on the wall clock of `zone`", examples=["2027-09-07T14:00"])
    length_minutes: int
    zone: str
    on_conflict: str
    skipped: list[date]
    split_from: int | None = Field(description="the series that goes on in this one")
    goes_on_in: list[int] = Field(description="the series that go on from a date of this one")
    created_at: AwareDatetime
    dates: list[ReservationView]
