"""Delivering: moves deliveries through the states of the ledger, in two phases, so that no crash loses or doubles one.

    queued → sending (lease, token) → committing (just before the final dot) → sent | failed | dead

Guards. A lease that ends in `sending` is safe to take over: nothing had left. One that ends in `committing` may have
arrived: the same bytes go out once more, which calendars ignore, and the ledger says so. Whoever lost the lease finds
out before the dot, because `committing` is only written by the holder of the token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Row, func, select, text

from shared.calendar.entry import Party
from shared.domain.errors import NotFoundError, WrongStateError
from shared.invitations.addressed import Addressed
from shared.invitations.compose import Mail, envelope_sender, mail_for
from shared.invitations.news import News
from shared.mail.contract import Envelope
from shared.store.base import Db
from shared.store.ledger import Delivery, DeliveryState

LEASE = timedelta(seconds=30)
COMMITTING_LEASE = timedelta(seconds=45)
PATIENCE = timedelta(days=2)
MOST_ATTEMPTS = 200
OPEN = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.COMMITTING})
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(hours=1)

log = structlog.get_logger()

# the oldest open delivery of each (UID, recipient) only: a CANCEL never overtakes its REQUEST
CLAIM = text("""
WITH due AS (
    SELECT d.id, d.state FROM delivery AS d
    WHERE d.state IN ('queued', 'sending', 'committing') AND d.not_before <= :now
      AND (d.state = 'queued' OR d.lease_until < :now)
      AND NOT EXISTS (SELECT 1 FROM delivery AS earlier
                      WHERE earlier.uid = d.uid AND earlier.recipient = d.recipient AND earlier.id < d.id
                        AND earlier.state IN ('queued', 'sending', 'committing'))
    ORDER BY d.not_before, d.id LIMIT :most FOR UPDATE OF d SKIP LOCKED)
UPDATE delivery AS d SET state = 'sending', lease = :token, lease_until = :until, attempts = attempts + 1,
    ambiguous_count = ambiguous_count + CASE WHEN due.state = 'committing' THEN 1 ELSE 0 END
FROM due WHERE d.id = due.id
RETURNING d.id, d.announcement_id, d.uid, d.sequence, d.dtstamp, d.method, d.recipient, d.recipient_name, d.language,
          d.role, d.partstat, d.partstats, d.key, d.subject, d.message, d.attempts, d.give_up_at, d.correlation_id
""")

ANNOUNCEMENTS = text("SELECT id, kind, news FROM announcement WHERE id = ANY(:ids)")
STORE = text("UPDATE delivery SET subject = :subject, message = :message WHERE id = :id AND lease = :token")
GIVE_BACK = text("""
UPDATE delivery SET state = 'queued', lease = NULL, lease_until = NULL, attempts = attempts - 1
WHERE id = ANY(:ids) AND lease = ANY(:tokens) AND state = 'sending'
""")
COMMIT = text("""
UPDATE delivery SET state = 'committing', lease_until = :until
WHERE id = :id AND lease = :token AND state = 'sending' RETURNING id
""")
# the answer of the mail server is a fact even when the lease ended meanwhile, unless somebody else is at it again
SETTLE = text("""
UPDATE delivery SET state = :state, lease = NULL, lease_until = NULL, last_answer = :answer, not_before = :not_before,
    sent_at = :sent_at, ambiguous_count = ambiguous_count + :ambiguous, attempts = attempts - :uncounted
WHERE id = :id AND lease = :token RETURNING id
""")


class LostLeaseError(Exception):
    """Somebody else took the delivery over; nothing may leave from here."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased delivery with its bytes, ready to send."""

    id: int
    token: UUID
    leased_until: datetime
    envelope: Envelope
    message: bytes
    attempts: int
    give_up_at: datetime
    correlation_id: str


def claim(db: Db, *, now: datetime, most: int) -> list[Parcel]:
    """Lease up to `most` deliveries that are due, and render those that were never rendered. The caller commits.

    One that cannot be written is dead at once, with the reason on the ledger: no retry would change it.
    """
    token = uuid4()
    rows = db.execute(CLAIM, {"now": now, "until": now + LEASE, "token": token, "most": most}).all()
    ids = list({row.announcement_id for row in rows})
    announcements = {row.id: row for row in db.execute(ANNOUNCEMENTS, {"ids": ids})}
    parcels = []
    for row in sorted(rows, key=lambda row: row.id):
        if row.attempts > MOST_ATTEMPTS:
            _settle(db, row.id, token, _Outcome(DeliveryState.DEAD, "too many attempts", now))
            continue
        try:
            letter = _write(row, announcements[row.announcement_id])
        except Exception as error:  # one letter that cannot be written must not hold up all the others
            log.exception("a letter cannot be written", delivery=row.id)
            reason = f"cannot be written: {type(error).__name__}: {error}"
            _settle(db, row.id, token, _Outcome(DeliveryState.DEAD, reason, now))
            continue
        if row.message is None:
            _store(db, row.id, token, letter.mail)
        parcels.append(
            Parcel(
                id=row.id,
                token=token,
                leased_until=now + LEASE,
                envelope=letter.envelope,
                message=letter.mail.message,
                attempts=row.attempts,
                give_up_at=row.give_up_at,
                correlation_id=row.correlation_id,
            )
        )
    return parcels


def is_fresh(parcel: Parcel, *, now: datetime) -> bool:
    """Whether its lease lasts long enough to begin; one that slept too long lets it end, and another worker take over.

    Only a question of manners: whoever lost the lease finds out before the dot anyway.
    """
    return parcel.leased_until - now > LEASE / 2


def give_back(db: Db, parcels: Sequence[Parcel]) -> None:
    """Let somebody else have what was not tried; it was no attempt, so that a slow server cannot wear a mail out."""
    db.execute(GIVE_BACK, {"ids": [p.id for p in parcels], "tokens": list({p.token for p in parcels})})


def point_of_no_return(db: Db, parcel: Parcel, *, now: datetime) -> None:
    """Note that the final dot goes out next; raises LostLeaseError, and then it must not."""
    values = {"id": parcel.id, "token": parcel.token, "until": now + COMMITTING_LEASE}
    if db.scalars(COMMIT, values).first() is None:
        raise LostLeaseError


def sent(db: Db, parcel: Parcel, *, answer: str, now: datetime) -> None:
    _settle(db, parcel.id, parcel.token, _Outcome(DeliveryState.SENT, answer, now, sent_at=now))


def send_again(db: Db, site_id: int, delivery_id: int, *, now: datetime) -> Delivery:
    """Queue the same bytes once more; raises WrongStateError while it is on its way or when newer news went out since.

    A recipient who has it already sees nothing: calendars ignore an equal SEQUENCE with an equal DTSTAMP.
    """
    delivery = db.scalars(
        select(Delivery).where(Delivery.id == delivery_id, Delivery.site_id == site_id).with_for_update()
    ).first()
    if delivery is None:
        raise NotFoundError("There is no such delivery.")
    if delivery.state in OPEN:
        raise WrongStateError("This mail is on its way already.", state=delivery.state.value)
    newer = db.scalars(
        select(func.max(Delivery.id)).where(
            Delivery.uid == delivery.uid,
            Delivery.recipient == delivery.recipient,
            Delivery.id > delivery.id,
            Delivery.sender == delivery.sender,  # each room answers for itself
            Delivery.method.in_(["REQUEST", "CANCEL", "REPLY"]),  # a reminder says nothing new
        )
    ).one()
    if newer is not None:
        raise WrongStateError(f"Newer news went out since: send delivery {newer} again instead.", newer=newer)
    delivery.state = DeliveryState.QUEUED
    delivery.not_before, delivery.give_up_at = now, now + PATIENCE
    delivery.attempts, delivery.sent_at = 0, None
    return delivery


def refused_for_good(db: Db, parcel: Parcel, *, answer: str, now: datetime) -> None:
    _settle(db, parcel.id, parcel.token, _Outcome(DeliveryState.FAILED, answer, now))


def try_later(
    db: Db, parcel: Parcel, *, answer: str, ambiguous: bool, now: datetime, is_our_fault: bool = False
) -> None:
    """Queue it again after a pause that grows; after two days it is dead, and shows.

    The pause is a tenth of the time that it has waited already: however long the mail server was away, what waits goes
    soon after it is back (a minute after ten), and two days make some 130 attempts. Where the server refuses us and not
    this mail (a password, a sender), it is no attempt of this mail's, and never the end of it.
    """
    is_over = now > parcel.give_up_at and not is_our_fault
    state = DeliveryState.DEAD if is_over else DeliveryState.QUEUED
    waited = now - (parcel.give_up_at - PATIENCE)
    pause = min(max(waited / 10, SHORTEST_PAUSE), LONGEST_PAUSE)
    _settle(
        db, parcel.id, parcel.token, _Outcome(state, answer, now + pause, ambiguous=ambiguous, uncounted=is_our_fault)
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of one attempt."""

    state: DeliveryState
    answer: str
    not_before: datetime
    sent_at: datetime | None = None
    ambiguous: bool = False
    uncounted: bool = False


def _settle(db: Db, delivery_id: int, token: UUID, outcome: _Outcome) -> None:
    db.execute(
        SETTLE,
        {
            "id": delivery_id,
            "token": token,
            "state": outcome.state.value,
            "answer": outcome.answer.replace("\x00", "")[:200],
            "not_before": outcome.not_before,
            "sent_at": outcome.sent_at,
            "ambiguous": int(outcome.ambiguous),
            "uncounted": int(outcome.uncounted),
        },
    )


@dataclass(frozen=True, slots=True)
class _Letter:
    """A mail in its envelope."""

    mail: Mail
    envelope: Envelope


def _write(row: Row[Any], announcement: Row[Any]) -> _Letter:
    """The letter of a delivery: as it was stored, or else as it is written now; an unwritable one raises anything."""
    news = News.model_validate(announcement.news)
    envelope = Envelope(envelope_sender(row.key, news.told.host.mail_domain), row.recipient)
    if row.message is not None:
        return _Letter(Mail(row.subject, bytes(row.message)), envelope)
    mail = mail_for(
        Addressed(
            kind=announcement.kind,
            method=row.method,
            uid=row.uid,
            sequence=row.sequence,
            dtstamp=row.dtstamp,
            news=news,
            key=row.key,
            recipient=Party(row.recipient, row.recipient_name, row.language),
            role=row.role,
            partstat=row.partstat,
            partstats=row.partstats or {},
        )
    )
    return _Letter(mail, envelope)


def _store(db: Db, delivery_id: int, token: UUID, mail: Mail) -> None:
    """Keep the bytes before any of them leaves."""
    db.execute(STORE, {"id": delivery_id, "token": token, "subject": mail.subject, "message": mail.message})
