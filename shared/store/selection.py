"""Which reservations of a site are meant: the conditions of lists and exports, in SQL on `reservation AS r`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain.states import State


@dataclass(frozen=True, slots=True)
class Selection:
    """What is None does not narrow: the resource that they have, that they end after, start before, whose, as what."""

    site_id: int
    resource_id: int | None = None
    after: datetime | None = None
    before: datetime | None = None
    person_id: int | None = None
    state: State | None = None

    @property
    def conditions(self) -> list[str]:
        narrowing = {
            "r.resource_ids @> ARRAY[CAST(:resource_id AS bigint)]": self.resource_id,
            # nothing lasts longer than 366 days: the second bound is what lets the index help
            "r.ends_at > :after AND r.starts_at > CAST(:after AS timestamptz) - interval '366 days'": self.after,
            "r.starts_at < :before": self.before,
            "r.requested_by = :person_id": self.person_id,
            "r.state = :state": self.state,
        }
        return ["r.site_id = :site_id", *(condition for condition, value in narrowing.items() if value is not None)]

    @property
    def values(self) -> dict[str, Any]:
        """What the conditions' names stand for."""
        values = {name: getattr(self, name) for name in type(self).__slots__}
        return {name: value for name, value in values.items() if value is not None}
