"""Noting answers: which one counts, where it is kept, and who hears of it."""

from datetime import UTC, datetime

from shared.answering.digest import after_the_last, tell_later
from shared.answering.meeting import Meeting, name_of
from shared.answering.saying import Said
from shared.domain.events import AnswerNoted, AttendeeAnswered
from shared.store.answers import DateAnswer
from shared.store.attendees import Attendee
from shared.store.outbox import Actor, record
from shared.store.reservations import Reservation


def take_answer(
    meeting: Meeting, attendee: Attendee, said: Said, *, date: Reservation | None, by: Actor, now: datetime
) -> str:
    """Keep what a mail answers, to the whole or to one date; answered, or else why it changes nothing."""
    kept = _kept(meeting, attendee, date)
    asked = (kept or attendee).asked_sequence
    if said.sequence < asked:
        return "stale"
    if kept is not None and kept.answer_dtstamp is not None and kept.answer_sequence == asked:
        if said.dtstamp == kept.answer_dtstamp:
            return "already_known"
        if said.dtstamp < kept.answer_dtstamp:
            return "stale"
    if not _write(meeting, attendee, kept, said, date, now):
        return "already_known"
    of = date or meeting.head
    event = AttendeeAnswered(of.id, attendee.id, said.partstat, name_of(date))
    record(meeting.db, of.site_id, event, by=by, now=now)
    ends_at = date.ends_at if date else meeting.ends_at()
    if attendee.address != meeting.owner_address and ends_at > now:
        tell_later(meeting.invitation, now=now)
    return "answered"


def note_answer(
    meeting: Meeting,
    attendee: Attendee,
    partstat: str,
    *,
    comment: str,
    date: Reservation | None,
    by: Actor,
    now: datetime,
) -> None:
    """Keep what somebody heard on the telephone; a mail that was written before that is overtaken by it."""
    kept = _kept(meeting, attendee, date)
    stamp = now.astimezone(UTC).replace(microsecond=0)
    if kept is not None and kept.answer_dtstamp is not None:
        stamp = max(stamp, kept.answer_dtstamp)
    said = Said(partstat, (kept or attendee).asked_sequence, stamp, comment)
    if _write(meeting, attendee, kept, said, date, now):
        of = date or meeting.head
        record(meeting.db, of.site_id, AnswerNoted(of.id, attendee.id, partstat, name_of(date)), by=by, now=now)
        if by.person_id != meeting.head.requested_by:
            tell_later(meeting.invitation, now=now)


def _kept(meeting: Meeting, attendee: Attendee, date: Reservation | None) -> Attendee | DateAnswer | None:
    """Where the answer to this question stands; None for a date for which nobody was asked, or answered, by itself."""
    return meeting.db.get(DateAnswer, (attendee.id, date.recurs_at)) if date else attendee


def _write(
    meeting: Meeting,
    attendee: Attendee,
    kept: Attendee | DateAnswer | None,
    said: Said,
    date: Reservation | None,
    now: datetime,
) -> bool:
    """Whether that is news, and not the same once more."""
    before = (kept or attendee).partstat, kept.comment if kept else "", kept.delegated_to if kept else ""
    if kept is None:
        assert date is not None  # noqa: S101  the whole is kept with the attendee
        kept = DateAnswer(attendee_id=attendee.id, recurs_at=date.recurs_at, asked_sequence=attendee.asked_sequence)
        meeting.db.add(kept)
    kept.partstat, kept.comment, kept.delegated_to = said.partstat, said.comment, said.delegated_to
    # a SEQUENCE above what was asked is the same question
    kept.answer_sequence, kept.answer_dtstamp = kept.asked_sequence, said.dtstamp
    attendee.undeliverable_at, attendee.undeliverable_reason = None, ""  # whoever answers was reached
    is_news = before != (said.partstat, said.comment, said.delegated_to)
    if is_news or kept.answered_at is None:
        kept.answered_at = after_the_last(meeting.invitation, now)
    meeting.db.flush()
    return is_news
