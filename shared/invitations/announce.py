"""Announcing: compares what people were told with what is, and writes the difference into the ledger.

Guards. The queue is `reservation.unannounced_since`, cleared in the commit that writes the deliveries: killed before,
nothing happened; woken twice, there is no difference left. Several changes since the last time make one mail.
"""

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.domain.states import State
from shared.invitations.announce_series import announce_series, marked_dates
from shared.invitations.as_it_is import told_of
from shared.invitations.circle import Circle, Update
from shared.invitations.news import News
from shared.invitations.notices import notice
from shared.invitations.remind import reminder_time
from shared.invitations.replies.answer import answer_entry
from shared.invitations.told import Told, is_moved
from shared.store.base import Db
from shared.store.reservations import Reservation

log = structlog.get_logger()


def announce_some(db: Db, *, now: datetime, most: int = 20) -> int:
    """Announce up to `most` reservations, a series as one; returns how many were. The caller commits."""
    waiting = db.scalars(
        select(Reservation)
        .where(Reservation.unannounced_since.is_not(None))
        .order_by(Reservation.unannounced_since, Reservation.id)
        .limit(most)
        # not FOR UPDATE: deliveries refer to the reservation, and whoever writes a reminder meanwhile need not wait
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    one_of_each = {_occasion(r): r for r in reversed(waiting)}
    return sum(_announce(db, reservation, now) for reservation in reversed(one_of_each.values()))


def _occasion(reservation: Reservation) -> tuple[str, int]:
    """What is announced as one: an entry of somebody else's, a series, or a reservation."""
    if reservation.entry_id is not None:
        return "entry", reservation.entry_id
    if reservation.series_id is not None:
        return "series", reservation.series_id
    return "reservation", reservation.id


def _announce(db: Db, reservation: Reservation, now: datetime) -> bool:
    try:
        with db.begin_nested():
            if reservation.entry_id is not None:
                return answer_entry(db, reservation.entry_id, now=now, correlation_id=reservation.correlation_id)
            if reservation.series_id is not None:
                return announce_series(db, reservation, now=now)
            _announce_alone(db, reservation, now)
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: that is nobody's fault, and passes
    except Exception:  # one that cannot be announced must not hold up the others: it goes to the end of the queue
        log.exception("a change cannot be announced, the next tick tries again", reservation=reservation.id)
        for behind in marked_dates(db, reservation.series_id) if reservation.series_id else [reservation]:
            behind.unannounced_since = now
        return False
    return True


def _announce_alone(db: Db, reservation: Reservation, now: datetime) -> None:
    """The announcements of one reservation, whose row is locked."""
    circle = Circle.around(db, reservation, now=now)
    told = circle.invitation.told
    if reservation.state is State.CONFIRMED:
        _tell_what_is(circle, told_of(db, reservation))
    if reservation.state is State.CANCELLED and told is not None:
        circle.take_back(News(told=Told.model_validate(told)))
    notice(circle, reservation)
    reservation.unannounced_since = None
    db.flush()


def _tell_what_is(circle: Circle, told: Told) -> None:
    invitation = circle.invitation
    before = Told.model_validate(invitation.told) if invitation.told is not None else None
    changes = told.changes_since(before) if before else ()
    if is_moved(changes):
        invitation.sequence += 1
        circle.ask_again()
    update = Update("update", "REQUEST", News(told=told, before=before)) if changes else None
    circle.keep_up(update, invitation=News(told=told), known=News(told=before or told, is_removal=True))
    if before is None or (told.start, told.end) != (before.start, before.end):
        due = reminder_time(told.start, told.host.zone)
        invitation.remind_at = due if due > circle.now else None
    invitation.told = told.model_dump(mode="json")
