"""Posting: one announcement and its deliveries, one for each person it is for, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import text

from shared.domain.events import InvitationsQueued
from shared.invitations.news import News
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.ledger import Announcement, Invitation
from shared.store.outbox import Actor, record, record_about_entry
from shared.store.reservations import Reservation

_NOW_TOLD = "UPDATE attendee SET is_told = true, told_sequence = :sequence WHERE reservation_id = :reservation_id "
_NOW_GONE = "UPDATE attendee SET is_told = false, told_sequence = :sequence WHERE reservation_id = :reservation_id "
# whoever is invited is asked with that very SEQUENCE
_NOW_ASKED = _NOW_TOLD.replace("is_told = true", "is_told = true, asked_sequence = :sequence")
_HEARD = " RETURNING id, address, name, language, role, partstat"
_SAME = "SELECT id, address, name, language, role, partstat FROM attendee WHERE reservation_id = :reservation_id "
# to which date of a series a reminder is, what was answered for that date is what counts
_COMING = """
AND removed_at IS NULL AND is_told AND coalesce(
    (SELECT d.partstat FROM date_answer AS d WHERE d.attendee_id = attendee.id AND d.recurs_at = :recurs_at), partstat
) NOT IN ('DECLINED', 'DELEGATED')"""
_COORDINATORS = """
SELECT DISTINCT CAST(NULL AS bigint) AS id, p.address, p.name, p.language, 'NON-PARTICIPANT' AS role,
       'NEEDS-ACTION' AS partstat
FROM person AS p JOIN token AS t ON t.person_id = p.id
WHERE t.site_id = :site_id AND t.role = 'coordinator' AND t.revoked_at IS NULL"""
# the site itself is written to without a name: nobody knows who reads it
_CONTACT = """
SELECT CAST(NULL AS bigint) AS id, lower(contact_address) AS address, '' AS name, language,
       'NON-PARTICIPANT' AS role, 'NEEDS-ACTION' AS partstat
FROM site WHERE id = :site_id"""


class To(Enum):
    """Who gets an announcement, as the statement that finds them and notes that they know."""

    NEW = _NOW_ASKED + "AND removed_at IS NULL AND NOT is_told" + _HEARD
    TOLD = _NOW_TOLD + "AND removed_at IS NULL AND is_told" + _HEARD
    REMOVED = _NOW_GONE + "AND removed_at IS NOT NULL AND is_told" + _HEARD
    EVERYBODY_LEAVING = _NOW_GONE + "AND is_told" + _HEARD
    OWNER = _SAME + "AND address = (SELECT p.address FROM person p WHERE p.id = :owner_id)"  # noqa: S608  constants only
    COMING = _SAME + _COMING
    ONE = _SAME + "AND id = :attendee_id"
    COORDINATORS = _COORDINATORS + " UNION ALL " + _CONTACT + " AND NOT EXISTS (" + _COORDINATORS + ")"
    COORDINATORS_AND_CONTACT = (
        "SELECT DISTINCT ON (address) * FROM (" + _COORDINATORS + " UNION ALL " + _CONTACT + ") AS deciders"  # noqa: S608
    )


# the same news to the same person is written once, however often it is posted
WRITE = """
WITH heard AS ({who}), written AS (
INSERT INTO delivery (site_id, reservation_id, announcement_id, uid, recurrence, sequence, dtstamp, method, recipient,
                      recipient_name, language, role, partstat, partstats, not_before, give_up_at,
                      correlation_id, created_at)
SELECT :site_id, :reservation_id, :announcement_id, :uid, :recurrence, :sequence, :dtstamp, :method, address,
       name, language, role, partstat, (
           SELECT jsonb_object_agg(to_char(d.recurs_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"'), d.partstat)
           FROM date_answer AS d WHERE d.attendee_id = heard.id
       ), :now, CAST(:now AS timestamptz) + interval '2 days', :correlation_id, :now
FROM heard ORDER BY address
ON CONFLICT (uid, recurrence, sequence, dtstamp, method, recipient, sender) DO NOTHING
RETURNING 1)
SELECT count(*) FROM written
"""
STATEMENTS = {to: text(WRITE.format(who=to.value)) for to in To}


@dataclass(frozen=True, slots=True)
class Posting:
    """What is posted: the kind of letter, its METHOD, and the SEQUENCE and DTSTAMP under which it goes out.

    recurrence: the one date of a series that it is about, and for a letter beside the calendar, its kind. attendee_id:
    to whom, where it is to one.
    """

    kind: str
    method: str
    sequence: int
    dtstamp: datetime
    news: News
    recurrence: str = ""
    correlation_id: str = ""
    attendee_id: int | None = None


WRITE_ONE = text("""
INSERT INTO delivery (site_id, reservation_id, announcement_id, uid, recurrence, sequence, dtstamp, method, recipient,
                      recipient_name, language, role, sender, partstat, not_before, give_up_at, correlation_id,
                      created_at)
VALUES (:site_id, :reservation_id, :announcement_id, :uid, :recurrence, :sequence, :dtstamp, :method, :recipient,
        :recipient_name, :language, 'CHAIR', :sender, :partstat, :now, CAST(:now AS timestamptz) + interval '2 days',
        :correlation_id, :now)
ON CONFLICT (uid, recurrence, sequence, dtstamp, method, recipient, sender) DO NOTHING
RETURNING id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPosting:
    """What one of our rooms (`sender`, an address) says to the organizer of an entry of theirs."""

    kind: str
    method: str
    sequence: int
    dtstamp: datetime
    news: News
    sender: str
    partstat: str = "NEEDS-ACTION"
    recurrence: str = ""
    correlation_id: str = ""


def post_about(
    db: Db, entry: ExternalEntry, posting: EntryPosting, *, reservation_id: int | None, now: datetime
) -> int | None:
    """Write the announcement and its one delivery, to the organizer under their UID; its id, None if it was there."""
    announcement = Announcement(
        entry_id=entry.id,
        kind=posting.kind,
        method=posting.method,
        recurrence=posting.recurrence,
        sequence=posting.sequence,
        dtstamp=posting.dtstamp,
        news=posting.news.model_dump(mode="json"),
    )
    db.add(announcement)
    db.flush()
    written: int | None = db.scalars(
        WRITE_ONE,
        {
            "site_id": entry.site_id,
            "reservation_id": reservation_id,
            "announcement_id": announcement.id,
            "uid": entry.uid,
            "recurrence": posting.recurrence,
            "sequence": posting.sequence,
            "dtstamp": posting.dtstamp,
            "method": posting.method,
            "recipient": entry.organizer,
            "recipient_name": entry.organizer_name,
            "language": entry.language,
            "sender": posting.sender,
            "partstat": posting.partstat,
            "now": now,
            "correlation_id": posting.correlation_id,
        },
    ).first()
    if written is None:
        db.delete(announcement)
        return None
    creneau = Actor(None, entry.site_id, correlation_id=posting.correlation_id)
    if reservation_id is not None:
        record(db, entry.site_id, InvitationsQueued(reservation_id, posting.method, 1), by=creneau, now=now)
    else:
        data = {"method": posting.method, "count": 1}
        record_about_entry(db, entry.id, InvitationsQueued.__name__, data, by=creneau, now=now)
    return written


def post(db: Db, posting: Posting, to: To, *, reservation: Reservation, invitation: Invitation, now: datetime) -> int:
    """Write the announcement and its deliveries; returns how many."""
    announcement = Announcement(
        invitation_id=invitation.id,
        kind=posting.kind,
        method=posting.method,
        recurrence=posting.recurrence,
        sequence=posting.sequence,
        dtstamp=posting.dtstamp,
        news=posting.news.model_dump(mode="json"),
    )
    db.add(announcement)
    db.flush()
    count: int = db.scalars(
        STATEMENTS[to],
        {
            "site_id": reservation.site_id,
            "reservation_id": reservation.id,
            "owner_id": reservation.requested_by,
            "announcement_id": announcement.id,
            "uid": invitation.uid,
            "recurrence": posting.recurrence,
            "sequence": posting.sequence,
            "dtstamp": posting.dtstamp,
            "method": posting.method,
            "now": now,
            "correlation_id": posting.correlation_id,
            "recurs_at": posting.news.series.one if posting.news.series else None,
            "attendee_id": posting.attendee_id,
        },
    ).one()
    if count:
        creneau = Actor(None, reservation.site_id, correlation_id=posting.correlation_id)
        queued = InvitationsQueued(reservation.id, posting.method, count)
        record(db, reservation.site_id, queued, by=creneau, now=now)
    else:
        db.delete(announcement)
    return count
