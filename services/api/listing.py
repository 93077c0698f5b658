"""Lists of reservations: filters, and pages that stay where they are while rows come and go."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from sqlalchemy import text

from services.api.access import Caller
from services.api.outputs import ReservationView
from services.api.schemas import Slug, Strict, Time, Zone
from services.api.views import COLUMNS, FROM, untitled_for, view
from shared.domain.errors import InvalidInputError
from shared.domain.slots import instant
from shared.domain.states import State
from shared.store.base import Db
from shared.store.places import resources_named
from shared.store.selection import Selection


class Narrowing(Strict):
    """Which reservations; what is left out does not narrow."""

    room: Slug | None = None
    start: Annotated[Time | None, Field(alias="from", description="those that end after this")] = None
    end: Annotated[Time | None, Field(alias="to", description="those that start before this")] = None
    zone: Zone | None = None
    person: Annotated[str | None, Field(pattern=r"^(me|[1-9][0-9]{0,17})$", description="who asked: an id, or me")] = (
        None
    )
    state: State | None = None

    def selection(self, db: Db, caller: Caller) -> Selection:
        """The reservations of the caller's site that are meant; raises InvalidInputError for an unknown room."""
        person = caller.identity.person_id if self.person == "me" else int(self.person) if self.person else None
        return Selection(
            site_id=caller.site_id,
            resource_id=resources_named(db, caller.site_id, [self.room])[0].id if self.room else None,
            after=instant(self.start, self.zone) if self.start else None,
            before=instant(self.end, self.zone) if self.end else None,
            person_id=person,
            state=self.state,
        )


class ReservationFilters(Narrowing):
    """Which reservations, and which page of them."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=100, description="from `next` of the page before")] = None


Filters = Annotated[ReservationFilters, Query()]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page, and the cursor of the next one."""

    items: list[ReservationView]
    next: str | None


def list_reservations(db: Db, caller: Caller, filters: ReservationFilters) -> Listing:
    """A page in the order of start, then id; raises InvalidInputError for a cursor that we did not make."""
    conditions, values = _conditions(db, caller, filters)
    query = text(f"SELECT {COLUMNS} {FROM} WHERE {' AND '.join(conditions)} ORDER BY r.starts_at, r.id LIMIT :limit")
    rows = db.execute(query, values | {"limit": filters.limit + 1, "untitled": untitled_for(db, caller)}).all()
    shown = rows[: filters.limit]
    is_more = len(rows) > filters.limit
    return Listing([view(row, caller) for row in shown], _cursor(shown[-1]) if is_more else None)


def _conditions(db: Db, caller: Caller, filters: ReservationFilters) -> tuple[list[str], dict[str, Any]]:
    selection = filters.selection(db, caller)
    conditions, values = selection.conditions, selection.values
    if caller.is_partner:
        conditions.append(
            "EXISTS (SELECT 1 FROM attendee AS a WHERE a.address = :address AND a.removed_at IS NULL"
            " AND a.reservation_id = coalesce((SELECT head_id FROM series WHERE id = r.series_id), r.id))"
        )
        values["address"] = caller.identity.address
    if filters.cursor is not None:
        conditions.append("(r.starts_at, r.id) > (:last_start, :last_id)")
        values["last_start"], values["last_id"] = _position(filters.cursor)
    return conditions, values


def _cursor(row: Any) -> str:
    return urlsafe_b64encode(f"{row.starts_at.isoformat()} {row.id}".encode()).decode()


def _position(cursor: str) -> tuple[datetime, int]:
    try:
        start, id_ = urlsafe_b64decode(cursor.encode()).decode().split(" ")
        position = datetime.fromisoformat(start).astimezone(UTC), int(id_)
    except (ValueError, OverflowError) as error:
        raise _not_ours() from error
    if not 0 < position[1] < 2**63:
        raise _not_ours()
    return position


def _not_ours() -> InvalidInputError:
    return InvalidInputError("This cursor is not one of ours: begin again without it.", code="bad_cursor")
