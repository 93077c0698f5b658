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
    """Who does something: a person of a site (None: Créneau itself), in which role, under which correlation id.

    `source` says whence: an address on the network, a command, a file.
    """

    person_id: int | None
    site_id: int
    is_coordinator: bool = False
    correlation_id: str = ""
    source: str = ""


class EventRow(Numbered, Base):
    """One recorded event; `relayed_at` is None until the tasks that follow from it were woken.

    It is about a reservation, or about the house: then `subject` names what, such as `room:flexi-16`.
    """

    __tablename__ = "event"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"))
    subject: Mapped[str] = mapped_column(default="")
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    source: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    correlation_id: Mapped[str]
    recorded_at: Mapped[datetime]
    relayed_at: Mapped[datetime | None]


def record(
    db: Db, site_id: int, event: Event, *, by: Actor, now: datetime, reason: str = "", on_behalf_of: int | None = None
) -> None:
    """Write the fact down, beside what it tells of: who did it, whence, why, and for whom when not for themselves."""
    db.add(
        EventRow(
            site_id=site_id,
            reservation_id=event.reservation_id,
            subject="",
            type=type(event).__name__,
            data=event.data,
            person_id=by.person_id,
            on_behalf_of=on_behalf_of if on_behalf_of != by.person_id else None,
            source=by.source,
            reason=reason,
            correlation_id=by.correlation_id,
            recorded_at=now,
        )
    )


def record_about_house(
    db: Db,
    subject: str,
    type_: str,
    data: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """Write down a fact about the house itself, such as a policy that was changed; nothing follows from it."""
    db.add(
        EventRow(
            site_id=by.site_id,
            subject=subject,
            type=type_,
            data=data,
            person_id=by.person_id,
            source=by.source,
            reason=reason,
            correlation_id=by.correlation_id,
            recorded_at=now,
            relayed_at=now,
        )
    )


def record_about_entry(db: Db, entry_id: int, type_: str, data: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """Write down a fact about somebody else's entry of which there is no reservation; the same follows from it."""
    db.add(
        EventRow(
            site_id=by.site_id,
            subject=f"entry:{entry_id}",
            type=type_,
            data=data,
            person_id=by.person_id,
            source=by.source,
            correlation_id=by.correlation_id,
            recorded_at=now,
        )
    )
