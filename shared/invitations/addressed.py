"""One delivery before it has bytes: what is announced, under which UID, to whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.calendar.entry import Party
from shared.invitations.fact import named
from shared.invitations.news import News


@dataclass(frozen=True, slots=True)
class Addressed:
    """The news of an announcement on its way to one of its recipients.

    `partstat` is what they answered when it was written, `partstats` to dates of a series, by name.
    """

    kind: str
    method: str
    uid: str
    sequence: int
    dtstamp: datetime
    news: News
    key: UUID
    recipient: Party
    role: str
    partstat: str = "NEEDS-ACTION"
    partstats: Mapping[str, str] = field(default_factory=dict)

    def answer_to(self, date: datetime | None) -> str:
        """What the recipient answered: to the whole, or to one date of it."""
        return self.partstats.get(named(date), self.partstat) if date else self.partstat

    @property
    def has_calendar(self) -> bool:
        """The other methods are letters beside the calendar."""
        return self.method in {"REQUEST", "CANCEL", "REPLY", "REFRESH", "DECLINECOUNTER"}

    @property
    def is_own(self) -> bool:
        """Whether its reader made the reservation."""
        return self.recipient.address == self.news.told.trainer_address
