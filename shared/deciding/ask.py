"""One waiting request, new or a move, as a batch sees it, and the decision that it gets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from shared.domain.events import Event, MoveRefused, ReservationConfirmed, ReservationMoved, ReservationRefused
from shared.domain.refusals import Conflict, Refusal
from shared.domain.slots import Slot
from shared.domain.states import State


@dataclass(slots=True)
class Ask:
    """One waiting request as the batch sees it; `needs` are the rooms to be locked, a move's old ones among them."""

    n: int
    id: int
    site_id: int
    state: State
    is_move: bool
    slot: Slot
    people: int
    resource_ids: Sequence[int]
    needs: frozenset[int]
    by_coordinator: bool
    correlation_id: str
    conflicts: list[Conflict] = field(default_factory=list)
    refusal: Refusal | None = None

    @classmethod
    def of(cls, n: int, row: Row[Any]) -> "Ask":
        is_move = row.wanted_starts_at is not None
        return cls(
            n=n,
            id=row.id,
            site_id=row.site_id,
            state=State(row.state),
            is_move=is_move,
            slot=Slot(row.wanted_starts_at, row.wanted_ends_at) if is_move else Slot(row.starts_at, row.ends_at),
            people=row.wanted_people if is_move else row.people,
            resource_ids=row.wanted_resource_ids if is_move else row.resource_ids,
            needs=frozenset(row.resource_ids).union(row.wanted_resource_ids or ()),
            by_coordinator=row.wanted_by_coordinator if is_move else row.by_coordinator,
            correlation_id=row.correlation_id,
        )

    def forget_conflicts(self) -> None:
        """Have it settled anew; what a rule refused stays refused."""
        if self.conflicts:
            self.conflicts, self.refusal = [], None

    @property
    def rows(self) -> list[dict[str, object]]:
        return [
            {
                "n": self.n,
                "reservation_id": self.id,
                "resource_id": resource_id,
                "starts_at": self.slot.start,
                "ends_at": self.slot.end,
            }
            for resource_id in self.resource_ids
        ]

    @property
    def asked(self) -> dict[str, object]:
        """What was asked for, kept beside a refusal so that it can be explained after a refused move is gone."""
        return {
            "start": self.slot.start,
            "end": self.slot.end,
            "resource_ids": list(self.resource_ids),
            "people": self.people,
        }

    @property
    def event(self) -> Event:
        if self.refusal is None:
            return ReservationMoved(self.id) if self.is_move else ReservationConfirmed(self.id)
        return (
            MoveRefused(self.id, self.refusal.code) if self.is_move else ReservationRefused(self.id, self.refusal.code)
        )

    @property
    def new_state(self) -> State:
        if self.is_move:
            return self.state  # a failed move changes nothing, a granted one only time and place
        return State.CONFIRMED if self.refusal is None else State.REFUSED

    @property
    def decision(self) -> dict[str, object]:
        """The row that settles it."""
        event = self.event
        return {
            "n": self.n,
            "id": self.id,
            "site_id": self.site_id,
            "state": self.new_state.value,
            "refusal": self.refusal.as_json() | {"asked": self.asked} if self.refusal else None,
            "takes_wanted": self.is_move and self.refusal is None,
            "event": type(event).__name__,
            "data": event.data,
            "correlation_id": self.correlation_id,
        }
