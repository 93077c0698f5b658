"""What is asked for, of a reservation that is new or is to become another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.slots import Slot


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for: when, which resources, for how many people, how laid out."""

    slot: Slot
    resource_ids: list[int]
    people: int
    layout: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Another time, other resources, other numbers; those that move in one turn move all or none.

    `series_id`: the series that it then belongs to, and `recurs_at` its date in that; `override`: a coordinator's
    reason to set rules aside.
    """

    slot: Slot
    resource_ids: Sequence[int]
    people: int
    layout: str | None = None
    quantities: dict[str, int] | None = None
    series_id: int | None = None
    recurs_at: datetime | None = None
    override: str | None = None
