"""A series as it is now: its dates with what became of each, and the people to whom that is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from shared.domain.states import ALIVE, HOLDING, State
from shared.invitations.as_it_is import told_series_of
from shared.invitations.circle import Circle
from shared.invitations.told_series import Sentence, ToldSeries
from shared.store.base import Db
from shared.store.reservations import Reservation
from shared.store.series import Series


@dataclass(frozen=True)
class SeriesNow:
    """`dates` are in order, one of each name: what is alive, or else the last that was; `former` are the others."""

    db: Db
    series: Series
    head: Reservation
    dates: tuple[Reservation, ...]
    former: tuple[Reservation, ...]

    @classmethod
    def read(cls, db: Db, series: Series) -> "SeriesNow":
        is_alive = Reservation.state.in_(ALIVE)
        every = db.scalars(
            select(Reservation)
            .where(Reservation.series_id == series.id)
            .order_by(Reservation.recurs_at, is_alive, Reservation.id)
        ).all()
        dates = tuple({reservation.recurs_at: reservation for reservation in every}.values())
        former = tuple(reservation for reservation in every if reservation not in dates)
        return cls(db, series, db.get_one(Reservation, series.head_id), dates, former)

    @cached_property
    def live(self) -> list[Reservation]:
        """What stands in calendars; what is held or waits does not yet."""
        return self._in({State.CONFIRMED})

    @cached_property
    def picture(self) -> ToldSeries:
        """All dates, whatever became of them."""
        return told_series_of(self.db, self.series, self.dates)

    @cached_property
    def words(self) -> Sentence:
        """When it recurs: by what is in calendars, or else by what was asked for."""
        return told_series_of(self.db, self.series, self.live).words if self.live else self.picture.words

    def circle(self, *, now: datetime, correlation_id: str) -> Circle:
        """Its people, with the trainers of any date among them."""
        ids = sorted({id_ for reservation in self._in(HOLDING) for id_ in reservation.resource_ids})
        return Circle.around(self.db, self.head, now=now, resource_ids=ids, correlation_id=correlation_id)

    def _in(self, states: Iterable[State]) -> list[Reservation]:
        return [reservation for reservation in self.dates if reservation.state in states]
