"""Bounces: a mail of ours that comes back says that somebody was not reached, never that they declined.

The address that it comes back to names its delivery, and nobody can guess it (VERP); so what the report says of its
recipient is not needed, and whoever forwards their mail is still found.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from shared.answering.digest import after_the_last, tell_later
from shared.answering.meeting import Meeting
from shared.calendar.text import clean_line
from shared.domain.events import InvitationBounced
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Incoming, Report
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.inbox import InboundMail
from shared.store.ledger import Delivery
from shared.store.outbox import Actor, record

LONGEST_REASON = 300


def take_bounce(db: Db, mail: InboundMail, incoming: Incoming, *, key: UUID, now: datetime) -> Outcome:
    """Note that a delivery did not arrive; what is only late, or is no report at all, changes nothing."""
    uids = select(Delivery.uid).where(Delivery.key == key, Delivery.site_id == mail.site_id)
    uid = db.scalars(uids).first()
    if uid is None:
        return Outcome("unknown_delivery")
    # locked before the delivery, as everywhere; what a room says has no meeting of ours
    meeting = Meeting.called(db, mail.site_id, uid)
    delivery = db.scalars(select(Delivery).where(Delivery.key == key).with_for_update(key_share=True)).one()
    details: dict[str, object] = {"reservation": delivery.reservation_id, "delivery": delivery.id}
    report = next((report for report in incoming.reports if report.action == "failed"), None)
    if report is None:
        actions = [report.action for report in incoming.reports]
        return Outcome("delayed" if "delayed" in actions else "delivered" if actions else "no_report", details)
    if delivery.bounced_at is not None:
        return Outcome("already_known", details)
    delivery.bounced_at = now
    if meeting is not None:
        _mark(meeting, delivery, report, mail, now)
    return Outcome("bounced", details | {"status": report.status[:20]})


def _mark(meeting: Meeting, delivery: Delivery, report: Report, mail: InboundMail, now: datetime) -> None:
    db = meeting.db
    attendee = db.scalars(
        select(Attendee).where(
            Attendee.reservation_id == meeting.head.id,
            Attendee.address == delivery.recipient,
            Attendee.removed_at.is_(None),
        )
    ).first()
    # who has answered since it left was reached, by another way if not by this one
    if attendee is None or (attendee.answered_at and attendee.answered_at > delivery.created_at):
        return
    is_news = attendee.undeliverable_at is None
    attendee.undeliverable_reason = _reason(report)
    if is_news:
        attendee.undeliverable_at = after_the_last(meeting.invitation, now)
        by = Actor(None, mail.site_id, correlation_id=delivery.correlation_id, source=f"mail {mail.id}")
        record(db, mail.site_id, InvitationBounced(meeting.head.id, attendee.id), by=by, now=now)
        if attendee.address != meeting.owner_address:  # whose digest would come back, too
            tell_later(meeting.invitation, now=now)


def _reason(report: Report) -> str:
    return clean_line(f"{report.status} {report.diagnostic}")[:LONGEST_REASON]
