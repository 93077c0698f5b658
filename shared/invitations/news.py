"""What one announcement tells: the entry or series now and as it was before, and what its kind of letter needs."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.domain.slots import Slot
from shared.invitations.told import Place, Told
from shared.invitations.told_series import Sentence, ToldSeries
from shared.letters.came_back import Digest
from shared.letters.facts import Outcome


class RefusedThing(BaseModel):
    """One conflict or one alternative of a refusal: rooms in words, a span, and a title where it may be seen."""

    model_config = ConfigDict(frozen=True)

    rooms: tuple[str, ...]
    start: datetime
    end: datetime
    title: str | None = None

    @classmethod
    def of(cls, rooms: tuple[str, ...], slot: Slot, title: str | None = None) -> "RefusedThing":
        return cls(rooms=rooms, start=slot.start, end=slot.end, title=title)


class Became(BaseModel):
    """When and where one date of a series takes place instead."""

    model_config = ConfigDict(frozen=True)

    start: datetime
    end: datetime
    place: str


class Fate(BaseModel):
    """One date of a series as it was known or asked for, and what became of it."""

    model_config = ConfigDict(frozen=True)

    start: datetime
    end: datetime
    place: str
    outcome: Outcome
    reason: Sentence = {}
    became: Became | None = None


class OfSeries(BaseModel):
    """What there is to say where an entry is a series, or one date of it: `one` is that date's name, its first start.

    words: when the series recurs, and did before; dates: what became of each that there is something to say about;
    whole: the calendar, where all of it is told.
    """

    model_config = ConfigDict(frozen=True)

    words: Sentence
    words_before: Sentence = {}
    one: datetime | None = None
    dates: tuple[Fate, ...] = ()
    whole: ToldSeries | None = None


class Standing(BaseModel):
    """What is held, waits or came to its end: until when, and what then; `people` and `asks` are for who decides."""

    model_config = ConfigDict(frozen=True)

    deadline: datetime | None = None
    hold: Literal["", "approval", "option", "offer", "waitlist"] = ""
    on_expiry: Literal["", "expire", "confirm"] = ""
    rank: int = 0
    on_release: Literal["", "offer", "take"] = ""
    people: int = 0
    reference: str = ""
    is_for_who_decides: bool = False


class Said(BaseModel):
    """What a room says to one thing that it was asked for: the whole, or a date of it (`recurs_at`)."""

    model_config = ConfigDict(frozen=True)

    kind: str
    partstat: Literal["ACCEPTED", "TENTATIVE", "DECLINED"]
    sequence: int
    start: datetime
    end: datetime | None
    zone: str
    title: str
    is_all_day: bool = False
    recurs_at: datetime | None = None
    is_named_by_day: bool = False
    rule: str = ""
    reasons: tuple[Sentence, ...] = ()
    together: Sentence = {}
    """of a series, that it is had as a whole or not at all; then `on` is the date that the reasons are about"""
    on: RefusedThing | None = None
    answer: str = ""
    kept: RefusedThing | None = None
    status: str = ""


class RoomSays(BaseModel):
    """An answer to the entry of somebody else's calendar: which room gives it, to whom, and what it says."""

    model_config = ConfigDict(frozen=True)

    room: Place
    organizer: str
    organizer_name: str
    sent_by: str = ""
    said: tuple[Said, ...] = ()
    cut_on: date | None = None


class News(BaseModel):
    """The same for everybody who gets it; what is one reader's business only is left out when a letter is written."""

    model_config = ConfigDict(frozen=True)

    told: Told
    before: Told | None = None
    is_removal: bool = False
    asks_again: bool = False
    reasons: Sentence = {}
    """for a refusal"""
    findings: tuple[Sentence, ...] = ()
    """the rules that call for approval"""
    answer: str = ""
    """a coordinator's own words"""
    is_move: bool = False
    conflicts: tuple[RefusedThing, ...] = ()
    alternatives: tuple[RefusedThing, ...] = ()
    asked: RefusedThing | None = None
    series: OfSeries | None = None
    standing: Standing | None = None
    proposed: RefusedThing | None = None
    """the time that somebody proposed, and does not get"""
    digest: Digest | None = None
    room: RoomSays | None = None
