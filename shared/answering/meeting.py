"""The meeting that a mail is about: its invitation, its people and its dates; locked, so that one writer is at it."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shared.calendar.text import clean_line
from shared.domain.slots import EARLIEST, LATEST
from shared.domain.states import ALIVE, HOLDING
from shared.itip.incoming import Component
from shared.store.base import Db
from shared.store.ledger import Invitation
from shared.store.people import Person
from shared.store.places import Site
from shared.store.reservations import Reservation
from shared.store.series import Series

MOMENT = timedelta(microseconds=1)


def name_of(date: Reservation | None) -> str:
    """How a date of a series is called wherever it is a text: its original start in UTC; '' for the whole."""
    return date.recurs_at.astimezone(UTC).isoformat() if date and date.recurs_at else ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """`head` bears the list of people and the invitation; `series` is None for a meeting of one date."""

    db: Db
    head: Reservation
    invitation: Invitation
    series: Series | None

    @classmethod
    def called(cls, db: Db, site_id: int, uid: str) -> "Meeting | None":
        """The one that was sent under this UID."""
        if clean_line(uid) != uid:  # none of ours, and nothing that the database can be asked for
            return None
        found = select(Invitation.reservation_id).where(Invitation.uid == uid, Invitation.site_id == site_id)
        # a series whose head leaves it for another one has a new head at once
        for head_id in (db.scalars(found).first() for _ in range(2)):
            meeting = cls.headed(db, site_id, head_id) if head_id is not None else None
            if meeting is not None:
                return meeting
        return None

    @classmethod
    def glimpsed(cls, db: Db, site_id: int, uid: str) -> "Meeting | None":
        """The same, not locked: to look at what may change any moment."""
        if clean_line(uid) != uid:
            return None
        found = db.execute(
            select(Invitation, Reservation)
            .join(Reservation, Reservation.id == Invitation.reservation_id)
            .where(Invitation.uid == uid, Invitation.site_id == site_id)
        ).first()
        if found is None:
            return None
        invitation, head = found
        return cls(db, head, invitation, _headed_by(db, head))

    @classmethod
    def headed(cls, db: Db, site_id: int, head_id: int) -> "Meeting | None":
        """The one whose list that reservation bears, if it was ever announced."""
        # in this order, as everybody does: whoever announces has the reservation's row before that of the invitation
        head = Reservation.locked(db, site_id, head_id)
        invitation = db.scalars(
            select(Invitation)
            .where(Invitation.reservation_id == head.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).first()
        return cls(db, head, invitation, _headed_by(db, head)) if invitation else None

    @property
    def owner_address(self) -> str:
        return self.db.scalars(select(Person.address).where(Person.id == self.head.requested_by)).one()

    def dates_meant(self, component: Component) -> list[Reservation]:
        """The dates of the series that a RECURRENCE-ID names, by their instant or by their day; of each name one."""
        name, series = component.recurrence_id, self.series
        if name is None or series is None or not EARLIEST <= name < LATEST:
            return []
        first, end = self._day(name, series) if component.is_recurrence_id_a_day else (name, name + MOMENT)
        return self.dates_named(first, end=None if component.this_and_future else end)

    def dates_named(self, first: datetime, *, end: datetime | None) -> list[Reservation]:
        """The dates whose original starts lie there; of each name what is alive, or else the last that was."""
        if self.series is None:
            return []
        dates = select(Reservation).where(Reservation.series_id == self.series.id, Reservation.recurs_at >= first)
        if end is not None:
            dates = dates.where(Reservation.recurs_at < end)
        found = self.db.scalars(dates.order_by(Reservation.recurs_at, Reservation.state.in_(ALIVE), Reservation.id))
        return list({date.recurs_at: date for date in found}.values())

    def is_held(self) -> bool:
        """Whether it takes place, or for a series any of its dates does."""
        if self.series is None:
            return self.head.state in HOLDING
        held = select(Reservation.id).where(Reservation.series_id == self.series.id, Reservation.state.in_(HOLDING))
        return self.db.scalars(held.limit(1)).first() is not None

    def ends_at(self) -> datetime:
        """When it is over, with all its dates."""
        if self.series is None:
            return self.head.ends_at
        last = select(Reservation.ends_at).where(Reservation.series_id == self.series.id)
        return self.db.scalars(last.order_by(Reservation.ends_at.desc()).limit(1)).one()

    def _day(self, name: datetime, series: Series) -> tuple[datetime, datetime]:
        """From midnight to midnight where the series is, of a day that a mail names on the site's clock."""
        site = Site.get(self.db, self.head.site_id)
        day = name.astimezone(ZoneInfo(site.zone)).date()
        zone = ZoneInfo(series.zone)
        midnight, next_one = (datetime.combine(d, time(), zone) for d in (day, day + timedelta(days=1)))
        return midnight, next_one


def _headed_by(db: Db, head: Reservation) -> Series | None:
    """The series whose list that reservation bears; a head is a date of it."""
    return db.get(Series, head.series_id) if head.series_id is not None else None
