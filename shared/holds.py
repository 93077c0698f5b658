"""The use cases of what is held: a coordinator approves or declines, an owner confirms, and time runs out."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.booking import own
from shared.domain.errors import NotAllowedError, WrongStateError
from shared.domain.events import ApprovalEscalated, ApprovalReminded, OptionReminded
from shared.domain.states import Hold, State
from shared.house import house_of
from shared.invitations.notices import notify
from shared.store.base import Db
from shared.store.house import lock_house
from shared.store.outbox import Actor, record
from shared.store.people import group_of
from shared.store.reservations import Reservation, dates_of
from shared.store.series import Series
from shared.store.timers import STRIKE, Due, Kind, deadlines, set_timers

ANOTHER_TRY = timedelta(hours=1)

DUE = text("SELECT id, site_id FROM timer WHERE due_at <= :now ORDER BY due_at, id LIMIT :most")

log = structlog.get_logger()


def approve(db: Db, reservation_id: int, *, reason: str, by: Actor, now: datetime) -> Reservation:
    """A coordinator says yes to what awaits it; nobody else's reservation is touched, for it held its slot already."""
    reservation = _for_coordinator(db, reservation_id, by)
    _approve(db, reservation, reason, by, now)
    return reservation


def decline(db: Db, reservation_id: int, *, reason: str, by: Actor, now: datetime) -> Reservation:
    """A coordinator says no; what was held is free, for the waiting list first."""
    reservation = _for_coordinator(db, reservation_id, by)
    reservation.decline(db, reason=reason, by=by, now=now)
    return reservation


def approve_series(db: Db, series_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """A coordinator says yes to all dates of a series that await it; raises WrongStateError when none does."""
    if not by.is_coordinator:
        raise NotAllowedError("Only a coordinator approves or declines.")
    lock_house(db, by.site_id)
    dates = dates_of(db, Series.locked(db, by.site_id, series_id))
    held = [reservation for reservation in dates if reservation.hold is Hold.APPROVAL]
    if not held:
        raise WrongStateError("No date of this series awaits approval.")
    for reservation in held:
        _approve(db, reservation, reason, by, now)


def confirm(db: Db, reservation_id: int, *, by: Actor, now: datetime) -> Reservation:
    """The owner confirms an option or takes an offer, while it is held."""
    lock_house(db, by.site_id)
    reservation = own(db, reservation_id, by=by)
    reservation.confirm(db, by=by, now=now)
    return reservation


def run_due(db: Db, *, now: datetime) -> bool:
    """Do what the timer that is due longest asks for; False when none is. The caller commits.

    The timer is struck in the same commit: killed before it, all is as it was; done by another worker, it is gone.
    """
    due = db.execute(DUE, {"now": now, "most": 1}).first()
    if due is None:
        return False
    lock_house(db, due.site_id)
    struck = db.execute(STRIKE, {"id": due.id, "now": now}).first()
    if struck is None:
        return True
    try:
        with db.begin_nested():
            reservation = Reservation.locked(db, struck.site_id, struck.reservation_id)
            _run(db, reservation, Kind(struck.kind), now)
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: that is nobody's fault, and passes
    except Exception:  # one that cannot be run must not hold up the others
        log.exception("a timer cannot be run, it is tried again in an hour", reservation=struck.reservation_id)
        again = Due(struck.site_id, struck.reservation_id, Kind(struck.kind), now + ANOTHER_TRY)
        set_timers(db, [again])
    return True


def _run(db: Db, reservation: Reservation, kind: Kind, now: datetime) -> None:
    creneau = Actor(None, reservation.site_id, correlation_id=reservation.correlation_id)
    if kind is Kind.EXPIRE:
        _expire(db, reservation, creneau, now)
    elif reservation.hold is Hold.OPTION:
        notify(db, reservation, "option_reminder", now=now)
        record(db, reservation.site_id, OptionReminded(reservation.id), by=creneau, now=now)
    elif reservation.hold is Hold.APPROVAL:
        notify(db, reservation, "approval_reminder", now=now, escalate=kind is Kind.ESCALATE)
        event = ApprovalEscalated if kind is Kind.ESCALATE else ApprovalReminded
        record(db, reservation.site_id, event(reservation.id), by=creneau, now=now)


def _expire(db: Db, reservation: Reservation, creneau: Actor, now: datetime) -> None:
    if reservation.state not in {State.TENTATIVE, State.WAITLISTED}:
        return
    house = house_of(db, reservation.site_id)
    unanswered = house.unanswered(reservation.resource_ids, group_of(db, reservation.requested_by))
    if reservation.hold is Hold.APPROVAL and unanswered == "confirm" and reservation.starts_at > now:
        _approve(db, reservation, "", creneau, now)
    else:
        reservation.expire(db, by=creneau, now=now)


def _approve(db: Db, reservation: Reservation, reason: str, by: Actor, now: datetime) -> None:
    """What becomes an option by this has an end of its own."""
    reservation.approve(db, reason=reason, by=by, now=now)
    if reservation.hold is not None and reservation.hold_until is not None:
        group = group_of(db, reservation.requested_by)
        policies = house_of(db, reservation.site_id).policies(reservation.resource_ids, group)
        due = deadlines(reservation.hold, reservation.hold_until, policies, now)
        set_timers(db, [Due(reservation.site_id, reservation.id, kind, at) for kind, at in due.items()])


def _for_coordinator(db: Db, reservation_id: int, by: Actor) -> Reservation:
    if not by.is_coordinator:
        raise NotAllowedError("Only a coordinator approves or declines.")
    lock_house(db, by.site_id)
    return Reservation.locked(db, by.site_id, reservation_id)
