"""Asking for a series: all its dates at once, or later for one that was left out or lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from shared.booking import DateOf, Wish, request
from shared.domain.errors import CreneauError, ExternalEntryError, InvalidInputError, WrongStateError
from shared.domain.events import SeriesRequested
from shared.domain.occurrences import Occurrence, expand
from shared.domain.recurrence import Recurrence
from shared.domain.states import ALIVE, HOLDING
from shared.house import house_of
from shared.recurring.owning import own_series
from shared.store.base import Db
from shared.store.outbox import Actor, record
from shared.store.places import slugs_of
from shared.store.reservations import Reservation, dates_of
from shared.store.series import Series


@dataclass(frozen=True, slots=True)
class SeriesWish:
    """A series that somebody asks for: `wish` is its first date, the others are like it.

    `start` is the first start on the wall clock of `zone`; `skip` are dates to be left out; `on_conflict` is all (or
    none), skip (the dates that are taken), propose (another room or time for them) or wait (for them).
    """

    wish: Wish
    rule: Recurrence
    start: datetime
    length: timedelta
    zone: str
    skip: frozenset[date] = frozenset()
    on_conflict: str = "all"


def request_series(db: Db, asked: SeriesWish, *, now: datetime) -> Series:
    """Enter all dates as requested reservations with one turn; raises the error that stands in their way."""
    wish = asked.wish
    horizon = _horizon(db, asked, now)
    occurrences = expand(asked.rule, asked.start, asked.length, asked.zone, skip=asked.skip, horizon=horizon)
    series = Series(
        site_id=wish.by.site_id,
        rule=str(asked.rule),
        starts_on=asked.start,
        length=asked.length,
        zone=asked.zone,
        on_conflict=asked.on_conflict,
        skipped=sorted(asked.skip),
        created_at=now,
    )
    db.add(series)
    db.flush()
    ids = _request_dates(db, series, wish, occurrences, on_conflict=asked.on_conflict, now=now)
    series.head_id = ids[0]
    db.flush()
    event = SeriesRequested(ids[0], series.id, len(ids))
    record(db, series.site_id, event, by=wish.by, now=now, on_behalf_of=wish.owner_id)
    return series


def bring_back(db: Db, series_id: int, day: date, *, by: Actor, now: datetime) -> int:
    """Ask again for a date of the rule that was skipped, refused or cancelled; the id of its new reservation."""
    series = own_series(db, series_id, by=by)
    occurrence = _date_of_rule(db, series, day)
    dates = dates_of(db, series)
    if any(r.entry_id is not None for r in dates):
        raise ExternalEntryError
    if any(r.recurs_at == occurrence.recurs_at and r.state in ALIVE for r in dates):
        raise WrongStateError(f"{day} is a date of this series already.")
    like = next((r for r in dates if r.state in HOLDING), dates[0])
    [reservation_id] = _request_dates(db, series, _like(db, like, by), [occurrence], on_conflict="refuse", now=now)
    series.skipped = [skipped for skipped in series.skipped if skipped != day]
    return reservation_id


def _horizon(db: Db, asked: SeriesWish, now: datetime) -> date | None:
    """How far the house plans; a coordinator who sets its rules aside goes to the end of the series, if it has one."""
    rule, by = asked.rule, asked.wish.by
    if asked.wish.override and by.is_coordinator and (rule.until or rule.count):
        return None
    days = house_of(db, by.site_id).policy().series.horizon_days
    return now.astimezone(ZoneInfo(asked.zone)).date() + timedelta(days=days)


def _request_dates(
    db: Db, series: Series, wish: Wish, occurrences: Sequence[Occurrence], *, on_conflict: str, now: datetime
) -> list[int]:
    """One turn for all: a series is decided as a whole. Only the first date has the list of people."""
    turn = db.scalars(select(func.nextval("turn"))).one()
    wishes = [
        replace(
            wish,
            slot=occurrence.slot,
            on_conflict=on_conflict,
            invitees=wish.invitees if n == 0 else (),
            key=wish.key if n == 0 else None,
            date_of=DateOf(series.id, occurrence.recurs_at, turn),
        )
        for n, occurrence in enumerate(occurrences)
    ]
    ids = []
    for result in request(db, wishes, now=now):
        if isinstance(result, CreneauError):
            raise result
        ids.append(result)
    return ids


def _date_of_rule(db: Db, series: Series, day: date) -> Occurrence:
    """What the rule has on that day; raises InvalidInputError when that is nothing, or went over to another series."""
    rule, skipped = Recurrence.parse(series.rule), frozenset(series.skipped) - {day}
    zone = ZoneInfo(series.zone)
    dates = expand(rule, series.starts_on, series.length, series.zone, skip=skipped, horizon=date.max)
    found = next((o for o in dates if o.recurs_at.astimezone(zone).date() == day), None)
    goes_on = select(func.min(Series.starts_on)).where(Series.split_from == series.id, Series.head_id.is_not(None))
    split_on = db.scalars(goes_on).one()
    if found is None or (split_on is not None and split_on.date() <= day):
        raise InvalidInputError(f"{day} is no date of this series.", code="not_in_series")
    return found


def _like(db: Db, reservation: Reservation, by: Actor) -> Wish:
    """The wish that another date of the same series would be asked for with."""
    return Wish(
        by=by,
        title=reservation.title,
        note=reservation.note,
        slot=reservation.slot,
        resources=slugs_of(db, reservation.resource_ids),
        people=reservation.people,
        layout=reservation.layout,
        quantities=reservation.quantities,
        owner_id=reservation.requested_by,
    )
