"""What goes into the API, checked and bounded; names are those of DESIGN's words."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.calendar.address import MalformedAddress, wire_address
from shared.domain.errors import InvalidInputError
from shared.domain.slots import YEARS, Slot, instant
from shared.programme import MOST_ATTENDEES
from shared.store.attendees import Invitee

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]")


def _one_line(text: str) -> str:
    """No control characters: what is a header in a mail or a property in a calendar must stay one."""
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
        raise ValueError("control characters and line breaks are not allowed here")
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


def _text(text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\r\t" for character in text):
        raise ValueError("control characters are not allowed here")
    return text.strip()


def _address(address: str) -> str:
    try:
        normalized = validate_email(address, check_deliverability=False, test_environment=True).normalized.lower()
        return wire_address(normalized)
    except (EmailNotValidError, MalformedAddress) as error:
        raise ValueError("this is not a mail address that can be written to") from error


def _time(value: object) -> object:
    # ISO text only: a number, even one in quotes, would be taken for a Unix time
    if not isinstance(value, str) or ISO.match(value) is None:
        raise ValueError("give a time as text, such as 2027-11-09T09:00:00+01:00")
    return value


def _day(day: date) -> date:
    """Far from the ends of the calendar, so that looking around it stays one."""
    if day.year not in YEARS:
        raise ValueError(f"a day lies in the years {YEARS[0]} to {YEARS[-1]}")
    return day


Day = Annotated[date, AfterValidator(_day), Field(examples=["2027-11-09"])]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Words = Annotated[str, Field(max_length=10_000), AfterValidator(_text)]
Address = Annotated[str, Field(max_length=254), AfterValidator(_address)]
Slug = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+$")]
Language = Literal["fr", "en"]
Time = Annotated[datetime, BeforeValidator(_time), Field(examples=["2027-11-09T09:00:00+01:00"])]
Zone = Annotated[str, Field(max_length=60, examples=["Europe/Paris"])]
People = Annotated[int, Field(ge=0, le=100_000)]
Resources = Annotated[list[Slug], Field(min_length=1, max_length=20)]
Layout = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9-]*$", description="how the room is to be furnished")]
Override = Annotated[Words, Field(description="a coordinator's reason to set rules of the house aside")]
Equipment = Annotated[
    dict[Slug, Annotated[int, Field(ge=1, le=1000)]],
    Field(max_length=20, description="of which equipment how many", examples=[{"tablettes": 12}]),
]


class Strict(BaseModel):
    """A request body: a field that we do not know is an error, not a wish that goes unheard."""

    model_config = ConfigDict(extra="forbid")


class NewAttendee(Strict):
    address: Address
    name: Annotated[str, Field(max_length=200)] = ""
    language: Language = "fr"
    role: Literal["CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"] = "REQ-PARTICIPANT"

    @property
    def invitee(self) -> Invitee:
        name = _one_line(self.name) if self.name.strip() else ""
        return Invitee(self.address, name, self.language, self.role)

    @model_validator(mode="after")
    def _name_is_one_line(self) -> "NewAttendee":
        if self.name.strip():
            _one_line(self.name)
        return self


def _distinct(attendees: list[NewAttendee]) -> list[NewAttendee]:
    seen: set[str] = set()
    for attendee in attendees:
        if attendee.address in seen:
            raise ValueError(f"{attendee.address} is there twice")
        seen.add(attendee.address)
    return attendees


Attendees = Annotated[list[NewAttendee], Field(max_length=MOST_ATTENDEES), AfterValidator(_distinct)]


def _checked_slot(start: datetime, end: datetime, zone: str | None) -> Slot:
    try:
        return Slot(instant(start, zone), instant(end, zone))
    except InvalidInputError as error:
        raise PydanticCustomError("slot", "{reason}", {"reason": error.message, "code": error.code}) from error


def _checked_instant(time: datetime, zone: str | None) -> datetime:
    try:
        return instant(time, zone)
    except InvalidInputError as error:
        raise PydanticCustomError("slot", "{reason}", {"reason": error.message, "code": error.code}) from error


class When(Strict):
    """A start and an end: with offsets, or as wall-clock times together with `zone`."""

    start: Time
    end: Time
    zone: Zone | None = None

    @property
    def slot(self) -> Slot:
        return _checked_slot(self.start, self.end, self.zone)

    @model_validator(mode="after")
    def _is_a_slot(self) -> "When":
        _checked_slot(self.start, self.end, self.zone)
        return self


class Wanted(Strict):
    """What somebody asks for, whenever it is to be: resources, all or none of them, and who comes."""

    title: Line
    note: Words = ""
    resources: Resources
    people: People = 0
    layout: Layout = ""
    equipment: Equipment = Field(default_factory=dict)
    attendees: Attendees = Field(default_factory=list)
    on_behalf_of: Annotated[Address | None, Field(description="book for somebody else, where policy allows")] = None
    override: Override = ""


class NewReservation(Wanted, When):
    """A request for one or more resources over one slot, all or nothing."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "Atelier maquillage de cinéma, 4e B",
                    "resources": ["flexi-36"],
                    "start": "2027-11-09T09:00:00+01:00",
                    "end": "2027-11-09T12:00:00+01:00",
                    "people": 24,
                    "attendees": [{"address": "cpe@college.example", "name": "Vie scolaire"}],
                }
            ]
        },
    )

    if_taken: Annotated[
        Literal["refuse", "wait"], Field(description="wait: stand on the waiting list when somebody came first")
    ] = "refuse"
    option_until: Annotated[
        Time | None, Field(description="hold it until then ('sous réserve'), for its owner to confirm")
    ] = None

    @property
    def option(self) -> datetime | None:
        return _checked_instant(self.option_until, self.zone) if self.option_until else None

    @model_validator(mode="after")
    def _option_is_a_time(self) -> "NewReservation":
        _ = self.option
        return self


class ReservationChange(Strict):
    """What is to become different; what is left out stays. Time and rooms are decided like a new request."""

    title: Line | None = None
    note: Words | None = None
    people: People | None = None
    layout: Layout | None = None
    equipment: Equipment | None = None
    resources: Resources | None = None
    override: Override = ""
    start: Time | None = None
    end: Time | None = None
    zone: Zone | None = None

    @property
    def slot(self) -> Slot | None:
        return _checked_slot(self.start, self.end, self.zone) if self.start and self.end else None

    @model_validator(mode="after")
    def _start_and_end_together(self) -> "ReservationChange":
        if (self.start is None) != (self.end is None):
            raise ValueError("give start and end together")
        _ = self.slot
        return self


class Reason(Strict):
    """Why, in words for the history; may be empty."""

    reason: Words = ""
