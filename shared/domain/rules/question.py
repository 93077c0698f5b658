"""What the rules look at: one request, with all that must be known about its asker, its resources and its days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Protocol
from zoneinfo import ZoneInfo

from shared.domain.policy import NOTHING_SET, Policy
from shared.domain.slots import Slot

UTC = ZoneInfo("UTC")
A_DAY_OF_MINUTES = 24 * 60
A_DAY, A_MOMENT = timedelta(days=1), timedelta(microseconds=1)


class Days(Protocol):
    """The days that are not like others, by name."""

    def public_holiday(self, day: date) -> str | None: ...

    def school_holiday(self, day: date, zone: str) -> str | None: ...


class OrdinaryDays:
    """A calendar without any holiday."""

    def public_holiday(self, day: date) -> str | None:  # noqa: ARG002
        return None

    def school_holiday(self, day: date, zone: str) -> str | None:  # noqa: ARG002
        return None


NO_HOLIDAYS = OrdinaryDays()


@dataclass(frozen=True, slots=True)
class Wanted:
    """One resource that a request asks for; a combination of rooms names its parts."""

    id: int
    name: str
    kind: str
    seats: int | None
    is_open: bool
    slug: str = ""
    quantity: int = 1
    policy: Policy = field(default=NOTHING_SET, hash=False)
    part_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, or on whose behalf."""

    person_id: int = 0
    group: str = ""
    organisation_id: int | None = None
    is_coordinator: bool = False
    is_unknown: bool = False
    """they invited a room by mail, and nobody of the house knows them"""


@dataclass(frozen=True, slots=True)
class Closure:
    """A time in which the whole site (no resource) or one resource cannot be used: works, or a trainer who is away."""

    resource_id: int | None
    slot: Slot
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a person or an organisation has already, without the request itself.

    `week_minutes` by the Monday of the week; `concurrent` is the most bookings at one moment of the wanted slot.
    """

    week_minutes: Mapping[date, int]
    open_requests: int
    concurrent: int


@dataclass(frozen=True)
class Request:
    """What is asked for, by whom and when; not slotted, because what the rules ask twice is kept."""

    slot: Slot
    people: int
    resources: Sequence[Wanted]
    by_coordinator: bool
    now: datetime
    zone: ZoneInfo = UTC
    layout: str = ""
    note: str = ""
    quantities: Mapping[str, int] = field(default_factory=dict)
    """of equipment, by slug"""
    asker: Asker = Asker()
    policy: Policy = NOTHING_SET
    """of the site for the asker; each resource has its own"""
    closures: Sequence[Closure] = ()
    days: Days = NO_HOLIDAYS
    person_usage: Usage | None = None
    organisation_usage: Usage | None = None
    people_in_building: int = 0
    """at the fullest moment of the slot, without the request itself"""
    override: str = ""
    """the reason for which a coordinator overrides the rules"""

    @cached_property
    def start(self) -> datetime:
        """On the clock of the site."""
        return self.slot.start.astimezone(self.zone)

    @cached_property
    def end(self) -> datetime:
        """On the clock of the site."""
        return self.slot.end.astimezone(self.zone)

    @cached_property
    def last_day(self) -> date:
        """A booking that ends at midnight does not touch the next day."""
        return (self.end - A_MOMENT).date()

    def parts(self) -> Iterator[tuple[date, int, int]]:
        """The slot day by day: from and until which minute the clock of the site shows that day, 1440 being its end."""
        day, last = self.start.date(), self.last_day
        from_minute = self.start.hour * 60 + self.start.minute
        while day < last:
            yield day, from_minute, A_DAY_OF_MINUTES
            day, from_minute = day + A_DAY, 0
        yield last, from_minute, _minute_after(self.end) or A_DAY_OF_MINUTES

    @cached_property
    def rooms(self) -> tuple[Wanted, ...]:
        """The rooms that count: where a combination is asked for, it stands for its parts."""
        parts = {part for resource in self.resources if resource.part_ids for part in resource.part_ids}
        return tuple(r for r in self.resources if r.kind == "room" and r.id not in parts)

    def at(self, slot: Slot) -> "Request":
        """The same request for another time."""
        return replace(self, slot=slot)


def _minute_after(moment: datetime) -> int:
    """A minute that has begun counts."""
    return moment.hour * 60 + moment.minute + (moment.second > 0 or moment.microsecond > 0)
