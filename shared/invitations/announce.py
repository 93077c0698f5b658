"""Announcing: compares what people were told with what is, and writes the difference into the ledger.

Guards. The queue is `reservation.unannounced_since`, cleared in the commit that writes the deliveries: killed before,
nothing happened; woken twice, there is no difference left. Several changes since the last time make one mail.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Row, func, select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.availability import alternatives_to, conflicts_behind
from shared.domain.slots import Slot
from shared.domain.states import HOLDING, State
from shared.house import house_of
from shared.invitations.guests import seat_hosts
from shared.invitations.news import News, RefusedThing, Told, resource_names, told_of
from shared.invitations.post import Posting, To, post
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.ledger import Invitation
from shared.store.people import is_of_the_house
from shared.store.reservations import Reservation

log = structlog.get_logger()

SECOND = timedelta(seconds=1)
REMINDER_HOUR = 9

CROWD = text("""
SELECT count(*) FILTER (WHERE removed_at IS NULL AND NOT is_told) AS new,
       count(*) FILTER (WHERE removed_at IS NULL AND is_told) AS told,
       count(*) FILTER (WHERE removed_at IS NOT NULL AND is_told) AS removed
FROM attendee WHERE reservation_id = :id
""")


def announce_some(db: Db, *, now: datetime, most: int = 20) -> int:
    """Announce up to `most` reservations; returns how many were. The caller commits."""
    waiting = db.scalars(
        select(Reservation)
        .where(Reservation.unannounced_since.is_not(None))
        .order_by(Reservation.unannounced_since, Reservation.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    return sum(_announce(db, reservation, now) for reservation in waiting)


def _announce(db: Db, reservation: Reservation, now: datetime) -> bool:
    try:
        with db.begin_nested():
            _Announcer(db, reservation, now).announce()
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: that is nobody's fault, and passes
    except Exception:  # one that cannot be announced must not hold up the others: it goes to the end of the queue
        log.exception("a change cannot be announced, the next tick tries again", reservation=reservation.id)
        reservation.unannounced_since = now
        return False
    return True


@dataclass(slots=True)
class _Announcer:
    """The announcements of one reservation, whose row is locked."""

    db: Db
    reservation: Reservation
    now: datetime

    def announce(self) -> None:
        invitation = self._invitation()
        # whole seconds are all that DTSTAMP can say, and what is no later than the last one is ignored by calendars
        invitation.dtstamp = max(self.now.replace(microsecond=0), invitation.dtstamp + SECOND)
        state = self.reservation.state
        if state is State.CONFIRMED:
            self._tell_what_is(invitation)
        if state is State.CANCELLED and invitation.told is not None:
            self._take_back(invitation)
        if self.reservation.refusal is not None and state is not State.CANCELLED:
            self._explain_refusal(invitation)
        self.reservation.unannounced_since = None
        self.db.flush()

    def _tell_what_is(self, invitation: Invitation) -> None:
        told = told_of(self.db, self.reservation)
        before = Told.model_validate(invitation.told) if invitation.told is not None else None
        changes = told.changes_since(before) if before else ()
        is_moved = any(change.what in {"time", "place"} for change in changes)
        if is_moved:
            invitation.sequence += 1
            self._ask_again()
        self._outrank_cancellations(invitation)
        crowd = self._crowd()
        if changes and crowd.told:
            self._post(invitation, To.TOLD, "update", "REQUEST", News(told=told, before=before))
        if crowd.new:
            self._post(invitation, To.NEW, "invitation", "REQUEST", News(told=told))
        if crowd.removed:
            known = News(told=before or told, is_removal=True)  # they never heard of what changed since
            self._post(invitation, To.REMOVED, "cancellation", "CANCEL", known, ahead=1)
        if before is None or (told.start, told.end) != (before.start, before.end):
            invitation.remind_at = self._reminder_time(told)
        invitation.told = told.model_dump(mode="json")

    def _take_back(self, invitation: Invitation) -> None:
        invitation.sequence += 1
        told = Told.model_validate(invitation.told)
        self._post(invitation, To.EVERYBODY_LEAVING, "cancellation", "CANCEL", News(told=told))
        invitation.told = invitation.remind_at = None

    def _explain_refusal(self, invitation: Invitation) -> None:
        """Once for each refusal: its DTSTAMP is the moment of the decision, and the ledger takes no second one.

        Always under SEQUENCE 0, for the entry's own may rise later while the refusal stays the same.
        """
        refusal, asked = self.reservation.refused, self.reservation.asked
        if refusal is None or self.reservation.decided_at is None:
            return
        alternatives = alternatives_to(self.db, self.reservation, now=self.now)
        news = News(
            told=told_of(self.db, self.reservation),
            reasons={language: refusal.sentence(language) for language in ("fr", "en")},
            is_move=self.reservation.state in HOLDING,
            asked=RefusedThing.of(resource_names(self.db, asked.resource_ids), asked.slot),
            conflicts=tuple(
                RefusedThing.of((row.room,), Slot(row.starts_at, row.ends_at), self._title_for_owner(row))
                for row in conflicts_behind(self.db, refusal)
            ),
            alternatives=tuple(
                RefusedThing.of(resource_names(self.db, list(a.resource_ids)), a.slot) for a in alternatives
            ),
        )
        posting = Posting("refusal", "REFUSAL", 0, self.reservation.decided_at, news)
        post(self.db, posting, To.OWNER, reservation=self.reservation, invitation=invitation, now=self.now)

    def _title_for_owner(self, conflict: Row[Any]) -> str | None:
        """What stands in the way is called, as far as whoever asked may know it."""
        owner, house = self.reservation.requested_by, house_of(self.db, self.reservation.site_id)
        is_hidden = conflict.requested_by != owner and house.hides_titles(conflict.resource_ids)
        return conflict.title if is_of_the_house(self.db, owner) and not is_hidden else None

    def _post(self, invitation: Invitation, to: To, kind: str, method: str, news: News, *, ahead: int = 0) -> None:
        posting = Posting(kind, method, invitation.sequence + ahead, invitation.dtstamp, news)
        post(self.db, posting, to, reservation=self.reservation, invitation=invitation, now=self.now)

    def _crowd(self) -> Row[Any]:
        """How many are to be invited, are told already, and are to be taken off."""
        return self.db.execute(CROWD, {"id": self.reservation.id}).one()

    def _invitation(self) -> Invitation:
        """The invitation, made on the first announcement, with its hosts among those who are invited."""
        seat_hosts(self.db, self.reservation, now=self.now)
        known = self.db.scalars(select(Invitation).where(Invitation.reservation_id == self.reservation.id)).first()
        if known is None:
            known = Invitation(
                site_id=self.reservation.site_id,
                reservation_id=self.reservation.id,
                uid=f"{uuid4()}@{told_of(self.db, self.reservation).host.mail_domain}",
                sequence=0,
                dtstamp=self.now.replace(microsecond=0) - SECOND,
            )
            self.db.add(known)
            self.db.flush()
        return known

    def _ask_again(self) -> None:
        """Another time or place: everybody's answer is open again."""
        self.db.execute(
            update(Attendee).where(Attendee.reservation_id == self.reservation.id).values(partstat="NEEDS-ACTION")
        )

    def _outrank_cancellations(self, invitation: Invitation) -> None:
        """Somebody taken off and invited again has a CANCEL in the calendar: the REQUEST must come after it."""
        highest = self.db.scalars(
            select(func.max(Attendee.told_sequence)).where(
                Attendee.reservation_id == self.reservation.id, Attendee.removed_at.is_(None), ~Attendee.is_told
            )
        ).one()
        if highest is not None and highest >= invitation.sequence:
            invitation.sequence = highest + 1

    def _reminder_time(self, told: Told) -> datetime | None:
        """Nine o'clock on the day before, on the clock of the site; None when that is over."""
        local = told.start.astimezone(ZoneInfo(told.host.zone)) - timedelta(days=1)
        due = local.replace(hour=REMINDER_HOUR, minute=0, second=0, microsecond=0).astimezone(UTC)
        return due if due > self.now else None
