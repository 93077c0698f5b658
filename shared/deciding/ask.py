"""One waiting request, new, a move or from the waiting list, as a batch sees it, and the decision that it gets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from shared.domain.events import (
    Event,
    MoveRefused,
    OfferMade,
    OverrideUsed,
    ReservationConfirmed,
    ReservationMoved,
    ReservationRefused,
    ReservationTentative,
    ReservationWaitlisted,
)
from shared.domain.refusals import Conflict, Refusal
from shared.domain.slots import Slot
from shared.domain.states import Hold, State


@dataclass(frozen=True, slots=True)
class Stay:
    """One unit of a resource that a winner occupies, from setting up to clearing."""

    resource_id: int
    unit: int
    start: datetime
    end: datetime


@dataclass(slots=True)
class Ask:
    """One waiting request as the batch sees it; `was` is what a move leaves."""

    n: int
    row: Row[Any]
    is_move: bool
    slot: Slot
    people: int
    resource_ids: list[int]
    layout: str
    quantities: dict[str, int]
    was: Slot | None
    by_coordinator: bool
    override: str
    # what is decided
    conflicts: list[Conflict] = field(default_factory=list)
    refusal: Refusal | None = None
    findings: tuple[Refusal, ...] = ()
    overridden: tuple[Refusal, ...] = ()
    stays: list[Stay] = field(default_factory=list)
    state: State = State.REQUESTED
    hold: Hold | None = None
    until: datetime | None = None
    place_in_line: int = 0
    is_replaced: bool = False

    @classmethod
    def of(cls, n: int, row: Row[Any]) -> "Ask":
        is_move = row.wanted_starts_at is not None
        slot = Slot(row.starts_at, row.ends_at)
        quantities = row.quantities if row.wanted_quantities is None else row.wanted_quantities
        return cls(
            n=n,
            row=row,
            is_move=is_move,
            slot=Slot(row.wanted_starts_at, row.wanted_ends_at) if is_move else slot,
            people=row.wanted_people if is_move else row.people,
            resource_ids=row.wanted_resource_ids if is_move else row.resource_ids,
            layout=row.layout if row.wanted_layout is None else row.wanted_layout,
            quantities=quantities,
            was=slot if is_move else None,
            by_coordinator=row.wanted_by_coordinator if is_move else row.by_coordinator,
            override=(row.wanted_override or "") if is_move else row.override_reason,
            state=State(row.state),
        )

    @property
    def id(self) -> int:
        return int(self.row.id)

    @property
    def is_waitlisted(self) -> bool:
        """It stood on the waiting list, and something was released that it may get."""
        return bool(self.row.state == State.WAITLISTED)

    @property
    def holds_already(self) -> bool:
        return self.row.state in {State.CONFIRMED, State.TENTATIVE}

    @property
    def is_granted(self) -> bool:
        return self.refusal is None and self.state in {State.CONFIRMED, State.TENTATIVE}

    @property
    def stays_in_line(self) -> bool:
        """Nothing changes for it: it waits on."""
        return self.is_waitlisted and self.state is State.WAITLISTED

    @property
    def waits_if_taken(self) -> bool:
        return bool(self.row.on_conflict == "wait")

    def refuse(self, refusal: Refusal) -> None:
        """No; a failed move changes nothing, and whoever is on the waiting list stays there."""
        self.refusal, self.stays, self.hold, self.until = refusal, [], None, None
        self.state = State(self.row.state) if self.is_move or self.is_waitlisted else State.REFUSED

    def begin_again(self) -> "Ask":
        """The same request, undecided."""
        return Ask.of(self.n, self.row)

    @property
    def rows(self) -> Iterator[dict[str, object]]:
        """What it occupies, as the statement takes it."""
        return (
            {
                "n": self.n,
                "reservation_id": self.row.id,
                "resource_id": stay.resource_id,
                "unit": stay.unit,
                "starts_at": stay.start,
                "ends_at": stay.end,
            }
            for stay in self.stays
        )

    @property
    def asked(self) -> dict[str, object]:
        """What was asked for, kept beside a refusal so that it can be explained after a refused move is gone."""
        return {
            "start": self.slot.start,
            "end": self.slot.end,
            "resource_ids": list(self.resource_ids),
            "people": self.people,
            "layout": self.layout,
        }

    @property
    def events(self) -> Iterator[Event]:
        """What happened, in order."""
        if self.overridden and self.is_granted:
            yield OverrideUsed.of(self.id, self.overridden)
        if self.is_move and self.refusal:
            yield MoveRefused(self.id, self.refusal.code, self.refusal.facts)
        elif self.is_move:
            yield ReservationMoved(self.id)
        elif self.state is State.CONFIRMED:
            yield ReservationConfirmed(self.id)
        elif self.hold is Hold.OFFER and self.until:
            yield OfferMade(self.id, self.until.isoformat())
        elif self.state is State.TENTATIVE and self.hold and self.until:
            yield ReservationTentative(self.id, self.hold.value, self.until.isoformat())
        elif self.state is State.WAITLISTED:
            yield ReservationWaitlisted(self.id, self.place_in_line)
        elif self.refusal:
            yield ReservationRefused(self.id, self.refusal.code, self.refusal.facts)

    @property
    def decision(self) -> dict[str, object]:
        """The row that settles it; `is_placed` where time, place or numbers are others than it has now."""
        keeps_place = self.refusal is not None or not (self.is_move or self.is_replaced)
        return {
            "n": self.n,
            "id": self.row.id,
            "state": self.state.value,
            "hold": self.row.hold if self.is_move else self.hold,
            "hold_until": self.until or (self.row.hold_until if self.is_move else None),
            "refusal": self.refusal.as_json() | {"asked": self.asked} if self.refusal else None,
            "findings": [finding.as_json() for finding in self.findings] if self.findings else None,
            "is_placed": not keeps_place,
            "starts_at": self.slot.start,
            "ends_at": self.slot.end,
            "resource_ids": self.resource_ids,
            "people": self.people,
            "layout": self.layout,
            "quantities": self.quantities,
        }
