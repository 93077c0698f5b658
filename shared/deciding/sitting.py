"""One sitting over a batch: its turns one after the other, in memory, each seeing what those before it took.

A turn is one request, or all dates of a series, which are decided together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.deciding.ask import Ask
from shared.deciding.board import Board
from shared.deciding.judging import Judge
from shared.deciding.usage import Consumption
from shared.domain.policy import Policy
from shared.domain.refusals import Conflict, Refusal
from shared.domain.rules import Outcome, Verdict, series_refusal, too_many_conflicts
from shared.domain.states import Hold, State
from shared.domain.verdicts import MOVE_NEEDS_APPROVAL, OPTION_OVER, OPTION_TOO_LONG, SERIES_REFUSED
from shared.house import House

MOST_CONFLICTS = 20
# what may be waited for: it passes when somebody else gives way
PASSING = frozenset({"room_taken", "trainer_taken", "equipment_taken", "building_safety_limit"})

Turn = Sequence[Ask]
Proposer = Callable[[Ask], Iterable[Ask]]


@dataclass(slots=True)
class Sitting:
    """What is known while a batch is decided; `propose` finds another room or time for one date of a series."""

    house: House
    board: Board
    consumption: Consumption
    judge: Judge
    propose: Proposer
    now: datetime

    def decide(self, turns: Sequence[Turn]) -> None:
        for turn in turns:
            if turn[0].is_move:
                self._decide_moves(turn)
            elif turn[0].row.series_id is None or turn[0].row.on_conflict == "refuse":  # or a date that is brought back
                self._decide_one(turn[0])
            else:
                self._decide_series(turn)

    def _decide_one(self, ask: Ask) -> None:
        refusal = self._try(ask)
        if refusal is None:
            return
        if ask.is_waitlisted:
            ask.state, ask.refusal = State.WAITLISTED, None
            return
        lasting = self._lasting(ask, refusal)
        if lasting is None:
            ask.state = State.WAITLISTED
            self.consumption.wait(ask)
        else:
            ask.refuse(lasting)

    def _lasting(self, ask: Ask, refusal: Refusal) -> Refusal | None:
        """Why it is refused; None when it waits, because all that is in its way may pass."""
        if not ask.waits_if_taken or refusal.code not in PASSING or ask.slot.start <= self.now:
            return refusal
        if refusal.code == "building_safety_limit" and ask.people > int(refusal.facts["building_limit"]):
            return refusal
        if self.house.waiting_mode(ask.resource_ids, ask.row.group_id) == "off":
            return refusal
        return self.judge.outcome(ask, without=PASSING).refusal

    def _decide_series(self, turn: Turn) -> None:
        """Each date by itself; then all together, where too many of them are refused."""
        last, today = (moment.astimezone(self.house.zone).date() for moment in (turn[-1].slot.start, self.now))
        no_series = series_refusal(self._policies(turn), occurrences=len(turn), last=last, today=today)
        if no_series is not None and not turn[0].override:
            self._refuse_all(turn, no_series)
            return
        for ask in turn:
            self._decide_one(ask)
        if turn[0].row.on_conflict == "propose":
            for ask in turn:  # after all of them, so that no date is proposed onto another one
                if ask.refusal and ask.refusal.code in PASSING:
                    self._take_proposal(ask)
        refused = [ask for ask in turn if ask.refusal]
        if refused:
            self._refuse_all(turn, self._too_many(turn, len(refused)))
        first = next((ask for ask in turn if ask.is_granted), None)
        if no_series is not None and first is not None:
            first.overridden = (no_series, *first.overridden)

    def _too_many(self, turn: Turn, refused: int) -> Refusal | None:
        """Why the other dates are not to be had either, if they are not."""
        if turn[0].row.on_conflict == "all":
            return Refusal(SERIES_REFUSED, {"refused": refused, "count": len(turn)})
        return too_many_conflicts(self._policies(turn), occurrences=len(turn), conflicts=refused)

    def _policies(self, turn: Turn) -> list[Policy]:
        return self.house.policies(turn[0].resource_ids, turn[0].row.group_id)

    def _decide_moves(self, turn: Turn) -> None:
        """All move or none does; they leave their old places first, which may be each other's new ones."""
        left = [(ask, self.board.give_back(ask.id)) for ask in turn]
        for ask in turn:
            self.consumption.leave(ask)
        for ask in turn:
            refusal = self._try(ask)
            if refusal is not None:
                ask.refuse(refusal)
        if any(ask.refusal for ask in turn):
            refused = sum(ask.refusal is not None for ask in turn)
            self._refuse_all(turn, Refusal(SERIES_REFUSED, {"refused": refused, "count": len(turn)}))
            for ask, held in left:
                self.board.put_back(held)
                self.consumption.come_back(ask)

    def _refuse_all(self, turn: Turn, why: Refusal | None) -> None:
        for ask in turn if why else ():
            if ask.refusal is None and why:
                self._undo(ask)
                ask.refuse(why)

    def _take_proposal(self, ask: Ask) -> None:
        """Another room, or another time, for a date on which the wanted one is taken: the first that is granted."""
        for other in self.propose(ask):
            if self._try(other) is None:
                ask.slot, ask.resource_ids, ask.layout = other.slot, other.resource_ids, other.layout
                ask.stays, ask.state, ask.hold, ask.until = other.stays, other.state, other.hold, other.until
                ask.findings, ask.overridden = other.findings, other.overridden
                ask.refusal, ask.is_replaced = None, True
                return

    def _try(self, ask: Ask) -> Refusal | None:
        """Grant it if rules and board allow; else why not."""
        said = self.judge.outcome(ask)
        if said.verdict is Verdict.REFUSE and said.refusal is not None:
            return said.refusal
        if ask.is_move and said.verdict is Verdict.APPROVE and ask.row.state == State.CONFIRMED:
            return Refusal(MOVE_NEEDS_APPROVAL, override="coordinator")
        no_option = self._no_such_option(ask)
        if no_option is not None:
            return no_option
        conflicts = self.board.place(ask)
        if conflicts:
            return self._taken(ask, conflicts)
        self.consumption.add(ask)
        ask.findings = (*said.warnings, *said.exceeded)
        ask.overridden = said.overridden
        if not ask.is_move:
            self._hold(ask, said)
        elif ask.row.hold_until is not None:  # nothing is held beyond its own beginning
            ask.until = min(ask.row.hold_until, self._latest(ask))
        return None

    def _undo(self, ask: Ask) -> None:
        if ask.is_granted:
            self.board.give_back(ask.id)
            self.consumption.remove(ask)
        elif ask.state is State.WAITLISTED and not ask.is_waitlisted:
            self.consumption.wait(ask, -1)

    def _hold(self, ask: Ask, said: Outcome) -> None:
        """Confirmed, or held: until approved, until its owner confirms, or until an offer is taken."""
        policies = self.house.policies(ask.resource_ids, ask.row.group_id)
        if said.verdict is Verdict.APPROVE:
            hold, until = Hold.APPROVAL, self.now + timedelta(hours=min(p.approval.hours for p in policies))
        elif ask.is_waitlisted and self._is_to_be_offered(ask):
            hold, until = Hold.OFFER, self.now + timedelta(hours=min(p.waiting_list.offer_hours for p in policies))
        elif ask.row.option_until is not None and ask.row.option_until > self.now:
            hold, until = Hold.OPTION, ask.row.option_until
        else:
            ask.state = State.CONFIRMED
            return
        ask.state, ask.hold, ask.until = State.TENTATIVE, hold, min(until, self._latest(ask))

    def _latest(self, ask: Ask) -> datetime:
        return max(ask.slot.start, self.now + timedelta(minutes=1))

    def _is_to_be_offered(self, ask: Ask) -> bool:
        """Also what was waited for as an option that is over: nobody is bound by what came too late."""
        is_over = ask.row.option_until is not None and ask.row.option_until <= self.now
        return is_over or self.house.waiting_mode(ask.resource_ids, ask.row.group_id) == "offer"

    def _no_such_option(self, ask: Ask) -> Refusal | None:
        if not ask.is_move and not ask.is_waitlisted and ask.row.option_until and ask.row.option_until <= self.now:
            return Refusal(OPTION_OVER)
        days = min(p.option.longest_days for p in self.house.policies(ask.resource_ids, ask.row.group_id))
        latest = self.now + timedelta(days=days)
        if ask.is_move or ask.by_coordinator or ask.row.option_until is None or ask.row.option_until <= latest:
            return None
        fix = {"option_until": latest.astimezone(self.house.zone).isoformat(timespec="minutes")}
        return Refusal(OPTION_TOO_LONG, {"longest_days": days}, fix=fix, override="coordinator")

    def _taken(self, ask: Ask, conflicts: list[Conflict]) -> Refusal:
        """Somebody came first: to the room if it is one of the rooms, else to the person or the equipment."""
        ask.conflicts = conflicts
        kinds = [self.house.resources[conflict.resource_id].kind for conflict in conflicts]
        kind = next((kind for kind in ("room", "trainer", "equipment") if kind in kinds), "room")
        name = self.house.resources[conflicts[kinds.index(kind)].resource_id].name
        facts: dict[str, str | int] = {} if kind == "room" else {"name": name}
        return Refusal(f"{kind}_taken", facts, conflicts=tuple(conflicts[:MOST_CONFLICTS]))
