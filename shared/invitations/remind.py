"""Reminding: the day before, once, whoever is still coming.

Guards. The queue is `invitation.remind_at`: set again by an announcement that moves the entry, cleared by one that
cancels it, and cleared here, or set for the next date of a series, in the commit that writes the reminders, so that a
second tick finds nothing.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shared.domain.states import HOLDING
from shared.invitations.circle import Circle
from shared.invitations.due import Due, take_up
from shared.invitations.fact import named
from shared.invitations.news import News, OfSeries
from shared.invitations.post import To
from shared.invitations.told import Told
from shared.invitations.told_series import ToldSeries, is_series
from shared.store.base import Db
from shared.store.ledger import Invitation
from shared.store.reservations import Reservation

REMINDER_HOUR = 9


def remind_some(db: Db, *, now: datetime, most: int = 20) -> int:
    """Write the reminders of up to `most` entries that are due; returns how many were due. The caller commits."""
    return take_up(db, Due.REMINDER, _remind, now=now, most=most)


def reminder_time(start: datetime, zone: str) -> datetime:
    """Nine o'clock on the day before, on the clock of the site."""
    local = start.astimezone(ZoneInfo(zone)) - timedelta(days=1)
    return local.replace(hour=REMINDER_HOUR, minute=0, second=0, microsecond=0).astimezone(UTC)


def next_reminder(series: ToldSeries) -> datetime | None:
    """When the next date is due of which nobody was reminded."""
    zone = series.usual.host.zone
    return min((reminder_time(date.start, zone) for date in series.dates if not date.is_reminded), default=None)


def _remind(db: Db, invitation: Invitation, now: datetime) -> None:
    told, invitation.remind_at = invitation.told, None
    if told is None:
        return
    reservation = db.get_one(Reservation, invitation.reservation_id)
    circle = Circle(db, reservation, invitation, now, reservation.correlation_id)
    circle.stamp()
    if is_series(told):
        _remind_of_dates(circle, ToldSeries.model_validate(told))
        return
    entry = Told.model_validate(told)
    if _is_as_told(reservation, entry, now):
        circle.tell(To.COMING, "reminder", "REMINDER", News(told=entry))


def _remind_of_dates(circle: Circle, series: ToldSeries) -> None:
    zone, now = series.usual.host.zone, circle.now
    due = [date for date in series.dates if not date.is_reminded and reminder_time(date.start, zone) <= now]
    ids = [date.reservation for date in due]
    rows = {r.id: r for r in circle.db.scalars(select(Reservation).where(Reservation.id.in_(ids)))}
    for date in due:
        entry = series.at(date)
        if _is_as_told(rows[date.reservation], entry, now):
            news = News(told=entry, series=OfSeries(words=series.words, one=date.recurs_at))
            circle.tell(To.COMING, "reminder", "REMINDER", news, recurrence=named(date.recurs_at))
    dates = tuple(date.model_copy(update={"is_reminded": date.is_reminded or date in due}) for date in series.dates)
    series = series.model_copy(update={"dates": dates})
    circle.invitation.told, circle.invitation.remind_at = series.model_dump(mode="json"), next_reminder(series)


def _is_as_told(reservation: Reservation, entry: Told, now: datetime) -> bool:
    """Still to come, and not moved: else the announcement of that is to come too, and sets a reminder of its own."""
    is_there = reservation.state in HOLDING and (reservation.starts_at, reservation.ends_at) == (entry.start, entry.end)
    return is_there and reservation.starts_at > now
