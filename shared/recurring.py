"""The use cases of a series: ask for it, change or cancel it from a date on or as a whole, bring skipped dates back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from shared.booking import DateOf, Wish, check_cancellation, request
from shared.domain.errors import CreneauError, InvalidInputError, NotAllowedError, WrongStateError
from shared.domain.events import SeriesRequested
from shared.domain.occurrences import Occurrence, expand
from shared.domain.recurrence import Recurrence
from shared.domain.slots import Slot, instant
from shared.domain.states import HOLDING, State
from shared.house import house_of
from shared.store.base import Db
from shared.store.house import lock_house
from shared.store.outbox import Actor, record
from shared.store.places import resources_named, slugs_of, with_parts
from shared.store.reservations import Move, Reservation, dates_of
from shared.store.series import Series

ALIVE = HOLDING | {State.REQUESTED, State.WAITLISTED}
# the dates that may be asked for again: nothing holds them
OVER = frozenset(State) - ALIVE


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
    def is_other_rule(self) -> bool:
        """Whether the dates recur at other times."""
        return self.start is not None or self.length is not None or self.days_later != 0


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
    for reservation in dates:
        reservation.cancel(db, reason=reason, by=by, now=now)
    return series


def bring_back(db: Db, series_id: int, day: date, *, by: Actor, now: datetime) -> int:
    """Ask again for a date of the rule that was skipped, refused or cancelled; the id of its new reservation."""
    series = own_series(db, series_id, by=by)
    occurrence = _date_of_rule(db, series, day)
    dates = dates_of(db, series)
    if any(r.recurs_at == occurrence.recurs_at and r.state in ALIVE for r in dates):
        raise WrongStateError(f"{day} is a date of this series already.")
    like = next((r for r in dates if r.state in HOLDING), dates[0])
    [reservation_id] = _request_dates(db, series, _like(db, like, by), [occurrence], on_conflict="refuse", now=now)
    series.skipped = [skipped for skipped in series.skipped if skipped != day]
    return reservation_id


def own_series(db: Db, series_id: int, *, by: Actor) -> Series:
    """The series, locked, for somebody who may change it; raises NotFoundError or NotAllowedError."""
    series = Series.locked(db, by.site_id, series_id)
    owner = db.scalars(select(Reservation.requested_by).where(Reservation.id == series.head_id)).first()
    if not by.is_coordinator and owner != by.person_id:
        raise NotAllowedError("Only who asked for a series, or a coordinator, may change it.")
    return series


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


def _ask_to_move(
    db: Db, series: Series, dates: list[Reservation], wanted: SeriesChange, *, by: Actor, now: datetime
) -> None:
    turn = db.scalars(select(func.nextval("turn"))).one()
    rooms = with_parts(resources_named(db, by.site_id, list(wanted.resources))) if wanted.resources else None
    by_rule = [_by_rule(series, reservation, wanted) for reservation in dates]
    # where a date goes is counted from the date of the rule, so that one which was moved by itself comes along
    slots = by_rule if wanted.is_other_rule else [reservation.slot for reservation in dates]
    _check_apart(slots)
    into = _renewed(db, series, dates, by_rule[0], wanted, now=now)
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
    db: Db, series: Series, dates: list[Reservation], first: Slot, wanted: SeriesChange, *, now: datetime
) -> int | None:
    """The series to which the dates belong once they have moved; None when they stay where their rule has them.

    Another time is another rule: of the whole series, or of a new one for the dates that change, which begins to exist
    for anybody when they are granted. Those that stay behind (earlier ones, or some that wait in line) keep theirs.
    """
    alive = [r for r in dates_of(db, series) if r.state in ALIVE]
    is_from_the_first = dates[0].id == next(r.id for r in alive if r.state in HOLDING)
    if is_from_the_first and not wanted.is_other_rule:
        return None
    rule = _shifted(Recurrence.parse(series.rule), wanted.days_later)
    zone = ZoneInfo(series.zone)
    starts_on = first.start.astimezone(zone).replace(tzinfo=None)
    length = wanted.length or series.length
    last = max(r.recurs_at for r in dates if r.recurs_at).astimezone(zone).date() + timedelta(days=wanted.days_later)
    rule = replace(rule, count=None, until=last)
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


def _check_apart(slots: Sequence[Slot]) -> None:
    ordered = sorted(slots)
    if any(one.overlaps(other) for one, other in pairwise(ordered)):
        raise InvalidInputError("Dates of the series would overlap each other.", code="occurrences_overlap")


def _since(series: Series, day: date | None) -> datetime | None:
    """The instant from which the dates of that local day on count."""
    return datetime.combine(day, time(), ZoneInfo(series.zone)) if day is not None else None


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
