"""What people answer: for one date of a series, with another time, or without having been invited."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Db, Numbered


class DateAnswer(Base):
    """What an attendee was asked, and answered, for one date of a series by itself; else their answer to the whole."""

    __tablename__ = "date_answer"

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"), primary_key=True)
    recurs_at: Mapped[datetime] = mapped_column(primary_key=True)
    partstat: Mapped[str] = mapped_column(default="NEEDS-ACTION")
    asked_sequence: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]
    answer_dtstamp: Mapped[datetime | None]
    answer_sequence: Mapped[int | None]
    comment: Mapped[str] = mapped_column(default="")
    delegated_to: Mapped[str] = mapped_column(default="")


class Alias(Numbered, Base):
    """Another address from which somebody answers, or a secretary's: `means` is the one that was invited."""

    __tablename__ = "alias"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    address: Mapped[str]
    means: Mapped[str]


class Proposal(Numbered, Base):
    """Another time that an attendee proposes (COUNTER); `obstacle` says why it cannot be had, when looked at."""

    __tablename__ = "proposal"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    comment: Mapped[str] = mapped_column(default="")
    is_free: Mapped[bool | None]
    obstacle: Mapped[dict[str, Any] | None]
    sequence: Mapped[int]
    dtstamp: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Newcomer(Numbered, Base):
    """Somebody who answered without being on the list, forwarded or delegated; the owner admits or dismisses them.

    `partstat` is their answer to the whole, `dates` that to dates of a series, by their names; `speaks_for`: whom of
    the list their mail named, which may be themselves under another address; `sequence` and `dtstamp` are those of
    their last answer.
    """

    __tablename__ = "newcomer"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    address: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fr")
    partstat: Mapped[str]
    comment: Mapped[str] = mapped_column(default="")
    delegated_from: Mapped[str] = mapped_column(default="")
    speaks_for: Mapped[str] = mapped_column(default="")
    dates: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sequence: Mapped[int]
    dtstamp: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


SETTLE = text("""
UPDATE proposal AS p SET decided_at = coalesce(p.decided_at, :now),
    state = CASE WHEN r.state = 'confirmed' AND (p.starts_at, p.ends_at) = (r.starts_at, r.ends_at)
                 THEN 'accepted' ELSE 'superseded' END
FROM reservation AS r
WHERE p.reservation_id = r.id AND p.state = 'open'
  AND (r.id = :id OR r.series_id = :series_id) AND (CAST(:date AS timestamptz) IS NULL OR r.recurs_at = :date)
""")


def settle_proposals(
    db: Db, reservation_id: int, series_id: int | None, *, now: datetime, date: datetime | None = None
) -> None:
    """What was proposed for a meeting, or one date of it, is over once its people are told of another time.

    Granted, where that is the one that was proposed: whoever proposed the others is asked anew.
    """
    values = {"id": reservation_id, "series_id": series_id, "date": date, "now": now}
    db.execute(SETTLE, values)
