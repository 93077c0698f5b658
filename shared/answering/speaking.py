"""Who speaks in a mail: only whoever sent it, under the address that was invited or one that is known to be theirs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from shared.answering.meeting import Meeting
from shared.answering.saying import is_address
from shared.itip.incoming import Component, Party
from shared.store.answers import Alias
from shared.store.attendees import Attendee


@dataclass(frozen=True, slots=True)
class Speaker:
    """The authenticated sender; `listed` are those of the list whom they may answer for, themselves first."""

    address: str
    listed: Sequence[Attendee]

    @classmethod
    def of(cls, meeting: Meeting, address: str, *, is_locked: bool = True) -> "Speaker":
        """Their lines of the list, locked unless they are only looked at."""
        address = address.lower()
        if not is_address(address):
            return cls(address, ())
        db, site_id = meeting.db, meeting.head.site_id
        means = db.scalars(select(Alias.means).where(Alias.site_id == site_id, Alias.address == address)).all()
        people = (
            select(Attendee)
            .where(Attendee.reservation_id == meeting.head.id, Attendee.address.in_([address, *means]))
            .order_by(Attendee.id)
            .execution_options(populate_existing=True)
        )
        if is_locked:  # the list may be changed at this very moment
            people = people.with_for_update(key_share=True)
        return cls(address, sorted(db.scalars(people), key=lambda attendee: attendee.address != address))

    def party_in(self, component: Component) -> tuple[Party, Attendee] | None:
        """The ATTENDEE that speaks for somebody of the list, and whom; every other one is hearsay."""
        by_address = {attendee.address: attendee for attendee in self.listed}
        for address, attendee in by_address.items():
            party = component.attendee(address)
            if party is not None:
                return party, attendee
        own, others = component.attendee(self.address), [a for a in self.listed if a.address != self.address]
        # invited under one address, answering under another: plain as long as that is the address of one person
        return (own, others[0]) if own is not None and len(others) == 1 else None

    def stranger_in(self, component: Component) -> tuple[Party, str] | None:
        """For a sender whom nobody invited: their own ATTENDEE, or the only one there is, with whom they speak for."""
        own = component.attendee(self.address)
        if own is not None:
            return own, ""
        if len(component.attendees) == 1:
            [party] = component.attendees
            return party, party.address
        return None
