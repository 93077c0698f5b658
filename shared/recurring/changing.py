"""Changing a series: words at once, times and rooms by another decision; giving it back from a date on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from shared.booking import check_cancellation
from shared.domain.errors import ExternalEntryError, InvalidInputError, WrongStateError
from shared.domain.recurrence import Recurrence
from shared.domain.slots import Slot, instant
from shared.domain.states import ALIVE, HOLDING, State
from shared.recurring.owning import own_series
from shared.store.base import Db
from shared.store.house import lock_house
from shared.store.moves import Move
from shared.store.outbox import Actor
from shared.store.places import resources_named, with_parts
from shared.store.reservations import Reservation, cancel_all, dates_of
from shared.store.series import Series


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """What is to become different for all dates from `since` on (None: all); None leaves it as it is.

    `start` and `length` are times of the wall clock, `days_later` moves each date by so many days.
    """

    since: date | None = None
    start: time | None = None
    length: timedelta | None = None
    days_later: int = 0
    resources: tuple[str, ...] | None = None
    people: int | None = None
    layout: str | None = None
    quantities: dict[str, int] | None = None
    words: dict[str, str] = field(default_factory=dict)
    override: str = ""

    @property
    def moves(self) -> bool:
        """Whether anything is to be decided."""
        kept = (self.resources, self.people, self.layout, self.quantities)
        return self.is_other_rule or any(value is not None for value in kept)

    @property
    def is_another_entry(self) -> bool:
        """Whether calendars have it at other times or in other rooms, or as two series."""
        return self.is_other_rule or self.resources is not None or (self.moves and self.since is not None)

    @property
    def is_other_rule(self) -> bool:
        """Whether the dates recur at other times."""
        return self.start is not None or self.length is not None or self.days_later != 0


def change_series(db: Db, series_id: int, wanted: SeriesChange, *, by: Actor, now: datetime) -> Series:
    """Change words at once, and ask for other times or rooms, which all dates get or none; returns what they belong to.

    From a date on, the series is split in two when that is granted: what a calendar has been told of the earlier dates
    stays true.
    """
    series = own_series(db, series_id, by=by)
    later = dates_of(db, series, since=_since(series, wanted.since))
    dates = [r for r in later if r.state in HOLDING]
    if not dates:
        raise WrongStateError("No date of this series can be changed: none is held from then on.")
    if wanted.is_another_entry and any(r.entry_id is not None for r in dates):
        raise ExternalEntryError
    if any(r.state is State.REQUESTED or r.is_moving for r in later):
        raise WrongStateError("Dates of this series are just being decided: try again in a moment.")
    if wanted.moves:
        _ask_to_move(db, series, dates, wanted, by=by, now=now)
    for reservation in dates if wanted.words else ():
        reservation.describe(db, by=by, now=now, **wanted.words)
    return series


def cancel_series(
    db: Db, series_id: int, *, since: date | None = None, reason: str, by: Actor, now: datetime
) -> Series:
    """Give back all dates from one on that have not begun; raises WrongStateError when there is none."""
    lock_house(db, by.site_id)
    series = own_series(db, series_id, by=by)
    dates = [r for r in dates_of(db, series, since=_since(series, since)) if r.state in ALIVE and r.starts_at > now]
    if not dates:
        raise WrongStateError("No date of this series can be cancelled: all are over, or cancelled already.")
    for reservation in dates:
        check_cancellation(db, reservation, by=by, now=now)
    cancel_all(db, dates, reason=reason, by=by, now=now)
    return series


def _ask_to_move(
    db: Db, series: Series, dates: list[Reservation], wanted: SeriesChange, *, by: Actor, now: datetime
) -> None:
    turn = db.scalars(select(func.nextval("turn"))).one()
    rooms = with_parts(resources_named(db, by.site_id, list(wanted.resources))) if wanted.resources else None
    by_rule = [_by_rule(series, reservation, wanted) for reservation in dates]
    # where a date goes is counted from the date of the rule, so that one which was moved by itself comes along
    slots = by_rule if wanted.is_other_rule else [reservation.slot for reservation in dates]
    _check_apart(slots)
    into = _renewed(db, series, dates, by_rule, wanted, now=now)
    for reservation, slot, date_of_rule in zip(dates, slots, by_rule, strict=True):
        move = Move(
            slot=slot,
            resource_ids=rooms if rooms is not None else reservation.resource_ids,
            people=reservation.people if wanted.people is None else wanted.people,
            layout=wanted.layout,
            quantities=wanted.quantities,
            series_id=into,
            recurs_at=date_of_rule.start if into is not None else None,
            override=wanted.override or None,
        )
        reservation.want(db, move, by=by, now=now, turn=turn)


def _by_rule(series: Series, reservation: Reservation, wanted: SeriesChange) -> Slot:
    """When the date would be held by the rule that is wanted, or by the one that there is."""
    assert reservation.recurs_at is not None  # noqa: S101  it has a series
    day = reservation.recurs_at.astimezone(ZoneInfo(series.zone)).date() + timedelta(days=wanted.days_later)
    local = datetime.combine(day, wanted.start or series.starts_on.time())
    end = local + (wanted.length or series.length)
    return Slot(instant(local, series.zone), instant(end, series.zone))


def _renewed(
    db: Db, series: Series, dates: list[Reservation], by_rule: list[Slot], wanted: SeriesChange, *, now: datetime
) -> int | None:
    """The series to which the dates belong once they have moved; None when they stay where their rule has them.

    Another time is another rule: of the whole series, or of a new one for the dates that change, which begins to exist
    for anybody when they are granted. Those that stay behind (earlier ones, or some that wait in line) keep theirs.
    """
    alive = [r for r in dates_of(db, series) if r.state in ALIVE]
    is_from_the_first = dates[0].id == next(r.id for r in alive if r.state in HOLDING)
    if is_from_the_first and not wanted.is_other_rule:
        return None
    starts = [slot.start.astimezone(ZoneInfo(series.zone)).replace(tzinfo=None) for slot in by_rule]
    starts_on, last = starts[0], starts[-1].date()
    length = wanted.length or series.length
    rule = replace(_shifted(Recurrence.parse(series.rule), wanted.days_later), count=None, until=last)
    _check_on_rule(rule, [start.date() for start in starts])
    if {r.id for r in alive} == {r.id for r in dates}:
        series.wanted_rule, series.wanted_starts_on, series.wanted_length = str(rule), starts_on, length
        return series.id
    new = Series(
        site_id=series.site_id,
        rule=str(rule),
        starts_on=starts_on,
        length=length,
        zone=series.zone,
        on_conflict=series.on_conflict,
        skipped=[],
        split_from=series.id,
        created_at=now,
    )
    db.add(new)
    db.flush()
    return new.id


def _shifted(rule: Recurrence, days: int) -> Recurrence:
    if not days:
        return rule
    if rule.freq == "MONTHLY":
        raise InvalidInputError(
            "A monthly series cannot be moved by days: cancel it from that date on, and ask for another one.",
            code="monthly_shift",
        )
    return replace(rule, weekdays=tuple(sorted((weekday + days) % 7 for weekday in rule.weekdays)))


def _check_on_rule(rule: Recurrence, days: list[date]) -> None:
    """Of every second week, a day may have gone over into one that the rule leaves out."""
    if not set(days) <= set(takewhile(lambda day: day <= days[-1], rule.dates(days[0]))):
        raise InvalidInputError(
            "Moved by so many days, not all dates would follow one rule: cancel these, and ask for another series.",
            code="shift_leaves_rule",
        )


def _check_apart(slots: Sequence[Slot]) -> None:
    ordered = sorted(slots)
    if any(one.overlaps(other) for one, other in pairwise(ordered)):
        raise InvalidInputError("Dates of the series would overlap each other.", code="occurrences_overlap")


def _since(series: Series, day: date | None) -> datetime | None:
    """The instant from which the dates of that local day on count."""
    return datetime.combine(day, time(), ZoneInfo(series.zone)) if day is not None else None
