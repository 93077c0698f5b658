"""Activities and their sessions: what people come for."""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.domain.errors import NotFoundError
from shared.store.base import Base, Db, Numbered
from shared.store.people import Organisation
from shared.store.reservations import Reservation


class Activity(Numbered, Base):
    """A training, lab, certification, temps fort, festival, meeting or loan."""

    __tablename__ = "activity"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int]
    is_public: Mapped[bool] = mapped_column(default=False)

    partner: Mapped[Organisation | None] = relationship(lazy="joined")

    @classmethod
    def locked(cls, db: Db, site_id: int, activity_id: int) -> "Activity":
        found = db.scalars(
            select(cls).where(cls.id == activity_id, cls.site_id == site_id).with_for_update(of=cls)
        ).first()
        if found is None:
            raise NotFoundError("There is no such activity.")
        return found


class Session(Numbered, Base):
    """One meeting of an activity; its reservation says when, who, and which rooms and trainers it occupies."""

    __tablename__ = "session"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"), unique=True)
    place: Mapped[str]
    """onsite, elsewhere or online"""
    where: Mapped[str]

    activity: Mapped[Activity] = relationship()
    reservation: Mapped[Reservation] = relationship()

    @classmethod
    def get(cls, db: Db, site_id: int, session_id: int) -> "Session":
        found = db.scalars(select(cls).join(Activity).where(cls.id == session_id, Activity.site_id == site_id)).first()
        if found is None:
            raise NotFoundError("There is no such session.")
        return found
