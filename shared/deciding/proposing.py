"""For one date of a series on which the wanted room is taken: another room at that time, or the nearest other time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.availability import Wish, alternatives
from shared.deciding.ask import Ask
from shared.house import House
from shared.store.base import Db

MOST = 5


@dataclass(frozen=True, slots=True)
class Proposals:
    """Looks into the book as it is before the batch; whoever takes a proposal asks board and rules again.

    `read` tells these of the time and the rooms that are proposed, of which no request of the batch had to know.
    """

    db: Db
    house: House
    now: datetime
    read: Callable[[Sequence[Ask]], None]

    def to(self, ask: Ask) -> Iterator[Ask]:
        """The same request elsewhere or at another time, the nearest change first."""
        wish = Wish(ask.slot, ask.resource_ids, ask.people, ask.layout, ask.row.group_id, ask.id)
        for alternative in alternatives(self.db, self.house, wish, now=self.now, most=MOST):
            other = ask.begin_again()
            other.slot, other.resource_ids = alternative.slot, list(alternative.resource_ids)
            other.layout = alternative.layout or ask.layout
            self.read([other])
            yield other
