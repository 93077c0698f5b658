"""Newcomers: whoever answers without being on the list waits for its owner, who admits or dismisses them.

An invitation that was forwarded, a delegate, a colleague's other address: nobody is added by themselves, for the
address that a mail is about is a claim. What they answered is kept, and counts once they are admitted.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from shared.answering.coming import Coming
from shared.answering.digest import after_the_last, tell_later
from shared.answering.meeting import Meeting, name_of
from shared.answering.saying import Said, is_address
from shared.calendar.text import clean_line
from shared.domain.events import NewcomerAnswered
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Component, Party
from shared.store.answers import Newcomer
from shared.store.attendees import Attendee
from shared.store.outbox import record

# more of them than anybody reads: a mail that was forwarded to a whole list
MOST_WAITING = 100
LONGEST_NAME = 200


def take_stranger(coming: Coming, *, otherwise: str = "") -> Outcome:
    """Keep what somebody answers who is not on the list; `otherwise` is the answer of one who gives none."""
    found = _heard(coming, otherwise)
    if isinstance(found, str):
        return Outcome(found, coming.details)
    if not coming.meeting.is_held():
        return Outcome("cancelled", coming.details)
    known = coming.meeting.db.scalars(
        select(Newcomer).where(
            Newcomer.reservation_id == coming.meeting.head.id, Newcomer.address == coming.speaker.address
        )
    ).first()
    code = _keep(coming, known, found)
    newcomer = {"newcomer": known.id} if known else {}
    return Outcome(code, coming.details | newcomer)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a stranger's mail says, all of it."""

    party: Party
    speaks_for: str
    whole: Said | None
    dates: dict[str, Said]

    @property
    def last(self) -> Said:
        return max((said for said in (self.whole, *self.dates.values()) if said), key=_order)

    @property
    def values(self) -> dict[str, Any]:
        return {
            "partstat": self.whole.partstat if self.whole else "NEEDS-ACTION",
            "comment": self.last.comment,
            "dates": {name: said.partstat for name, said in self.dates.items()},
        }


def _heard(coming: Coming, otherwise: str) -> _Heard | str:
    """What is said and by whom; or why it is nothing."""
    if not is_address(coming.speaker.address):
        return "unwritable_address"
    who: tuple[Party, str] | None = None
    whole: Said | None = None
    dates: dict[str, Said] = {}
    for component in coming.components:
        found = coming.speaker.stranger_in(component)
        if found is None or (found[1] and not _is_listed(coming.meeting, found[1])):
            continue
        who = who or found
        said = _said(coming, component, found[0], otherwise)
        if said is not None and component.recurrence_id is None:
            whole = said
        elif said is not None:
            dates |= {name_of(date): said for date in coming.meeting.dates_meant(component)}
    if who is None:
        return "not_the_sender"
    return _Heard(*who, whole, dates) if whole or dates else "no_answer"


def _said(coming: Coming, component: Component, party: Party, otherwise: str) -> Said | None:
    """With a SEQUENCE that was sent: a higher one must not silence what they answer later."""
    said = Said.by(party, component, coming.received_at, otherwise=otherwise)
    return said and replace(said, sequence=min(said.sequence, coming.meeting.invitation.sequence))


def _keep(coming: Coming, known: Newcomer | None, heard: _Heard) -> str:
    meeting, said = coming.meeting, heard.last
    if known is None:
        return _welcome(coming, heard)
    if known.state != "open":
        return "dismissed"
    if _order(said) <= (known.sequence, known.dtstamp):
        return "already_known" if _order(said) == (known.sequence, known.dtstamp) else "stale"
    known.sequence, known.dtstamp = said.sequence, said.dtstamp
    before = (known.partstat, known.comment, known.dates)
    known.partstat, known.comment = heard.values["partstat"], said.comment
    known.dates = heard.values["dates"]
    if before != (known.partstat, known.comment, known.dates):
        _tell(meeting, known, coming)
    return "newcomer"


def _welcome(coming: Coming, heard: _Heard) -> str:
    meeting, party, said = coming.meeting, heard.party, heard.last
    db = meeting.db
    waiting = select(func.count()).where(Newcomer.reservation_id == meeting.head.id, Newcomer.state == "open")
    if db.scalars(waiting).one() >= MOST_WAITING:
        return "too_many_newcomers"
    delegator = party.delegated_from[0] if party.delegated_from else ""
    own_name = party.name if not heard.speaks_for else ""
    newcomer = Newcomer(
        site_id=meeting.head.site_id,
        reservation_id=meeting.head.id,
        address=coming.speaker.address,
        name=clean_line(own_name or coming.incoming.sender_name)[:LONGEST_NAME],
        language="en" if (party.language or coming.incoming.language).lower().startswith("en") else "fr",
        delegated_from=delegator if delegator and _is_listed(meeting, delegator) else "",
        speaks_for=heard.speaks_for,
        sequence=said.sequence,
        dtstamp=said.dtstamp,
        created_at=after_the_last(meeting.invitation, coming.now),
        **heard.values,
    )
    db.add(newcomer)
    db.flush()
    _tell(meeting, newcomer, coming)
    return "newcomer"


def _tell(meeting: Meeting, newcomer: Newcomer, coming: Coming) -> None:
    event = NewcomerAnswered(meeting.head.id, newcomer.id, newcomer.partstat)
    record(meeting.db, meeting.head.site_id, event, by=coming.by, now=coming.now)
    tell_later(meeting.invitation, now=coming.now)


def _is_listed(meeting: Meeting, address: str) -> bool:
    if not is_address(address):
        return False
    found = select(Attendee.id).where(Attendee.reservation_id == meeting.head.id, Attendee.address == address.lower())
    return meeting.db.scalars(found).first() is not None


def _order(said: Said) -> tuple[int, Any]:
    return said.sequence, said.dtstamp
