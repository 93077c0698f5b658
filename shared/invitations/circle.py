"""A circle: the people of one entry, the invitation that they have, and how news reaches them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, text

from shared.invitations.guests import seat_hosts
from shared.invitations.news import News
from shared.invitations.post import Posting, To, post
from shared.store.answers import settle_proposals
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.ledger import Invitation
from shared.store.reservations import Reservation
from shared.store.uids import uid_in_calendars

SECOND = timedelta(seconds=1)

CROWD = text("""
SELECT count(*) FILTER (WHERE removed_at IS NULL AND NOT is_told) AS new,
       count(*) FILTER (WHERE removed_at IS NULL AND is_told) AS told,
       count(*) FILTER (WHERE removed_at IS NOT NULL AND is_told) AS removed
FROM attendee WHERE reservation_id = :id
""")


ASK_AGAIN = text("""
UPDATE attendee SET partstat = 'NEEDS-ACTION', asked_sequence = :sequence, answered_at = NULL, comment = '',
    delegated_to = ''
WHERE reservation_id = :id
""")
FORGET_DATES = text("DELETE FROM date_answer USING attendee AS a WHERE attendee_id = a.id AND a.reservation_id = :id")
LET_GO = text("""
DELETE FROM date_answer AS d USING attendee AS a
WHERE d.attendee_id = a.id AND a.reservation_id = :id AND d.recurs_at = ANY(:dates)
  AND (d.partstat, a.partstat) = ('NEEDS-ACTION', 'NEEDS-ACTION')
""")
ASK_FOR_A_DATE = text("""
INSERT INTO date_answer (attendee_id, recurs_at, asked_sequence)
SELECT id, :recurs_at, :sequence FROM attendee WHERE reservation_id = :id AND is_told AND removed_at IS NULL ORDER BY id
ON CONFLICT (attendee_id, recurs_at) DO UPDATE SET partstat = 'NEEDS-ACTION', asked_sequence = excluded.asked_sequence,
    answered_at = NULL, comment = '', delegated_to = ''
""")


@dataclass(frozen=True, slots=True)
class Update:
    """What those hear who know of the entry already; `recurrence` names the one date of a series that it is about."""

    kind: str
    method: str
    news: News
    recurrence: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """Whoever is on the list of a reservation, which for a series is its head; nobody else writes to them meanwhile."""

    db: Db
    reservation: Reservation
    invitation: Invitation
    now: datetime
    correlation_id: str

    @classmethod
    def around(
        cls,
        db: Db,
        reservation: Reservation,
        *,
        now: datetime,
        resource_ids: list[int] | None = None,
        correlation_id: str | None = None,
    ) -> "Circle":
        """With owner and trainers on the list, and with the invitation, which is made when there is none."""
        ids = reservation.resource_ids if resource_ids is None else resource_ids
        seat_hosts(db, reservation, ids, now=now)
        invitation = _invitation(db, reservation, now)
        circle = cls(db, reservation, invitation, now, correlation_id or reservation.correlation_id)
        circle.stamp()
        return circle

    def stamp(self) -> None:
        """In whole seconds, for DTSTAMP says no more, and strictly rising, for calendars ignore what is not later."""
        self.invitation.dtstamp = max(self.now.replace(microsecond=0), self.invitation.dtstamp + SECOND)

    def tell(self, to: To, kind: str, method: str, news: News, *, ahead: int = 0, recurrence: str = "") -> int:
        """Announce it under the SEQUENCE of the invitation, or one so far ahead of it; returns to how many."""
        sequence, dtstamp = self.invitation.sequence + ahead, self.invitation.dtstamp
        return self.post(to, Posting(kind, method, sequence, dtstamp, news, recurrence))

    def post(self, to: To, posting: Posting) -> int:
        ids = replace(posting, correlation_id=self.correlation_id)
        return post(self.db, ids, to, reservation=self.reservation, invitation=self.invitation, now=self.now)

    def keep_up(self, update: Update | None, *, invitation: News, known: News) -> None:
        """Whoever was told is told of the update, whoever is new is invited, and whoever is off the list hears that.

        `known` is what these last ones know: they never heard of what changed since.
        """
        self._outrank_cancellations()
        crowd = self._count()
        if update is not None and crowd.told:
            self.tell(To.TOLD, update.kind, update.method, update.news, recurrence=update.recurrence)
        if crowd.new:
            self.tell(To.NEW, "invitation", "REQUEST", invitation)
        if crowd.removed:
            self.tell(To.REMOVED, "cancellation", "CANCEL", known, ahead=1)

    def take_back(self, news: News) -> None:
        """All of it is cancelled, for everybody who was told of it."""
        self.invitation.sequence += 1
        self.tell(To.EVERYBODY_LEAVING, "cancellation", "CANCEL", news)
        settle_proposals(self.db, self.reservation.id, self.reservation.series_id, now=self.now)
        self.invitation.told = self.invitation.remind_at = None

    def _count(self) -> Row[Any]:
        """How many are to be invited (`new`), are `told` already, and are to be taken off (`removed`)."""
        return self.db.execute(CROWD, {"id": self.reservation.id}).one()

    def ask_again(self, date: datetime | None = None) -> None:
        """Everybody's answer is open again, under the SEQUENCE that is announced: to the whole, or to one date of it.

        Whoever answers what was asked before answers another question, and their mail is stale when it comes.
        """
        values = {"id": self.reservation.id, "sequence": self.invitation.sequence, "recurs_at": date}
        self.db.execute(ASK_AGAIN if date is None else ASK_FOR_A_DATE, values)
        if date is None and self.reservation.series_id is not None:
            self.db.execute(FORGET_DATES, values)
        settle_proposals(self.db, self.reservation.id, self.reservation.series_id, now=self.now, date=date)

    def let_go(self, dates: Collection[datetime]) -> None:
        """Dates that the calendar does not tell for themselves any more are asked for with the whole."""
        values = {"id": self.reservation.id, "dates": list(dates)}
        if dates:
            self.db.execute(LET_GO, values)

    def _outrank_cancellations(self) -> None:
        """Somebody taken off and invited again has a CANCEL in the calendar: the REQUEST must come after it."""
        highest = self.db.scalars(
            select(func.max(Attendee.told_sequence)).where(
                Attendee.reservation_id == self.reservation.id, Attendee.removed_at.is_(None), ~Attendee.is_told
            )
        ).one()
        if highest is not None and highest >= self.invitation.sequence:
            self.invitation.sequence = highest + 1


def _invitation(db: Db, reservation: Reservation, now: datetime) -> Invitation:
    known = db.scalars(
        select(Invitation)
        .where(Invitation.reservation_id == reservation.id)
        .with_for_update(key_share=True)  # a reminder may be written at this very moment
    ).first()
    if known is None:
        known = Invitation(
            site_id=reservation.site_id,
            reservation_id=reservation.id,
            uid=uid_in_calendars(db, reservation),
            sequence=0,
            dtstamp=now.replace(microsecond=0) - SECOND,
        )
        db.add(known)
        db.flush()
    return known
