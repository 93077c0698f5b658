"""Timers: what is to be done at a time, as rows that are deleted in the commit that does it, so that each runs once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import orjson
from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.domain.policy import Policy
from shared.domain.states import Hold
from shared.store.base import Base, Db, Numbered


class Kind(StrEnum):
    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRE = "expire"


class Timer(Numbered, Base):
    """One thing to do about a reservation; there is one of each kind at most."""

    __tablename__ = "timer"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    kind: Mapped[Kind]
    due_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Due:
    """A timer to be set."""

    site_id: int
    reservation_id: int
    kind: Kind
    at: datetime


SET = text("""
INSERT INTO timer (site_id, reservation_id, kind, due_at)
SELECT site_id, reservation_id, kind, due_at FROM jsonb_to_recordset(CAST(:timers AS jsonb)) AS t(
    site_id bigint, reservation_id bigint, kind text, due_at timestamptz)
ON CONFLICT (reservation_id, kind) DO UPDATE SET due_at = excluded.due_at
""")
CLEAR = text("DELETE FROM timer WHERE reservation_id = ANY(:ids)")
STRIKE = text("DELETE FROM timer WHERE id = :id AND due_at <= :now RETURNING site_id, reservation_id, kind")


def deadlines(hold: Hold, until: datetime, policies: Sequence[Policy], now: datetime) -> dict[Kind, datetime]:
    """When to remind of what is held, to escalate and to end it; what would come too late is left out.

    `policies` are those of what it takes: the shortest time of each kind counts, and the earliest reminder.
    """
    earlier: dict[Kind, datetime] = {}
    if hold is Hold.APPROVAL:
        earlier[Kind.REMIND] = now + timedelta(hours=min(p.approval.remind_hours for p in policies))
        earlier[Kind.ESCALATE] = now + timedelta(hours=min(p.approval.escalate_hours for p in policies))
    elif hold is Hold.OPTION:
        earlier[Kind.REMIND] = until - timedelta(hours=max(p.option.remind_hours for p in policies))
    return {Kind.EXPIRE: until} | {kind: at for kind, at in earlier.items() if now < at < until}


def set_timers(db: Db, timers: Iterable[Due]) -> None:
    """Set these, instead of what was set for the same reservations and kinds."""
    rows = [{"site_id": t.site_id, "reservation_id": t.reservation_id, "kind": t.kind, "due_at": t.at} for t in timers]
    if rows:
        db.execute(SET, {"timers": orjson.dumps(rows).decode()})


def clear_timers(db: Db, reservation_ids: Iterable[int]) -> None:
    db.execute(CLEAR, {"ids": list(reservation_ids)})
