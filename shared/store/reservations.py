"""Reservations and what they occupy."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from shared.domain.errors import NotFoundError, WrongStateError
from shared.domain.events import (
    Event,
    MoveRequested,
    MoveWithdrawn,
    OfferTaken,
    OptionConfirmed,
    ReservationApproved,
    ReservationCancelled,
    ReservationDeclined,
    ReservationDescribed,
    ReservationExpired,
    ReservationMoved,
)
from shared.domain.refusals import Refusal
from shared.domain.slots import Slot
from shared.domain.states import HOLDING, Hold, State, step
from shared.domain.verdicts import DECLINED
from shared.store.base import Base, Db, Numbered
from shared.store.external import ExternalEntry
from shared.store.moves import Asked, Move
from shared.store.occupancies import free, look_again, release
from shared.store.outbox import Actor, record
from shared.store.series import Series
from shared.store.timers import clear_timers


class Reservation(Numbered, Base):
    """A request for resources over one slot, and what became of it.

    `turn` is its place in the queue of requests (new ones and moves alike; all of a series have one), None when nothing
    is to be decided; `waitlist_turn` is the place that it keeps on the waiting list; `unannounced_since` says since
    when the calendars of its people may be behind; `hold` says what a tentative one waits for, until `hold_until`;
    `recurs_at` is the original start of an occurrence, whatever became of it since; `findings` are the rules that
    warned, or that call for approval; `quantities` says of which equipment (slug) how many.
    """

    __tablename__ = "reservation"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    requested_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    by_coordinator: Mapped[bool]
    override_reason: Mapped[str]
    title: Mapped[str]
    note: Mapped[str]
    people: Mapped[int]
    layout: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    resource_ids: Mapped[list[int]]
    quantities: Mapped[dict[str, Any]]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    recurs_at: Mapped[datetime | None]
    on_conflict: Mapped[str]
    option_until: Mapped[datetime | None]
    state: Mapped[State]
    hold: Mapped[Hold | None]
    hold_until: Mapped[datetime | None]
    refusal: Mapped[dict[str, Any] | None]
    findings: Mapped[list[dict[str, Any]] | None]
    turn: Mapped[int | None]
    waitlist_turn: Mapped[int | None]
    wanted_starts_at: Mapped[datetime | None]
    wanted_ends_at: Mapped[datetime | None]
    wanted_resource_ids: Mapped[list[int] | None]
    wanted_people: Mapped[int | None]
    wanted_by_coordinator: Mapped[bool | None]
    wanted_layout: Mapped[str | None]
    wanted_quantities: Mapped[dict[str, Any] | None]
    wanted_series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    wanted_recurs_at: Mapped[datetime | None]
    wanted_override: Mapped[str | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    unannounced_since: Mapped[datetime | None]
    correlation_id: Mapped[str]
    imported_uid: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey(ExternalEntry.id, use_alter=True))
    unpublished_since: Mapped[datetime | None]

    @classmethod
    def locked(cls, db: Db, site_id: int, reservation_id: int) -> "Reservation":
        """The reservation, locked until the end of the transaction; raises NotFoundError."""
        found = db.scalars(
            select(cls).where(cls.id == reservation_id, cls.site_id == site_id).with_for_update(key_share=True)
        ).first()
        if found is None:
            raise NotFoundError("There is no such reservation.")
        return found

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.ends_at)

    @property
    def refused(self) -> Refusal | None:
        """Why it, or its last move, was refused."""
        return Refusal.from_json(self.refusal) if self.refusal else None

    @property
    def asked(self) -> Asked:
        """What was asked for last: the move that was refused or waits, or else the reservation itself."""
        if self.refusal:
            asked = self.refusal["asked"]
            slot = Slot(datetime.fromisoformat(asked["start"]), datetime.fromisoformat(asked["end"]))
            return Asked(slot, asked["resource_ids"], asked["people"], asked.get("layout", ""))
        if self.wanted_starts_at and self.wanted_ends_at:
            slot = Slot(self.wanted_starts_at, self.wanted_ends_at)
            layout = self.layout if self.wanted_layout is None else self.wanted_layout
            return Asked(slot, self.wanted_resource_ids or [], self.wanted_people or 0, layout)
        return Asked(self.slot, self.resource_ids, self.people, self.layout)

    @property
    def is_moving(self) -> bool:
        return self.wanted_starts_at is not None

    def list_id(self, db: Db) -> int:
        """The reservation that bears its list of people: itself, or for a date of a series the head of that."""
        if self.series_id is None:
            return self.id
        return db.get_one(Series, self.series_id).head_id or self.id

    def cancel(self, db: Db, *, reason: str, by: Actor, now: datetime) -> None:
        """Give everything back at once; for a held house, so that whoever waits for the slot is served in turn."""
        self._become(db, State.CANCELLED, ReservationCancelled(self.id, reason), by=by, now=now, reason=reason)
        self._give_back(db, now)

    def approve(self, db: Db, *, reason: str, by: Actor, now: datetime) -> None:
        """A coordinator says yes; what was asked for as an option becomes one, if its time has not come yet."""
        self._expect(Hold.APPROVAL)
        record(db, self.site_id, ReservationApproved(self.id), by=by, now=now, reason=reason)
        if self.option_until is not None and self.option_until > now:
            self.hold, self.hold_until = Hold.OPTION, min(self.option_until, self.starts_at)
            clear_timers(db, [self.id])  # those of the approval
            self._note_change(by, now)
        else:
            self._become(db, State.CONFIRMED, None, by=by, now=now)

    def decline(self, db: Db, *, reason: str, by: Actor, now: datetime) -> None:
        """A coordinator says no, with a reason that its owner will read."""
        self._expect(Hold.APPROVAL)
        asked = {"start": self.starts_at.isoformat(), "end": self.ends_at.isoformat(), "people": self.people}
        refusal = Refusal(DECLINED, {"reason": reason})
        self.refusal = refusal.as_json() | {"asked": asked | {"resource_ids": list(self.resource_ids)}}
        self.decided_at = now
        self._become(db, State.REFUSED, ReservationDeclined(self.id), by=by, now=now, reason=reason)
        self._give_back(db, now)

    def confirm(self, db: Db, *, by: Actor, now: datetime) -> None:
        """Its owner confirms an option, or takes what was offered."""
        self._expect(Hold.OPTION, Hold.OFFER)
        event = OptionConfirmed(self.id) if self.hold is Hold.OPTION else OfferTaken(self.id)
        self._become(db, State.CONFIRMED, event, by=by, now=now)

    def expire(self, db: Db, *, by: Actor, now: datetime) -> None:
        """Nobody decided, confirmed or gave way in time."""
        self._become(db, State.EXPIRED, ReservationExpired(self.id, self.hold or "waitlist"), by=by, now=now)
        self._give_back(db, now)

    def want(self, db: Db, move: Move, *, by: Actor, now: datetime, turn: int | None = None) -> None:
        """Ask for another time or other resources; until that is decided everything stays as it is."""
        if self.state not in HOLDING:
            raise WrongStateError(f"A reservation that is {self.state} cannot be moved.", state=self.state.value)
        turn = db.scalars(select(func.nextval("turn"))).one() if turn is None else turn
        self.wanted_starts_at, self.wanted_ends_at = move.slot.start, move.slot.end
        self.wanted_resource_ids = sorted(move.resource_ids)
        self.wanted_people = move.people
        self.wanted_layout, self.wanted_quantities = move.layout, move.quantities
        self.wanted_series_id, self.wanted_recurs_at = move.series_id, move.recurs_at
        self.wanted_by_coordinator, self.wanted_override = by.is_coordinator, move.override
        self.turn, self.waiting_since = turn, now
        self.refusal = None
        self.correlation_id = by.correlation_id
        self.version += 1
        start, end = move.slot.start.isoformat(), move.slot.end.isoformat()
        event = MoveRequested(self.id, start, end, tuple(self.wanted_resource_ids))
        record(db, self.site_id, event, by=by, now=now, on_behalf_of=self.requested_by)

    def withdraw_move(self, db: Db, *, by: Actor, now: datetime) -> None:
        self._stop_waiting()
        self.version += 1
        record(db, self.site_id, MoveWithdrawn(self.id), by=by, now=now, on_behalf_of=self.requested_by)

    def give_up(self, db: Db, keep: Sequence[int], *, by: Actor, now: datetime) -> None:
        """Give back some of its resources at once, for a held house; what is kept needs nobody's decision."""
        gone = sorted(set(self.resource_ids).difference(keep))
        self.resource_ids = sorted(set(self.resource_ids).intersection(keep))
        self._note_change(by, now)
        db.flush()
        free(db, self.id, gone)
        look_again(db, self.site_id, now=now, around=self.slot)
        record(db, self.site_id, ReservationMoved(self.id), by=by, now=now, on_behalf_of=self.requested_by)

    def leave_room(self, db: Db, *, now: datetime) -> None:
        """Fewer people than before, for a held house: others may come who had to wait for the building, or itself."""
        db.flush()
        look_again(db, self.site_id, now=now, around=self.slot)

    def describe(self, db: Db, *, by: Actor, now: datetime, **words: str | int) -> None:
        """Change title, note or people; the calendars are told when they show it."""
        before = {name: getattr(self, name) for name, value in words.items() if getattr(self, name) != value}
        if not before:
            return
        for name in before:
            setattr(self, name, words[name])
        self.touch(db, tuple(before), by=by, now=now, before=before)

    def touch(
        self, db: Db, changed: tuple[str, ...], *, by: Actor, now: datetime, before: dict[str, str | int] | None = None
    ) -> None:
        """Note that words of it changed, here or in what hangs on it."""
        self._note_change(by, now)
        event = ReservationDescribed(self.id, changed, before or {})
        record(db, self.site_id, event, by=by, now=now, on_behalf_of=self.requested_by)

    def _become(self, db: Db, state: State, event: Event | None, *, by: Actor, now: datetime, reason: str = "") -> None:
        """Leave the waiting list and the hold for a state in which nothing is due any more."""
        self._enter(db, state, event, by=by, now=now, reason=reason)
        clear_timers(db, [self.id])

    def _enter(self, db: Db, state: State, event: Event | None, *, by: Actor, now: datetime, reason: str) -> None:
        """Who still holds something, and asked to move it, still waits for the answer to that."""
        is_known_to_nobody = self.state is State.REQUESTED
        self.state = step(self.state, state)
        self.hold = self.hold_until = self.waitlist_turn = None
        if state not in HOLDING:
            self._stop_waiting()
        self._note_change(by, now)
        if is_known_to_nobody:
            self.unannounced_since = None
        if event is not None:
            behalf = self.requested_by if by.person_id is not None else None
            record(db, self.site_id, event, by=by, now=now, reason=reason, on_behalf_of=behalf)

    def _expect(self, *holds: Hold) -> None:
        if self.hold not in holds:
            what = "awaits approval" if Hold.APPROVAL in holds else "is held for you to confirm"
            raise WrongStateError(f"This reservation is {self.state}, and not one that {what}.", state=self.state.value)

    def _note_change(self, by: Actor, now: datetime) -> None:
        self.correlation_id = by.correlation_id or self.correlation_id
        self.version += 1
        self.unannounced_since = self.unannounced_since or now

    def _give_back(self, db: Db, now: datetime) -> None:
        db.flush()
        release(db, [self.id], self.site_id, now=now)

    def _stop_waiting(self) -> None:
        self.turn = self.waiting_since = None
        # written also where it was None: what another one gave back a moment ago may have set it, in the database alone
        flag_modified(self, "turn")
        flag_modified(self, "waiting_since")
        self.wanted_starts_at = self.wanted_ends_at = None
        self.wanted_resource_ids = self.wanted_people = self.wanted_by_coordinator = None
        self.wanted_layout = self.wanted_quantities = self.wanted_override = None
        self.wanted_series_id = self.wanted_recurs_at = None


def cancel_all(db: Db, reservations: Sequence[Reservation], *, reason: str, by: Actor, now: datetime) -> None:
    """Give all of these back at once, such as the dates of a series; for a held house."""
    for reservation in reservations:
        event = ReservationCancelled(reservation.id, reason)
        reservation._enter(db, State.CANCELLED, event, by=by, now=now, reason=reason)  # noqa: SLF001  of this file
    if reservations:
        ids = [reservation.id for reservation in reservations]
        db.flush()
        clear_timers(db, ids)
        release(db, ids, reservations[0].site_id, now=now)


def dates_of(db: Db, series: Series, *, since: datetime | None = None) -> list[Reservation]:
    """The reservations of a series in the order of their original starts, locked, from one of them on."""
    wanted = select(Reservation).where(Reservation.series_id == series.id)
    if since is not None:
        wanted = wanted.where(Reservation.recurs_at >= since)
    return list(db.scalars(wanted.order_by(Reservation.recurs_at, Reservation.id).with_for_update(key_share=True)))
