"""What should become of reservations: one after the other, in the order of asking, with nothing but a dictionary.

Whenever somebody gives way, all who stand on the waiting list are looked at again, before everybody who came later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.state.laws import APPROVAL, COLLEAGUES, OFFER, USUAL_OFFER, Laws
from tests.state.taken import Stretch, Wish, peak, place, week_of

A_MINUTE = timedelta(minutes=1)
COORDINATOR = "claire"
HOLDING = ("confirmed", "tentative")


@dataclass
class Entry:
    """A reservation.

    `wanted` is the move that `mover` asks for; `turn` its place in the queue, `line` the one that it keeps on the
    waiting list; `hold` what it is held for, `until` when; `taken` what it takes, from setting up to clearing.
    """

    who: str
    wish: Wish
    if_taken: str = "refuse"
    option_until: datetime | None = None
    override: bool = False
    is_of_series: bool = False
    state: str = "requested"
    hold: str = ""
    until: datetime | None = None
    turn: int | None = None
    line: int | None = None
    wanted: Wish | None = None
    mover: str = ""
    taken: tuple[Stretch, ...] = ()
    place_in_line: int = 0

    @property
    def is_moving(self) -> bool:
        return self.wanted is not None


@dataclass
class Model:
    """A book that is never in two hands at once."""

    laws: Laws
    now: datetime
    entries: dict[int, Entry] = field(default_factory=dict)
    turns: int = 0

    # what people do

    def request(self, entries: Mapping[int, Entry]) -> None:
        """One reservation, or the dates of a series, which are decided together."""
        self.entries |= entries
        self._queue(entries)

    def move(self, id_: int, wish: Wish, mover: str) -> None:
        """Ask for another time or place; who asks for what they have withdraws the move that waits."""
        if wish == self.entries[id_].wish:
            self.entries[id_].turn = self.entries[id_].wanted = None
        else:
            self.move_together({id_: wish}, mover)

    def move_together(self, wishes: Mapping[int, Wish], mover: str) -> None:
        """All of these dates move or none does."""
        for id_, wish in wishes.items():
            self.entries[id_].wanted, self.entries[id_].mover = wish, mover
        self._queue(wishes)

    def change_people(self, id_: int, people: int) -> bool:
        """At once, and in the move that waits; False, and nothing changes, when so many more do not fit."""
        entry = self.entries[id_]
        more = replace(entry.wish, people=people)
        if entry.state in HOLDING and people > entry.wish.people and self._is_too_full(id_, more):
            return False
        is_less, entry.wish = people < entry.wish.people, more
        entry.wanted = replace(entry.wanted, people=people) if entry.wanted else None
        if is_less and entry.state in (*HOLDING, "waitlisted"):
            self._look_at_the_line()
        return True

    def cancel(self, *ids: int) -> None:
        for id_ in ids:
            self._end(id_, "cancelled")

    def approve(self, id_: int) -> None:
        entry = self.entries[id_]
        if entry.option_until and entry.option_until > self.now:
            entry.hold, entry.until = "option", min(entry.option_until, entry.wish.slot.start)
        else:
            self.confirm(id_)

    def confirm(self, id_: int) -> None:
        entry = self.entries[id_]
        entry.state, entry.hold, entry.until = "confirmed", "", None

    def decline(self, id_: int) -> None:
        self._end(id_, "refused")

    # what time does

    def run_timers(self) -> None:
        """End what was held, or waited, for too long."""
        for id_ in [id_ for id_, due in self.timers().items() if due <= self.now]:
            entry = self.entries[id_]
            if entry.hold == "approval" and self.laws.unanswered == "confirm" and entry.wish.slot.start > self.now:
                self.approve(id_)
            else:
                self._end(id_, "expired")

    def timers(self) -> dict[int, datetime]:
        """When each of those that do not last comes to its end."""
        held = {id_: e.until for id_, e in self.entries.items() if e.until is not None}
        return held | {id_: self.entries[id_].wish.slot.start for id_ in self.with_state("waitlisted")}

    # what is decided

    def decide(self, ids: Sequence[int]) -> list[int]:
        """Decide turn by turn until these are decided; those of them, and others, that are not as they were."""
        missing, changed = set(ids), []
        while missing:
            decided = self._decide_turn()
            missing -= {id_ for id_, _ in decided}
            changed += [id_ for id_, is_other in decided if is_other]
        return changed

    def decide_all(self) -> list[int]:
        changed = []
        while self.queue:
            changed += [id_ for id_, is_other in self._decide_turn() if is_other]
        return changed

    @property
    def queue(self) -> list[int]:
        """Those that are to be decided, in turn."""
        turns = [(entry.turn, id_) for id_, entry in self.entries.items() if entry.turn is not None]
        return [id_ for _, id_ in sorted(turns)]

    @property
    def line(self) -> list[int]:
        """Those who wait, in the order in which they asked."""
        return sorted(self.with_state("waitlisted"), key=lambda id_: (self.entries[id_].line, id_))

    def with_state(self, *states: str) -> list[int]:
        return [id_ for id_, entry in self.entries.items() if entry.state in states]

    def _decide_turn(self) -> list[tuple[int, bool]]:
        """The ids of the first turn, and whether anything became of each."""
        first = self.entries[self.queue[0]]
        turn = [id_ for id_ in self.queue if self.entries[id_].turn == first.turn]
        waited = {id_ for id_ in turn if self.entries[id_].state == "waitlisted"}
        if first.wanted:
            self._decide_moves(turn)
        else:
            for id_ in turn:
                self._decide_one(id_)
            if first.if_taken == "all" and any(self.entries[id_].state == "refused" for id_ in turn):
                for id_ in turn:
                    self._become(id_, "refused")
        for id_ in turn:
            self.entries[id_].turn = None
        return [(id_, not (id_ in waited and self.entries[id_].state == "waitlisted")) for id_ in turn]

    def _decide_one(self, id_: int) -> None:
        entry = self.entries[id_]
        is_forbidden = self._is_forbidden(id_, entry.wish, entry.who)
        is_too_full = self._is_too_full(id_, entry.wish)
        is_over = entry.state != "waitlisted" and self._is_option_over(entry) and not is_too_full
        taken = None if is_forbidden or is_too_full or is_over else self._place(id_, entry.wish)
        if taken is not None:
            self._grant(id_, taken)
        elif entry.state == "waitlisted":
            pass  # it waits on
        elif entry.if_taken == "wait" and not is_forbidden and not is_over and self._may_wait(entry.wish):
            entry.line, entry.place_in_line = entry.turn, 1 + sum(self._are_before(entry))
            self._become(id_, "waitlisted")
        else:
            self._become(id_, "refused")

    def _decide_moves(self, ids: Sequence[int]) -> None:
        """All leave, then each comes to where it wants; if one cannot, all stay where they were."""
        before = {id_: self.entries[id_].taken for id_ in ids}
        wishes = {id_: self.entries[id_].wish for id_ in ids}
        for id_ in ids:
            self.entries[id_].taken = ()
        refused = [id_ for id_ in ids if not self._moves(id_)]
        is_granted = not refused
        for id_ in ids:
            entry = self.entries[id_]
            entry.wanted = None
            if not is_granted:
                entry.taken, entry.wish = before[id_], wishes[id_]
            elif entry.until:
                entry.until = min(entry.until, self._latest(entry.wish))
        if is_granted:
            self._look_at_the_line()

    def _moves(self, id_: int) -> bool:
        entry = self.entries[id_]
        wish = entry.wanted
        assert wish is not None
        needs_approval = entry.state == "confirmed" and self._is_on_request(wish, entry.mover)
        if needs_approval or self._is_forbidden(id_, wish, entry.mover) or self._is_too_full(id_, wish):
            return False
        taken = self._place(id_, wish)
        if taken is None:
            return False
        entry.wish, entry.taken = wish, taken
        return True

    def _grant(self, id_: int, taken: tuple[Stretch, ...]) -> None:
        """Confirmed, or held until somebody says so."""
        entry, was_waiting = self.entries[id_], self.entries[id_].state == "waitlisted"
        entry.taken, entry.line = taken, None
        if self._is_on_request(entry.wish, entry.who):
            hold, until = "approval", self.now + APPROVAL
        elif was_waiting and entry.wish.rooms & self.laws.offering:
            hold, until = "offer", self.now + OFFER
        elif was_waiting and self._is_option_over(entry):
            hold, until = "offer", self.now + USUAL_OFFER
        elif entry.option_until and entry.option_until > self.now:
            hold, until = "option", entry.option_until
        else:
            entry.state = "confirmed"
            return
        entry.state, entry.hold, entry.until = "tentative", hold, min(until, self._latest(entry.wish))

    def _is_option_over(self, entry: Entry) -> bool:
        return entry.option_until is not None and entry.option_until <= self.now

    # what is in the way

    def _is_forbidden(self, id_: int, wish: Wish, asker: str) -> bool:
        """For good, whoever gives way: the past, and more than one's share."""
        entry = self.entries[id_]
        if wish.slot.start < self.now and asker != COORDINATOR:
            return True
        return not (entry.override and not entry.wanted) and self._is_beyond_quota(id_, wish)

    def _is_beyond_quota(self, id_: int, wish: Wish) -> bool:
        """More than the share of its owner, or of the people of one organisation together."""
        laws, who = self.laws, self.entries[id_].who
        others = [entry for other, entry in self.entries.items() if other != id_]
        person = laws.hours_per_week, laws.open_requests, laws.concurrent
        if self._is_beyond(person, wish, [entry for entry in others if entry.who == who]):
            return True
        organisation = laws.organisation_hours, None, None
        colleagues = [entry for entry in others if entry.who in COLLEAGUES]
        return who in COLLEAGUES and self._is_beyond(organisation, wish, colleagues)

    def _is_beyond(self, limits: tuple[int | None, ...], wish: Wish, others: Sequence[Entry]) -> bool:
        held = [entry.wish for entry in others if entry.taken]
        this_week = [o.slot for o in held if week_of(o.slot) == week_of(wish.slot)] + [wish.slot]
        hours = sum((slot.length for slot in this_week), timedelta()) / timedelta(hours=1)
        ahead = [e for e in others if e.state in (*HOLDING, "waitlisted") and e.wish.slot.end > self.now]
        at_once = peak(wish.slot, held, lambda _: 1)
        amounts = hours, len(ahead) + 1, at_once + 1
        return any(limit is not None and amount > limit for limit, amount in zip(limits, amounts, strict=True))

    def _is_too_full(self, id_: int, wish: Wish) -> bool:
        """Too many people in the building at some moment; who takes no room is not in it."""
        others = [e.wish for other, e in self.entries.items() if other != id_ and e.taken and e.wish.rooms]
        limit = self.laws.building_limit
        return bool(
            limit is not None and wish.rooms and peak(wish.slot, others, lambda w: w.people) + wish.people > limit
        )

    def _place(self, id_: int, wish: Wish) -> tuple[Stretch, ...] | None:
        return place(wish, [s for other, e in self.entries.items() if other != id_ for s in e.taken], self.laws)

    def _is_on_request(self, wish: Wish, asker: str) -> bool:
        return asker != COORDINATOR and bool(wish.rooms & self.laws.on_request)

    def _may_wait(self, wish: Wish) -> bool:
        """Where there is a waiting list, and only for what may come to pass."""
        is_possible = not wish.rooms or self.laws.building_limit is None or wish.people <= self.laws.building_limit
        return is_possible and wish.slot.start > self.now and not wish.rooms & self.laws.without_line

    def _are_before(self, entry: Entry) -> Iterator[bool]:
        return (
            e.state == "waitlisted" and e.wish.meets(entry.wish) and (e.line or 0) < (entry.turn or 0)
            for e in self.entries.values()
        )

    def _latest(self, wish: Wish) -> datetime:
        return max(wish.slot.start, self.now + A_MINUTE)

    # how things change

    def _queue(self, ids: Iterable[int]) -> None:
        self.turns += 1
        for id_ in ids:
            self.entries[id_].turn = self.turns

    def _become(self, id_: int, state: str) -> None:
        """Something that holds nothing."""
        entry = self.entries[id_]
        entry.state, entry.hold, entry.until, entry.taken, entry.wanted, entry.turn = state, "", None, (), None, None
        entry.line = entry.line if state == "waitlisted" else None

    def _end(self, id_: int, state: str) -> None:
        self._become(id_, state)
        self._look_at_the_line()

    def _look_at_the_line(self) -> None:
        for id_ in self.with_state("waitlisted"):
            self.entries[id_].turn = self.entries[id_].line
