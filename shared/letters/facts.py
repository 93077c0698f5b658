"""What a letter tells of: values only, already chosen for what their reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
Outcome = Literal["confirmed", "held", "waitlisted", "replaced", "moved", "refused", "skipped", "expired", "cancelled"]


@dataclass(frozen=True)
class Span:
    """From `start` up to `end`, both aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Change:
    """What became of one thing: two spans for the time, two texts for the rest, nothing for the note (`Facts.note`)."""

    what: Literal["time", "recurrence", "place", "title", "note"]
    before: Span | str = ""
    after: Span | str = ""


@dataclass(frozen=True)
class Conflict:
    """What stands in the way; `title` only where the reader may see it."""

    room: str
    start: datetime
    end: datetime
    title: str | None = None


@dataclass(frozen=True)
class Alternative:
    """Rooms that are free together, at the time asked for or at another."""

    rooms: tuple[str, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Instead:
    """Where and when one date of a series takes place now."""

    start: datetime
    end: datetime
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class SeriesDate:
    """One date of a series, as it was asked for, and what became of it.

    reason: a sentence by language; replaced_by: for 'replaced' (to avoid a conflict) and 'moved' (later on).
    """

    start: datetime
    end: datetime
    place: str = ""
    outcome: Outcome = "confirmed"
    reason: Mapping[Language, str] = field(default_factory=dict)
    replaced_by: Instead | None = None


@dataclass(frozen=True)
class Section:
    """A part of a letter with a heading of its own: lines, and below them what to know or to do about them."""

    title: str
    lines: tuple[str, ...]
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that a letter may mention; an empty text is left out.

    start, end: aware, shown in `zone` (IANA); for a refusal, the time that was asked for.
    place: the rooms in words, or where else it takes place; site signs; address: empty where nobody has to go.
    organizer: who invites, usually the trainer; contact: the mail address that questions go to.
    recipient: the reader's name for the greeting; own: the reader made this reservation.
    removed: for a cancellation, the meeting goes on without the reader.
    asks_again: for an update, every answer is open again, whatever is said of the changes.
    reasons: for a refusal, sentences in the reader's language; alternatives: the first three are told.
    kept: for a refused move, the slot that stays. proposed: the time that the reader proposed, and does not get.
    sections: what came back, in the reader's language.

    recurrence: for a series, its rule in the reader's language (`recurrence_in_words`); start and end are then those
    of its first date, and a change of its hours is a change of the recurrence. only_this_date: start and end are the
    one date of the series that the letter is about. dates: what became of each, in whatever order.

    deadline: until when it is held, is to be answered, or was; on_expiry: what the deadline brings if nobody decides;
    hold: what came to its end, or what a coordinator took back that was never confirmed; rank: the place on the waiting
    list, from 1; on_release: what happens when something becomes free; answer: a coordinator's own words.
    room, partstat: for an answer to somebody's own entry, which of our rooms gives it, and what it says; cut_on: the
    last day that is booked of a series that goes on.
    asks, asks_address: who made the request, for those who decide; people: how many are to come; reference: what the
    reservation is called in Créneau.
    """

    title: str
    start: datetime
    end: datetime
    zone: str
    place: str = ""
    site: str = ""
    address: str = ""
    organizer: str = ""
    contact: str = ""
    note: str = ""
    url: str = ""
    recipient: str = ""
    own: bool = False
    removed: bool = False
    asks_again: bool = False
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    kept: Span | None = None
    proposed: Span | None = None
    sections: tuple[Section, ...] = ()
    recurrence: str = ""
    only_this_date: bool = False
    dates: tuple[SeriesDate, ...] = ()
    deadline: datetime | None = None
    on_expiry: Literal["", "expire", "confirm"] = ""
    hold: Literal["", "approval", "option", "offer", "waitlist"] = ""
    rank: int = 0
    on_release: Literal["", "offer", "take"] = ""
    answer: str = ""
    asks: str = ""
    asks_address: str = ""
    people: int = 0
    reference: str = ""
    room: str = ""
    partstat: Literal["", "ACCEPTED", "TENTATIVE", "DECLINED"] = ""
    cut_on: date | None = None
