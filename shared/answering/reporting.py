"""Reporting: the owner reads in one letter what came back to their invitations, and what waits for them.

Guards. The queue is `invitation.digest_at`, cleared in the commit that writes the letter, in which `digested_at` says
up to when it tells: killed before, nothing happened; woken twice, nothing is due. What was undone since is not told.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select

from shared.answering.admitting import newcomers_of
from shared.answering.proposals import Standing, proposals_of
from shared.domain.refusals import Refusal
from shared.domain.states import HOLDING
from shared.invitations.as_told import as_told
from shared.invitations.circle import Circle
from shared.invitations.due import Due, take_up
from shared.invitations.post import To
from shared.letters.came_back import Answered, Digest, Proposed, Unlisted, Unreached
from shared.letters.facts import LANGUAGES, Language
from shared.store.answers import DateAnswer
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.ledger import Invitation
from shared.store.people import Person
from shared.store.reservations import Reservation

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# longer than anybody reads, and what comes from outside is bounded
MOST_LISTED = 200
LONGEST_COMMENT = 300


def report_some(db: Db, *, now: datetime, most: int = 20) -> int:
    """Write the letters of up to `most` entries that are due; returns how many were due. The caller commits."""
    return take_up(db, Due.DIGEST, _report, now=now, most=most)


def _report(db: Db, invitation: Invitation, now: datetime) -> None:
    head = db.get_one(Reservation, invitation.reservation_id)
    digest = _Reader(db, head, invitation.digested_at or BEGINNING, now).digest()
    news = as_told(invitation)
    invitation.digest_at = invitation.digest_since = None
    invitation.digested_at = max(now, invitation.digested_at or now)
    if news is None or not digest:
        return
    series = news.series and news.series.model_copy(update={"whole": None})
    circle = Circle(db, head, invitation, now, head.correlation_id)
    circle.stamp()
    news = news.model_copy(update={"digest": digest, "series": series})
    circle.tell(To.OWNER, "answers", "NOTICE", news, recurrence="answers")


class _Reader:
    """What came back since a moment, of one meeting."""

    def __init__(self, db: Db, head: Reservation, since: datetime, now: datetime) -> None:
        self.db, self.head, self.since, self.now = db, head, since, now
        owner = db.get_one(Person, head.requested_by).address
        # an owner knows what they answered themselves
        self.guests = (
            Attendee.reservation_id == head.id,
            Attendee.removed_at.is_(None),
            Attendee.address != owner,
        )

    def digest(self) -> Digest:
        answered = sorted(self._answered(), key=lambda one: (one.date or BEGINNING, one.name))
        return Digest(
            counts=self._counts(),
            answered=tuple(answered[:MOST_LISTED]),
            more=max(len(answered) - MOST_LISTED, 0),
            proposals=tuple(self._proposals())[:MOST_LISTED],
            newcomers=tuple(self._newcomers())[:MOST_LISTED],
            unreached=tuple(self._unreached()),
            reservation=self.head.id,
        )

    def _counts(self) -> dict[str, int]:
        counted = select(Attendee.partstat, func.count()).where(*self.guests).group_by(Attendee.partstat)
        return {row.partstat: row[1] for row in self.db.execute(counted)}

    def _answered(self) -> list[Answered]:
        of_the_whole = select(Attendee).where(*self.guests, Attendee.answered_at > self.since)
        whole = [
            Answered(
                name=_named(attendee),
                partstat=attendee.partstat,
                comment=attendee.comment[:LONGEST_COMMENT],
                delegated_to=attendee.delegated_to,
            )
            for attendee in self.db.scalars(of_the_whole)
        ]
        of_dates = (
            select(DateAnswer, Attendee, Reservation.starts_at)
            .join(Attendee, Attendee.id == DateAnswer.attendee_id)
            .join(Reservation, Reservation.recurs_at == DateAnswer.recurs_at)
            .where(*self.guests, DateAnswer.answered_at > self.since)
            .where(Reservation.series_id == self.head.series_id, Reservation.state.in_(HOLDING))
        )
        return whole + [
            Answered(
                name=_named(attendee),
                partstat=answer.partstat,
                date=starts_at,
                comment=answer.comment[:LONGEST_COMMENT],
                delegated_to=answer.delegated_to,
            )
            for answer, attendee, starts_at in self.db.execute(of_dates)
        ]

    def _proposals(self) -> list[Proposed]:
        return [
            Proposed(
                number=standing.proposal.id,
                name=_named(standing.attendee),
                start=standing.slot.start,
                end=standing.slot.end,
                date=standing.reservation.starts_at if standing.reservation.series_id else None,
                comment=standing.proposal.comment[:LONGEST_COMMENT],
                is_free=bool(standing.proposal.is_free),
                reason=_reason(standing),
            )
            for standing in proposals_of(self.db, self.head)
            if standing.proposal.state == "open" and standing.slot.start > self.now and not standing.is_under_way
        ]

    def _newcomers(self) -> list[Unlisted]:
        return [
            Unlisted(
                number=newcomer.id,
                name=newcomer.name,
                address=newcomer.address,
                partstat=newcomer.partstat,
                comment=newcomer.comment[:LONGEST_COMMENT],
                delegated_from=newcomer.delegated_from,
                speaks_for=newcomer.speaks_for,
            )
            for newcomer in newcomers_of(self.db, self.head.id)
            if newcomer.state == "open"
        ]

    def _unreached(self) -> Sequence[Unreached]:
        found = select(Attendee).where(*self.guests, Attendee.undeliverable_at > self.since)
        return [
            Unreached(name=attendee.name, address=attendee.address, reason=attendee.undeliverable_reason)
            for attendee in self.db.scalars(found.order_by(Attendee.id).limit(MOST_LISTED))
        ]


def _named(attendee: Attendee) -> str:
    return attendee.name or attendee.address


def _reason(standing: Standing) -> Mapping[Language, str]:
    obstacle = standing.proposal.obstacle or {}
    if "refusal" not in obstacle:
        return {}
    refusal = Refusal.from_json(obstacle["refusal"])
    return {language: refusal.sentence(language) for language in LANGUAGES}
