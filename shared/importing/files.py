"""A file of bookings as it comes in, and its lines."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final, Literal

from shared.domain.errors import InvalidInputError
from shared.house import House
from shared.records.decoding import MOST_BYTES
from shared.records.from_calendar import read_calendar
from shared.records.from_csv import read_csv
from shared.records.lines import Line

__all__ = ["MOST_BYTES", "File", "Kind", "kind_of"]

Kind = Literal["csv", "calendar"]

KINDS: Final[dict[str, Kind]] = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".ics": "calendar", ".ical": "calendar"}


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a file, with the name that bookings will have been taken over from."""

    name: str
    kind: Kind
    content: bytes

    def lines(self, house: House, now: datetime) -> list[Line]:
        """What it holds, read on the clock of the house; raises InvalidInputError when nothing of it can be read."""
        if self.kind == "csv":
            return read_csv(self.content, house.site.zone)
        horizon = now.astimezone(house.zone).date() + timedelta(days=house.policy().series.horizon_days)
        return read_calendar(self.content, house.site.zone, horizon)


def kind_of(name: str) -> Kind:
    """By the ending of its name; raises InvalidInputError."""
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise InvalidInputError("Give a CSV or an iCalendar file, whose name ends with .csv or .ics.", code="bad_file")
    return kind
