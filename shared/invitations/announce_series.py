"""Announcing a series as one: its people get the whole of it, or the one date that is different.

Guards. The row of the series is locked, so that nobody else announces it meanwhile; the mark is cleared on those of its
dates that were marked when they were read. A date that changes at this very moment keeps its mark, and comes next time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select, text

from shared.domain.slots import Slot
from shared.invitations.as_it_is import slot_by_rule, told_series_of
from shared.invitations.beside import About
from shared.invitations.circle import Update
from shared.invitations.fact import named
from shared.invitations.fates import fates_of, fates_since
from shared.invitations.news import Fate, News, OfSeries
from shared.invitations.notices import notice_series
from shared.invitations.remind import next_reminder, reminder_time
from shared.invitations.series_now import SeriesNow
from shared.invitations.told_series import Difference, Sentence, ToldDate, ToldSeries
from shared.store.base import Db
from shared.store.reservations import Reservation
from shared.store.series import Series

# the dates of a series have a timer each, and what they come to is told in one letter; no longer than a minute, for
# whoever runs timers may be away
COMES_TO_ITS_END = text("""
SELECT FROM timer JOIN reservation AS r ON r.id = timer.reservation_id
WHERE r.series_id = :id AND kind = 'expire' AND due_at BETWEEN CAST(:now AS timestamptz) - interval '1 minute' AND :now
LIMIT 1
""")


def announce_series(db: Db, changed: Reservation, *, now: datetime) -> bool:
    """Announce the series of a date that changed; False when somebody else is at it, or more of it just changes."""
    series = db.scalars(
        select(Series).where(Series.id == changed.series_id).with_for_update(skip_locked=True, key_share=True)
    ).first()
    if series is None or db.execute(COMES_TO_ITS_END, {"id": series.id, "now": now}).first() is not None:
        return False
    marked = marked_dates(db, series.id)
    _SeriesAnnouncer(SeriesNow.read(db, series), now, changed.correlation_id).announce()
    for reservation in marked:
        reservation.unannounced_since = None
    db.flush()
    return True


def marked_dates(db: Db, series_id: int) -> Sequence[Reservation]:
    """The dates that are to be announced, locked, without those that somebody is changing."""
    return db.scalars(
        select(Reservation)
        .where(Reservation.series_id == series_id, Reservation.unannounced_since.is_not(None))
        .order_by(Reservation.id)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


class _SeriesAnnouncer:
    """The announcements of one series."""

    def __init__(self, series: SeriesNow, now: datetime, correlation_id: str) -> None:
        self.series = series
        self.circle = series.circle(now=now, correlation_id=correlation_id)
        told = self.circle.invitation.told
        self.before = ToldSeries.model_validate(told) if told is not None else None

    def announce(self) -> None:
        is_first = self.before is None and not self.circle.invitation.noticed
        series = self.series
        if series.live:
            self._tell_what_is(told_series_of(series.db, series.series, series.live, self.before))
        elif self.before is not None:
            self.circle.take_back(_whole(self.before))
        about = About(series.db, self.circle.now, series)
        notice_series(self.circle, about, is_first=is_first, is_invited=bool(series.live))

    def _tell_what_is(self, told: ToldSeries) -> None:
        invitation, before = self.circle.invitation, self.before
        difference = Difference.between(before, told) if before else None
        if before is None and invitation.sequence > 0:  # cancelled for everybody, it comes back as another question
            self.circle.ask_again()
        elif before and difference and not difference.is_one_date:
            self.circle.let_go(self._by_rule(told))
        if difference is not None and difference.is_moved:
            invitation.sequence += 1
            if not difference.is_one_date:
                self.circle.ask_again()
            for name in difference.changed if difference.is_one_date else ():  # what was answered for the others holds
                self.circle.ask_again(name)
        self.circle.keep_up(
            self._update(difference, before, told) if before and difference else None,
            invitation=_whole(told, dates=self._fates(self.series.dates)),
            known=_whole(before or told, is_removal=True),
        )
        told = _with_reminders(told, before, self.circle.now)
        invitation.told, invitation.remind_at = told.model_dump(mode="json"), next_reminder(told)

    def _by_rule(self, told: ToldSeries) -> list[datetime]:
        """The dates that are as usual, and so told by the rule alone."""
        usual = (date for date in told.dates if date.details is None)
        series = self.series.series
        return [d.recurs_at for d in usual if slot_by_rule(series, d.recurs_at) == Slot(d.start, d.end)]

    def _update(self, difference: Difference, before: ToldSeries, told: ToldSeries) -> Update:
        if difference.is_one_date and difference.gone:
            [a_date] = difference.gone
            news = News(told=before.at(a_date), series=OfSeries(words=told.words, one=a_date.recurs_at))
            return Update("cancellation", "CANCEL", news, named(a_date.recurs_at))
        if difference.is_one_date:
            [name] = difference.changed
            entry, was = told.at(told.by_name[name]), before.at(before.by_name[name])
            news = News(told=entry, before=was, series=OfSeries(words=told.words, one=name))
            return Update("update", "REQUEST", news, named(name))
        return Update("update", "REQUEST", self._news_of_all(difference, before, told))

    def _news_of_all(self, difference: Difference, before: ToldSeries, told: ToldSeries) -> News:
        """What is usual now, the rule where it is another one, and each date that changed for itself."""
        elsewhere = self._gone_elsewhere(difference)
        come = self._fates(r for r in self.series.live if r.id in {a_date.reservation for a_date in difference.come})
        dates = fates_since(difference, before, told, come, elsewhere)
        is_said = difference.is_other_rule or elsewhere
        news = _whole(told, dates=dates, words_before=before.words if is_said else {})
        hours = {"start": told.usual.start, "end": told.usual.end}  # which the rule says
        return news.model_copy(
            update={"before": before.usual.model_copy(update=hours), "asks_again": difference.is_moved}
        )

    def _fates(self, reservations: Iterable[Reservation]) -> tuple[Fate, ...]:
        return fates_of(self.series.series, self.series.picture, reservations)

    def _gone_elsewhere(self, difference: Difference) -> frozenset[int]:
        """The reservations that left for the series that goes on from them: they are not given back."""
        ids = [a_date.reservation for a_date in difference.gone]
        left = select(Reservation.id).where(Reservation.id.in_(ids), Reservation.series_id != self.series.series.id)
        return frozenset(self.series.db.scalars(left)) if ids else frozenset()


def _whole(
    series: ToldSeries, *, dates: tuple[Fate, ...] = (), words_before: Sentence | None = None, is_removal: bool = False
) -> News:
    of_series = OfSeries(words=series.words, words_before=words_before or {}, dates=dates, whole=series)
    return News(told=series.usual, is_removal=is_removal, series=of_series)


def _with_reminders(told: ToldSeries, before: ToldSeries | None, now: datetime) -> ToldSeries:
    """A date at its old time keeps its reminder, sent or not; one at a new time has one if there is time for it."""
    zone = told.usual.host.zone

    def is_reminded(a_date: ToldDate) -> bool:
        was = before.by_name.get(a_date.recurs_at) if before else None
        if was is not None and (was.start, was.end) == (a_date.start, a_date.end):
            return was.is_reminded
        return reminder_time(a_date.start, zone) <= now

    dates = tuple(a_date.model_copy(update={"is_reminded": is_reminded(a_date)}) for a_date in told.dates)
    return told.model_copy(update={"dates": dates})
