"""When more of a thing is held than there is: who is there at such a moment; pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Held(NamedTuple):
    """So many units from `start` to `end`."""

    start: datetime
    end: datetime
    units: int
    owner: int


def crowding(held: Iterable[Held], limit: int) -> list[Held]:
    """Those who are there at some moment at which more than `limit` units are held together, in order of time."""
    here: list[Held] = []
    crowd: set[Held] = set()
    for stay in sorted(held):  # it becomes fuller only when somebody comes
        here = [other for other in here if other.end > stay.start]
        here.append(stay)
        if sum(other.units for other in here) > limit:
            crowd.update(here)
    return sorted(crowd)
