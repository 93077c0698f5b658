"""Times on a wall clock into instants and slots; what the domain refuses becomes the reason of the line."""

from datetime import datetime

from shared.domain.errors import InvalidInputError
from shared.domain.slots import Slot, instant
from shared.records.reasons import of_domain


def moment(time: datetime, zone: str) -> datetime:
    """The instant of a time with its offset or on the zone's wall clock; raises UnreadableError."""
    try:
        return instant(time, zone)
    except InvalidInputError as error:
        raise of_domain(error, time=f"{time:%d/%m/%Y %H:%M}", zone=zone) from error


def slot_between(start: datetime, end: datetime) -> Slot:
    """The slot between two instants; raises UnreadableError."""
    try:
        return Slot(start, end)
    except InvalidInputError as error:
        raise of_domain(error) from error
