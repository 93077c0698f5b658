"""Finding a room: what is looked for, and ranked answers with their reasons."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select

from services.api.access import Booker
from services.api.outputs import ResourceView
from services.api.problems import answers, language_of
from services.api.schemas import Day, Equipment, Layout, People, Slug, Strict
from services.api.transactions import Reading
from shared.domain.finding import Answer, Days, Part
from shared.finding import Sought, find_rooms
from shared.store.places import Resource

router = APIRouter(tags=["search"])

MOST_DAYS = 366
PartName = Literal["morning", "afternoon", "evening", "day"]
HALF_DAYS: tuple[PartName, ...] = ("morning", "afternoon")
# the parts of a day as the Atelier counts them
PARTS = {
    "morning": Part("morning", time(9), time(12)),
    "afternoon": Part("afternoon", time(13, 30), time(17)),
    "evening": Part("evening", time(18), time(21)),
    "day": Part("day", time(9), time(17)),
}


class Search(Strict):
    """What is looked for: 'three half-days before 15 June, mornings, same room'."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"people": 12, "sessions": 3, "parts": ["morning"], "from": "2027-05-01", "before": "2027-06-15"}
            ]
        },
    )

    people: People = 0
    layout: Layout = ""
    equipment: Equipment = Field(default_factory=dict)
    trainers: Annotated[list[Slug], Field(max_length=10)] = Field(default_factory=list)
    sessions: Annotated[int, Field(ge=1, le=40, description="how many meetings")] = 1
    minutes: Annotated[
        int | None, Field(ge=5, le=1440, description="how long each is; a whole part of the day when left out")
    ] = None
    parts: Annotated[list[PartName], Field(min_length=1, max_length=4)] = Field(default_factory=lambda: [*HALF_DAYS])
    first: Annotated[Day, Field(alias="from", description="the first day")]
    before: Annotated[Day, Field(description="the day before which all of it is over")]
    weekdays: Annotated[
        list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7, description="1 is Monday; all when left out")
    ] = Field(default_factory=list)
    same_room: bool = True
    distinct_days: bool = True
    most: Annotated[int, Field(ge=1, le=20)] = 5

    @model_validator(mode="after")
    def _is_a_span(self) -> "Search":
        if not 0 < (self.before - self.first).days <= MOST_DAYS:
            raise ValueError(f"`before` comes after `from`, within {MOST_DAYS} days")
        return self

    def sought(self, zone: ZoneInfo) -> Sought:
        return Sought(
            days=Days(
                first=self.first,
                before=self.before,
                parts=tuple(PARTS[name] for name in dict.fromkeys(self.parts)),
                zone=zone,
                weekdays=frozenset(day - 1 for day in self.weekdays) or frozenset(range(7)),
            ),
            people=self.people,
            sessions=self.sessions,
            length=timedelta(minutes=self.minutes) if self.minutes else None,
            layout=self.layout,
            equipment=self.equipment,
            trainers=self.trainers,
            is_in_one_room=self.same_room,
            is_on_distinct_days=self.distinct_days,
        )


class MeetingView(BaseModel):
    room: ResourceView
    start: AwareDatetime
    end: AwareDatetime
    layout: str


class ReasonView(BaseModel):
    code: str
    sentence: str


class FoundView(BaseModel):
    """One answer: all its meetings, how good it is (1000 at most), and why it stands where it stands."""

    meetings: list[MeetingView]
    score: int
    reasons: list[ReasonView]


@router.post("/search", response_model=list[FoundView], responses=answers(401, 403, 413, 422))
def search(db: Reading, wanted: Search, caller: Booker, request: Request) -> list[FoundView]:
    """Rooms that are free for so many meetings, the best first; nothing is promised or held."""
    sought = wanted.sought(ZoneInfo(caller.identity.zone))
    found = find_rooms(
        db, caller.site_id, sought, by=caller.identity.person_id, now=datetime.now(UTC), most=wanted.most
    )
    ids = {id_ for answer in found for id_ in answer.room_ids}
    rows = db.execute(select(Resource.id, Resource.slug, Resource.name).where(Resource.id.in_(ids)))
    rooms = {row.id: ResourceView(slug=row.slug, name=row.name) for row in rows}
    return [_view(answer, rooms, language_of(request)) for answer in found]


def _view(answer: Answer, rooms: dict[int, ResourceView], language: str) -> FoundView:
    return FoundView(
        meetings=[
            MeetingView(room=rooms[m.room_id], start=m.slot.start, end=m.slot.end, layout=m.layout)
            for m in answer.meetings
        ],
        score=answer.score,
        reasons=[ReasonView(code=reason.code, sentence=reason.sentence(language)) for reason in answer.reasons],
    )
