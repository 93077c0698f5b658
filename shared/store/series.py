"""Series: the rule under which reservations recur, and the reservations that are its occurrences."""

from datetime import date, datetime, timedelta

from sqlalchemy import ARRAY, Date, DateTime, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from shared.domain.errors import NotFoundError
from shared.store.base import Base, Db, Numbered


class Series(Numbered, Base):
    """A rule, and where it began; what became of each date is a reservation of its own.

    `head_id` is the reservation whose people and invitation are those of the series; `starts_on` is the first start on
    the wall clock of `zone`; `skipped` are dates that were left out from the beginning; `wanted_*` is
    the rule that a change of all its dates asks for, until that is decided.
    """

    __tablename__ = "series"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    head_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id", use_alter=True))
    rule: Mapped[str]
    starts_on: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    length: Mapped[timedelta]
    wanted_rule: Mapped[str | None]
    wanted_starts_on: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    wanted_length: Mapped[timedelta | None]
    zone: Mapped[str]
    on_conflict: Mapped[str]
    skipped: Mapped[list[date]] = mapped_column(ARRAY(Date))
    split_from: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    created_at: Mapped[datetime]

    @classmethod
    def locked(cls, db: Db, site_id: int, series_id: int) -> "Series":
        """The series, locked until the end of the transaction; raises NotFoundError."""
        found = db.scalars(select(cls).where(cls.id == series_id, cls.site_id == site_id).with_for_update()).first()
        if found is None:
            raise NotFoundError("There is no such series.")
        return found
