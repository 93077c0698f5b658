"""The events told again: who asked what, what was decided, who held what and who stood in line from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from tests.chaos.book import Book
from tests.chaos.load import Asked

# what gives somebody the rooms, what takes them away, and what is decided without giving any
GRANTS = {"ReservationConfirmed", "ReservationTentative", "OfferMade", "ReservationMoved"}
ENDS = {"ReservationCancelled", "ReservationDeclined", "ReservationExpired"}
REFUSALS = {"ReservationRefused", "MoveRefused"}
IN_LINE = "ReservationWaitlisted"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request or a move as it was asked for, and the event that recorded it."""

    event: Row[Any]
    start: datetime
    end: datetime
    rooms: frozenset[int]

    def collides(self, other: "Ask") -> bool:
        return self.start < other.end and other.start < self.end and not self.rooms.isdisjoint(other.rooms)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an ask; `is_first` when nothing had become of it before."""

    event: Row[Any]
    ask: Ask
    granted: bool
    is_first: bool = True


@dataclass(slots=True)
class Span:
    """From which event to which a reservation held what it had asked for, or stood in line for it."""

    ask: Ask
    since: Row[Any]
    until: Row[Any] | None = None

    @property
    def id(self) -> int:
        return int(self.ask.event.reservation_id)

    def is_at(self, event: Row[Any]) -> bool:
        """Whether it is so when that event comes about."""
        return bool(self.since.id < event.id and (self.until is None or self.until.id >= event.id))


@dataclass(slots=True)
class History:
    decisions: list[Decision] = field(default_factory=list)
    holds: list[Span] = field(default_factory=list)
    line: list[Span] = field(default_factory=list)

    @property
    def granted(self) -> list[Decision]:
        return [decision for decision in self.decisions if decision.granted]


def replay(book: Book, asked: Sequence[Asked]) -> History:
    """Tell it all; `asked` says what the requests were for."""
    wishes = {wish.id: (wish.start, wish.end, frozenset(book.room_ids[slug] for slug in wish.rooms)) for wish in asked}
    told = History()
    asks: dict[int, Ask] = {}
    held: dict[int, Span] = {}
    waiting: dict[int, Span] = {}
    for event in book.events:
        id_, data = event.reservation_id, event.data
        if event.type == "ReservationRequested":
            asks[id_] = Ask(event, *wishes.get(id_, _as_it_is(book.reservations[id_])))
        elif event.type == "MoveRequested":
            start, end = (datetime.fromisoformat(data[name]) for name in ("start", "end"))
            asks[id_] = Ask(event, start, end, frozenset(data["resources"]))
        elif event.type in REFUSALS:
            told.decisions.append(Decision(event, asks[id_], granted=False))
        elif event.type == IN_LINE:
            told.decisions.append(Decision(event, asks[id_], granted=False))
            waiting[id_] = Span(asks[id_], event)
            told.line.append(waiting[id_])
        elif event.type in GRANTS | ENDS:
            if id_ in held:
                held.pop(id_).until = event
            was_waiting = waiting.pop(id_, None)
            if was_waiting:
                was_waiting.until = event
            if event.type in GRANTS:
                told.decisions.append(Decision(event, asks[id_], granted=True, is_first=was_waiting is None))
                held[id_] = Span(asks[id_], event)
                told.holds.append(held[id_])
    return told


def _as_it_is(row: Row[Any]) -> tuple[datetime, datetime, frozenset[int]]:
    """What somebody asked for whom the diaries do not know; `bookings` says that this is wrong."""
    return row.starts_at, row.ends_at, frozenset(row.resource_ids)
