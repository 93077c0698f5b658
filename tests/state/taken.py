"""What is wished for, and whether it fits between what is taken: stretches of time of numbered units, nothing more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.slots import Slot
from tests.state.laws import PARTS, TABLETS, TABLETS_OWNED, Laws

A_DAY = timedelta(days=1)
NO_TIME = timedelta()


@dataclass(frozen=True)
class Wish:
    """What somebody asks for, all of it or nothing; a room that is made of others comes with them."""

    slot: Slot
    rooms: frozenset[str] = frozenset()
    people: int = 0
    layout: str = ""
    tablets: int = 0

    @property
    def resources(self) -> frozenset[str]:
        return self.rooms | ({TABLETS} if self.tablets else frozenset())

    def meets(self, other: "Wish") -> bool:
        return self.slot.overlaps(other.slot) and bool(self.resources & other.resources)


@dataclass(frozen=True)
class Stretch:
    """One unit of something, taken from `start` to `end` for the meeting within."""

    what: str
    unit: int
    start: datetime
    end: datetime
    meeting: Slot
    layout: str


def with_parts(*rooms: str) -> frozenset[str]:
    return frozenset({*rooms, *(part for room in rooms for part in PARTS.get(room, ()))})


def week_of(slot: Slot) -> tuple[int, int]:
    """Year and week; no booking of these histories is held over midnight."""
    return slot.start.isocalendar()[:2]


def peak(slot: Slot, others: Sequence[Wish], weight: Callable[[Wish], int]) -> int:
    """How much the others weigh at the fullest moment of the slot; it only gets fuller when somebody begins."""
    moments = [slot.start, *(o.slot.start for o in others if slot.start < o.slot.start < slot.end)]
    return max(sum(weight(o) for o in others if o.slot.start <= moment < o.slot.end) for moment in moments)


def place(wish: Wish, taken: Sequence[Stretch], laws: Laws) -> tuple[Stretch, ...] | None:
    """Where it fits: each room, and the first free tablets; None when it does not."""
    rooms = [_around(wish, room, taken, laws) for room in sorted(wish.rooms)]
    tablets = [
        Stretch(TABLETS, unit, wish.slot.start, wish.slot.end, wish.slot, wish.layout)
        for unit in range(1, TABLETS_OWNED + 1)
    ]
    tablets = [tablet for tablet in tablets if _is_free(tablet, taken)][: wish.tablets]
    if len(tablets) < wish.tablets or not all(_is_free(room, taken) for room in rooms):
        return None
    return (*rooms, *tablets)


def _around(wish: Wish, room: str, taken: Sequence[Stretch], laws: Laws) -> Stretch:
    """The meeting with what its room takes before and after it.

    Who comes later makes room: for the change from the meeting before, and for the change to the meeting after, as far
    as that one does not wait for a change already. More than a day apart nobody has to wait for anybody.
    """
    slot, setup, clearing = wish.slot, timedelta(minutes=laws.setup), timedelta(minutes=laws.clearing)
    here = [s for s in taken if s.what == room and s.end > slot.start - A_DAY and s.start < slot.end + A_DAY]
    before = max((s for s in here if s.meeting.end <= slot.start), key=lambda s: s.end, default=None)
    after = min((s for s in here if s.meeting.start >= slot.end), key=lambda s: s.start, default=None)
    start, end = slot.start - setup, slot.end + clearing
    if before:
        start -= laws.change_of_layout(before.layout, wish.layout)
    if after and laws.changes:
        needed = setup + laws.change_of_layout(wish.layout, after.layout)
        end += max(needed - (after.meeting.start - after.start), NO_TIME)
    return Stretch(room, 1, start, end, slot, wish.layout)


def _is_free(wanted: Stretch, taken: Sequence[Stretch]) -> bool:
    return not any(
        (s.what, s.unit) == (wanted.what, wanted.unit) and s.start < wanted.end and wanted.start < s.end for s in taken
    )
