"""REPLY: each component is one answer, to the whole or to dates of a series (RFC 5546 section 3.2.3)."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.answering.coming import Coming
from shared.answering.meeting import name_of
from shared.answering.newcomers import take_stranger
from shared.answering.noting import take_answer
from shared.answering.saying import Said
from shared.calendar.text import clean_line
from shared.domain.states import HOLDING
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Component
from shared.store.attendees import Attendee
from shared.store.reservations import Reservation

MOST_TOLD = 50
# what a mail is said to have come to when its components came to several things: the first of these that is among them
WEIGHT = (
    "proposed",
    "too_many_proposals",
    "past_time",
    "same_time",
    "impossible_time",
    "no_time",
    "whole_series",
    "answered",
    "already_known",
    "stale",
    "cancelled",
    "no_longer_invited",
    "no_such_date",
    "no_answer",
    "not_the_sender",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one component, for one date of a series or ('') for the whole."""

    code: str
    partstat: str = ""
    date: str = ""
    attendee: int | None = None


def take_reply(coming: Coming) -> Outcome:
    """Keep what the sender answers; who is not on the list waits for the owner."""
    if not coming.speaker.listed:
        return take_stranger(coming)
    return outcome_of(coming, [taken for component in coming.components for taken in take_component(coming, component)])


def outcome_of(coming: Coming, taken: list[Taken]) -> Outcome:
    """One word for the mail, and what came of each answer in it."""
    codes = {one.code for one in taken}
    code = next(code for code in WEIGHT if code in codes)
    attendees = [one.attendee for one in taken if one.attendee is not None]
    details = coming.details | ({"attendee": attendees[0]} if attendees else {})
    said = [{"date": one.date, "partstat": one.partstat, "outcome": one.code} for one in taken]
    return Outcome(code, details | {"answers": said[:MOST_TOLD]})


def take_component(coming: Coming, component: Component, *, otherwise: str = "") -> Iterator[Taken]:
    """Keep one answer, for each date that it is about; `otherwise` is that of a component which says none."""
    found = coming.speaker.party_in(component)
    if found is None:
        yield Taken("not_the_sender")
        return
    party, attendee = found
    said = Said.by(party, component, coming.received_at, otherwise=otherwise)
    if attendee.removed_at is not None:  # a CANCEL is on its way to them, or was there before they answered
        yield Taken("no_longer_invited", clean_line(party.partstat)[:40], attendee=attendee.id)
    elif said is None:  # Thunderbird sends the dates of an accepted series as they were: NEEDS-ACTION
        yield Taken("no_answer", clean_line(party.partstat)[:40], attendee=attendee.id)
    elif component.recurrence_id is None:
        yield _to_the_whole(coming, attendee, said)
    else:
        dates = coming.meeting.dates_meant(component)
        yield from (_to_a_date(coming, attendee, said, date) for date in dates)
        if not dates:
            yield Taken("no_such_date", said.partstat, component.recurrence_id.isoformat(), attendee.id)


def _to_the_whole(coming: Coming, attendee: Attendee, said: Said) -> Taken:
    meeting = coming.meeting
    code = "cancelled"
    if meeting.is_held():
        code = take_answer(meeting, attendee, said, date=None, by=coming.by, now=coming.now)
    return Taken(code, said.partstat, attendee=attendee.id)


def _to_a_date(coming: Coming, attendee: Attendee, said: Said, date: Reservation) -> Taken:
    code = "cancelled"
    if date.state in HOLDING:
        code = take_answer(coming.meeting, attendee, said, date=date, by=coming.by, now=coming.now)
    return Taken(code, said.partstat, name_of(date), attendee.id)
