"""One answer as a mail gives it: what, to which question, when, and in which words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.calendar.address import MalformedAddress, wire_address
from shared.calendar.text import clean_text
from shared.itip.incoming import Component, Party

ANSWERS = frozenset({"ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"})
LONGEST_COMMENT = 2000
CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """`dtstamp` in whole seconds; `delegated_to` is '' unless the answer is DELEGATED."""

    partstat: str
    sequence: int
    dtstamp: datetime
    comment: str = ""
    delegated_to: str = ""

    @classmethod
    def by(cls, party: Party, component: Component, received_at: datetime, *, otherwise: str = "") -> "Said | None":
        """What this party answers; `otherwise` stands for NEEDS-ACTION and whatever else is no answer, '' for None."""
        partstat = party.partstat if party.partstat in ANSWERS else otherwise
        if not partstat:
            return None
        return cls(
            partstat=partstat,
            sequence=component.sequence,
            dtstamp=stamp_of(component, received_at),
            comment=clean_text(component.comment).strip()[:LONGEST_COMMENT],
            delegated_to=_delegate(party) if partstat == "DELEGATED" else "",
        )


def _delegate(party: Party) -> str:
    """The first whose address can be written to."""
    return next((address.lower() for address in party.delegated_to if is_address(address)), "")


def is_address(address: str) -> bool:
    """Whether it can be written to, and asked for in the database."""
    try:
        wire_address(address)
    except MalformedAddress:
        return False
    return True


def stamp_of(component: Component, received_at: datetime) -> datetime:
    """The DTSTAMP; when the mail came where it has none, or one that would silence whatever is answered later."""
    stamp = component.dtstamp
    if stamp is None or stamp > received_at + CLOCKS_DIFFER:
        stamp = received_at
    return stamp.astimezone(UTC).replace(microsecond=0)
