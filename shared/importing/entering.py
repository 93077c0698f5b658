"""Entering what a file tells as requests: single bookings, and series with those of their meetings that differ."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.booking import DateOf, Wish, request
from shared.domain.errors import CreneauError, InvalidInputError
from shared.domain.occurrences import expand
from shared.importing.entries import Entry
from shared.records.lines import Repetition
from shared.records.reasons import reason
from shared.recurring import SeriesWish, request_series
from shared.store.base import Db
from shared.store.reservations import dates_of

AT_A_TIME = 500


def enter(db: Db, entries: Sequence[Entry], *, now: datetime) -> None:
    """Ask for what is still wanted; raises InvalidInputError when the house changes at this very moment."""
    wanted = [entry for entry in entries if entry.is_wanted]
    apart = _apart(wanted)
    of_series = {line for number, others in apart.items() for line in (number, *(o.line.number for o in others))}
    single = [entry for entry in wanted if entry.line.number not in of_series]
    for first in range(0, len(single), AT_A_TIME):
        some = single[first : first + AT_A_TIME]
        _request(db, some, [_wish(entry) for entry in some], now)
    for entry in wanted:
        if entry.booking.repetition:
            _request_series(db, entry, entry.booking.repetition, apart[entry.line.number], now)


def _apart(wanted: Sequence[Entry]) -> dict[int, list[Entry]]:
    """For each series, by its line, those of its dates that the file tells by themselves."""
    found: dict[int, list[Entry]] = {}
    by_uid: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in wanted:
        if entry.uid and entry.booking.recurs_at:
            by_uid[entry.uid].append(entry)
    for entry in wanted:
        if entry.booking.repetition:
            told = {e.booking.recurs_at: e for e in by_uid[entry.uid] if e.booking.recurs_at}
            found[entry.line.number] = [told[at] for at in _among(entry.booking.repetition, told)]
    return found


def _among(repetition: Repetition, told: Collection[datetime]) -> list[datetime]:
    """Which of these are starts by the rule."""
    zone = ZoneInfo(repetition.zone)
    skip = repetition.skip - {at.astimezone(zone).date() for at in told}
    try:
        dates = expand(repetition.rule, repetition.start, repetition.length, repetition.zone, skip=skip)
    except InvalidInputError:  # moved away from the hour in which the clocks change
        return []
    return [date.recurs_at for date in dates if date.recurs_at in told]


def _request_series(db: Db, entry: Entry, repetition: Repetition, apart: Sequence[Entry], now: datetime) -> None:
    """All dates in one turn; those told by themselves have their own time, rooms and words."""
    asked = SeriesWish(
        wish=_wish(entry),
        rule=repetition.rule,
        start=repetition.start,
        length=repetition.length,
        zone=repetition.zone,
        skip=repetition.skip,
    )
    series = request_series(db, asked, now=now)
    dates = dates_of(db, series)
    entry.reservations = [reservation.id for reservation in dates]
    wishes, days = [], set()
    for other in apart:
        recurs_at, turn = other.booking.recurs_at, dates[0].turn
        assert recurs_at is not None  # noqa: S101  that is why it is told apart
        assert turn is not None  # noqa: S101  it waits, in this transaction
        wishes.append(replace(_wish(other), invitees=(), date_of=DateOf(series.id, recurs_at, turn)))
        days.add(recurs_at.astimezone(ZoneInfo(series.zone)).date())
        if other.booking.attendees and other.booking.attendees != entry.booking.attendees:
            other.remarks.append(reason("people_of_series"))
    _request(db, apart, wishes, now)
    series.skipped = [day for day in series.skipped if day not in days]


def _request(db: Db, entries: Sequence[Entry], wishes: Sequence[Wish], now: datetime) -> None:
    for entry, result in zip(entries, request(db, wishes, now=now), strict=True):
        if isinstance(result, CreneauError):
            raise result
        entry.reservations = [result]


def _wish(entry: Entry) -> Wish:
    assert entry.wish is not None  # noqa: S101  what is still wanted was matched
    return entry.wish
