"""The outbox: facts are written here in the same commit as what they tell of, and the relay hands them on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.domain.events import Event
from shared.store.base import Base, Db, Numbered


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person of a site (None: Créneau itself), in which role, under which correlation id."""

    person_id: int | None
    site_id: int
    is_coordinator: bool = False
    correlation_id: str = ""


class EventRow(Numbered, Base):
    """One recorded event; `relayed_at` is None until the tasks that follow from it were woken."""

    __tablename__ = "event"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    correlation_id: Mapped[str]
    recorded_at: Mapped[datetime]
    relayed_at: Mapped[datetime | None]


def record(db: Db, site_id: int, event: Event, *, by: Actor, now: datetime) -> None:
    """Write the fact down, beside what it tells of."""
    db.add(
        EventRow(
            site_id=site_id,
            reservation_id=event.reservation_id,
            type=type(event).__name__,
            data=event.data,
            person_id=by.person_id,
            correlation_id=by.correlation_id,
            recorded_at=now,
        )
    )
