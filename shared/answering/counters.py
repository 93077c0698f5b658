"""COUNTER: another time that an attendee proposes (RFC 5546 section 3.2.7), kept for the owner to decide.

It is also an answer: Outlook says TENTATIVE with it. A newer one of the same attendee takes the place of an older one;
an older one that comes late changes nothing, nor does one to a question that is not asked any more.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from shared.answering.coming import Coming
from shared.answering.digest import after_the_last, tell_later
from shared.answering.looking import Look, look_at
from shared.answering.meeting import Meeting, name_of
from shared.answering.newcomers import take_stranger
from shared.answering.replies import Taken, outcome_of, take_component
from shared.answering.saying import Said
from shared.answering.speaking import Speaker
from shared.domain.errors import InvalidInputError
from shared.domain.events import ProposalMade
from shared.domain.slots import Slot
from shared.domain.states import HOLDING
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Component, Scheduling
from shared.store.answers import DateAnswer, Proposal
from shared.store.attendees import Attendee
from shared.store.base import Db
from shared.store.house import lock_house
from shared.store.inbox import InboundMail
from shared.store.outbox import record
from shared.store.reservations import Reservation

# each one is looked at, which takes the house for a moment
MOST_PROPOSALS = 20
MOST_LOOKS = 5
A_DAY = timedelta(days=1)
OTHERWISE = "TENTATIVE"


def take_counter(coming: Coming) -> Outcome:
    """Keep the proposed times with whether they can be had, and the answer."""
    if not coming.speaker.listed:
        return take_stranger(coming, otherwise=OTHERWISE)
    taken: list[Taken] = []
    for component in coming.components:
        taken += take_component(coming, component, otherwise=OTHERWISE)
        found = coming.speaker.party_in(component)
        if found is not None and found[1].removed_at is None:
            said = Said.by(found[0], component, coming.received_at, otherwise=OTHERWISE)
            assert said is not None  # noqa: S101  there is an answer otherwise
            taken.append(_propose(coming, component, found[1], said))
    return outcome_of(coming, taken)


def look_ahead(db: Db, mail: InboundMail, scheduling: Scheduling, *, now: datetime) -> dict[tuple[int, Slot], Look]:
    """Whether the times that somebody on the list proposes could be had, as of now.

    The house is taken for it, and whoever decides or announces holds rows that it may want: so before any row of the
    meeting is locked.
    """
    meeting = Meeting.glimpsed(db, mail.site_id, scheduling.uid)
    if meeting is None or not Speaker.of(meeting, mail.sender, is_locked=False).listed:
        return {}
    wanted = [
        (date, slot)
        for component in scheduling.components[:MOST_LOOKS]
        for date in _dates(meeting, component)[:1]
        if not isinstance(slot := _slot(component, date), str) and _is_to_come(date, slot, now)
    ]
    if wanted:
        lock_house(db, mail.site_id)
    return {(date.id, slot): look_at(db, date, slot, now=now) for date, slot in wanted}


def _dates(meeting: Meeting, component: Component) -> list[Reservation]:
    """What a component would move: the meeting of one date, or the date of a series that it names."""
    if meeting.series is not None:
        return meeting.dates_meant(component)
    return [meeting.head] if component.recurrence_id is None else []


def _is_to_come(date: Reservation, slot: Slot, now: datetime) -> bool:
    """Whether it is another time, still to come, of something that is held."""
    return date.state in HOLDING and slot != date.slot and slot.start > now


def _propose(coming: Coming, component: Component, attendee: Attendee, said: Said) -> Taken:
    meeting = coming.meeting
    dates = _dates(meeting, component)
    if meeting.series is not None and component.recurrence_id is None:
        return Taken("whole_series", said.partstat, attendee=attendee.id)
    if len(dates) != 1:
        return Taken("no_such_date", said.partstat, attendee=attendee.id)
    [date] = dates
    code = _keep(coming, component, attendee, said, date)
    return Taken(code, said.partstat, name_of(date), attendee.id)


def _keep(coming: Coming, component: Component, attendee: Attendee, said: Said, date: Reservation) -> str:
    slot = _slot(component, date)
    if isinstance(slot, str):
        return slot
    if date.state not in HOLDING:
        return "cancelled"
    if slot == date.slot:
        return "same_time"
    if slot.start <= coming.now:
        return "past_time"
    late = _late(coming, attendee, said, date)
    return late or _write(coming, attendee, said, date, slot)


def _slot(component: Component, date: Reservation) -> Slot | str:
    """The proposed time; as long as now where only a start is proposed; or why it is none."""
    if component.start is None:
        return "no_time"
    length = A_DAY if component.is_all_day else date.slot.length
    try:
        return Slot(component.start, component.end or component.start + length)
    except (InvalidInputError, OverflowError):
        return "impossible_time"


def _late(coming: Coming, attendee: Attendee, said: Said, date: Reservation) -> str:
    """'' for what is new; else why this proposal comes too late, or is one too many."""
    db = coming.meeting.db
    own = db.get(DateAnswer, (attendee.id, date.recurs_at)) if coming.meeting.series else None
    if said.sequence < (own or attendee).asked_sequence:
        return "stale"
    mine = (Proposal.reservation_id == date.id, Proposal.attendee_id == attendee.id)
    last = db.execute(
        select(Proposal.sequence, Proposal.dtstamp)
        .where(*mine)
        .order_by(Proposal.sequence.desc(), Proposal.dtstamp.desc())
    ).first()
    order = (_sequence(coming, said), said.dtstamp)
    if last is not None and order <= tuple(last):
        return "already_known" if order == tuple(last) else "stale"
    count = db.scalars(select(func.count()).where(*mine)).one()
    return "too_many_proposals" if count >= MOST_PROPOSALS else ""


def _write(coming: Coming, attendee: Attendee, said: Said, date: Reservation, slot: Slot) -> str:
    meeting, db, now = coming.meeting, coming.meeting.db, coming.now
    # not looked at: it changed this very moment, or is one of more than anybody proposes at once
    look = coming.looks.get((date.id, slot), Look(None))
    db.execute(
        update(Proposal)
        .where(Proposal.reservation_id == date.id, Proposal.attendee_id == attendee.id, Proposal.state == "open")
        .values(state="superseded", decided_at=now)
    )
    proposal = Proposal(
        site_id=date.site_id,
        reservation_id=date.id,
        attendee_id=attendee.id,
        starts_at=slot.start,
        ends_at=slot.end,
        comment=said.comment,
        is_free=look.is_free,
        obstacle=look.obstacle,
        sequence=_sequence(coming, said),
        dtstamp=said.dtstamp,
        created_at=after_the_last(meeting.invitation, now),
    )
    db.add(proposal)
    db.flush()
    event = ProposalMade(date.id, proposal.id, slot.start.isoformat(), slot.end.isoformat())
    record(db, date.site_id, event, by=coming.by, now=now)
    if attendee.address != meeting.owner_address:
        tell_later(meeting.invitation, now=now)
    return "proposed"


def _sequence(coming: Coming, said: Said) -> int:
    """One that was never sent must not outrank all later ones."""
    return min(said.sequence, coming.meeting.invitation.sequence)
