"""Replacing: an entry becomes something that no move can express, such as a series of a single meeting, or other dates.

It has what it had, or it has what it wants, and nobody is overtaken:

1. The house is held, so nobody else decides or releases anything meanwhile.
2. Whoever asked before is decided before, just as if a decider had come along first.
3. In a savepoint the old reservations are given back, the new ones are asked for under one turn, and that turn alone is
   decided. Those who wait for what was given back are not served in between: it is still the entry's own, as with any
   move, and a meeting must not lose its room to the waiting list because it lasts half an hour longer.
4. Granted: the old is gone, and the waiting list, whose turns the giving back has brought up, is decided next.
   Not granted: the savepoint is rolled back, with the events and the freed places, so that nothing has happened.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from shared.attendant.asking import ask_whole
from shared.attendant.owned import Owned
from shared.attendant.timetable import Timetable
from shared.domain.refusals import Refusal
from shared.domain.states import HOLDING, State
from shared.domain.verdicts import MOVE_NEEDS_APPROVAL, SERIES_REFUSED
from shared.previewing import decide_turn, decide_waiting
from shared.store.reservations import Reservation, cancel_all


def replace_whole(owned: Owned, old: Sequence[Reservation], wanted: Timetable) -> dict[str, Any] | None:
    """None when the new stands in place of the old; else why not, and all is as it was. Raises Impossible."""
    db, ids = owned.db, [reservation.id for reservation in old]
    decide_waiting(db, owned.call.site.id, now=owned.now)
    old = db.scalars(select(Reservation).where(Reservation.id.in_(ids)).order_by(Reservation.id)).all()
    was_confirmed = any(reservation.state is State.CONFIRMED for reservation in old)
    with db.begin_nested() as savepoint:
        cancel_all(db, old, reason="", by=owned.actor, now=owned.now)
        ids = ask_whole(owned, wanted)
        turn = db.scalars(select(Reservation.turn).where(Reservation.id.in_(ids))).first()
        decide_turn(db, owned.call.site.id, turn or 0, now=owned.now)
        decided = db.scalars(select(Reservation).where(Reservation.id.in_(ids)).order_by(Reservation.id)).all()
        refusal = _why_not(decided, was_confirmed=was_confirmed)
        if refusal is not None:
            savepoint.rollback()
    db.expire_all()
    return refusal.as_json() if refusal is not None else None


def _why_not(decided: Sequence[Reservation], *, was_confirmed: bool) -> Refusal | None:
    """What was confirmed does not become tentative: a change that needs approval is refused, as with any move."""
    held = [reservation for reservation in decided if reservation.state in HOLDING]
    if was_confirmed and any(reservation.state is State.TENTATIVE for reservation in held):
        return Refusal(MOVE_NEEDS_APPROVAL, override="coordinator")
    if held:
        return None
    refusals = [reservation.refused for reservation in decided if reservation.refused]
    return next((refusal for refusal in refusals if refusal.code != SERIES_REFUSED), refusals[0])
