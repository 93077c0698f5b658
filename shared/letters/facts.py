"""What a letter tells of: values only, already chosen for what their reader may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Language = Literal["fr", "en"]


@dataclass(frozen=True)
class Span:
    """From `start` up to `end`, both aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Change:
    """What became of one thing: two spans for the time, two texts for the rest, nothing for the note (`Facts.note`)."""

    what: Literal["time", "place", "title", "note"]
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


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that a letter may mention; an empty text is left out.

    start, end: aware, shown in `zone` (IANA); for a refusal, the time that was asked for.
    place: the rooms in words, or where else it takes place; site signs; address: empty where nobody has to go.
    organizer: who invites, usually the trainer; contact: the mail address that questions go to.
    recipient: the reader's name for the greeting; own: the reader made this reservation.
    removed: for a cancellation, the meeting goes on without the reader.
    reasons: for a refusal, sentences in the reader's language; alternatives: the first three are told.
    kept: for a refused move, the slot that stays.
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
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    kept: Span | None = None
