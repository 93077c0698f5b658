"""How reservations are read and shown: one query for many, and only what the viewer may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from services.api.access import Caller
from services.api.alternatives import alternative_views
from services.api.outputs import (
    ConflictView,
    FindingView,
    MoveView,
    PersonView,
    ReservationView,
    ResourceView,
)
from shared.availability import alternatives_to, conflicts_behind
from shared.domain.errors import NotFoundError
from shared.domain.refusals import Refusal
from shared.house import House, house_of
from shared.store.base import Db
from shared.store.reservations import Reservation

COLUMNS = """
r.id, r.site_id, r.state, r.title, r.note, r.starts_at, r.ends_at, r.resource_ids, r.people, r.requested_by,
r.version, r.created_at, r.decided_at, r.refusal, r.findings, r.layout, r.quantities, r.series_id, r.recurs_at,
r.hold, r.hold_until, r.option_until, r.waitlist_turn, r.wanted_layout,
r.wanted_starts_at, r.wanted_ends_at, r.wanted_resource_ids,
r.wanted_people, p.name AS person, s.id AS session_id,
(SELECT jsonb_object_agg(id, jsonb_build_object('slug', slug, 'name', name)) FROM resource
 WHERE id = ANY (r.resource_ids || coalesce(r.wanted_resource_ids, '{}'))) AS named,
CASE WHEN r.resource_ids = '{}' THEN '{0}' ELSE r.resource_ids END && CAST(:untitled AS bigint[]) AS hides_title
"""
FROM = """
FROM reservation AS r JOIN person AS p ON p.id = r.requested_by LEFT JOIN session AS s ON s.reservation_id = r.id
"""
BY_ID = text(f"SELECT {COLUMNS} {FROM} WHERE r.id = ANY(:ids)")
# the people of a series are those on the list of its head
IS_INVITED = text("""
SELECT 1 FROM reservation AS r LEFT JOIN series AS s ON s.id = r.series_id
JOIN attendee AS a ON a.reservation_id = coalesce(s.head_id, r.id)
WHERE r.id = :id AND a.address = :address AND a.removed_at IS NULL
""")


def rows_of(db: Db, ids: Sequence[int], caller: Caller | None) -> dict[int, Row[Any]]:
    """What `view` shows, by id; without a caller for whoever wrote it themselves."""
    values = {"ids": list(ids), "untitled": untitled_for(db, caller)}
    return {row.id: row for row in db.execute(BY_ID, values)}


def untitled_for(db: Db, caller: Caller | None) -> list[int]:
    """The resources whose bookings this caller sees without their titles; a partner sees what they are invited to."""
    if caller is None or caller.is_coordinator or caller.is_partner:
        return []
    return house_of(db, caller.site_id).untitled()


def seen_by(db: Db, reservation_id: int, caller: Caller) -> Row[Any]:
    """The reservation, for somebody who may know of it; raises NotFoundError.

    Colleagues of the site see all its reservations; a partner sees those that they are invited to.
    """
    row = rows_of(db, [reservation_id], caller).get(reservation_id)
    if row is None or row.site_id != caller.site_id:
        raise NotFoundError("There is no such reservation.")
    invited = {"id": reservation_id, "address": caller.identity.address}
    if caller.is_partner and db.execute(IS_INVITED, invited).first() is None:
        raise NotFoundError("There is no such reservation.")
    return row


def is_inside(row: Row[Any], caller: Caller) -> bool:
    """Whether the caller may see notes, people and mails of it."""
    return caller.is_coordinator or bool(row.requested_by == caller.identity.person_id)


def view(row: Row[Any], caller: Caller) -> ReservationView:
    is_moving = row.wanted_starts_at is not None
    return ReservationView(
        id=row.id,
        state=row.state,
        title=None if row.hides_title and not is_inside(row, caller) else row.title,
        note=row.note if is_inside(row, caller) else None,
        start=row.starts_at,
        end=row.ends_at,
        resources=_named(row, row.resource_ids),
        people=row.people,
        layout=row.layout,
        equipment=row.quantities,
        requested_by=PersonView(id=row.requested_by, name=row.person),
        session=row.session_id,
        series=row.series_id,
        recurs_at=row.recurs_at,
        hold=row.hold,
        hold_until=row.hold_until,
        version=row.version,
        created_at=row.created_at,
        decided_at=row.decided_at,
        refusal=row.refusal["code"] if row.refusal else None,
        findings=[finding_view(Refusal.from_json(finding)) for finding in row.findings or ()],
        moving_to=MoveView(
            start=row.wanted_starts_at,
            end=row.wanted_ends_at,
            resources=_named(row, row.wanted_resource_ids),
            people=row.wanted_people,
            layout=row.layout if row.wanted_layout is None else row.wanted_layout,
        )
        if is_moving
        else None,
    )


def finding_view(refusal: Refusal) -> FindingView:
    return FindingView(code=refusal.code, fr=refusal.sentence("fr"), en=refusal.sentence("en"))


def _named(row: Row[Any], ids: Sequence[int]) -> list[ResourceView]:
    return [ResourceView(**row.named[str(id_)]) for id_ in ids]


def refusal_members(db: Db, reservation_id: int, caller: Caller, language: str, now: datetime) -> dict[str, Any]:
    """What a 409 tells: the reason, each conflict as far as the caller may see it, and what is free instead."""
    reservation = db.get_one(Reservation, reservation_id)
    refusal = reservation.refused or Refusal("room_taken")
    house = house_of(db, reservation.site_id)
    conflicts = [conflict_view(row, caller, house).model_dump(mode="json") for row in conflicts_behind(db, refusal)]
    alternatives = alternatives_to(db, reservation, now=now)
    return {
        "code": refusal.code,
        "detail": refusal.sentence(language),
        "facts": refusal.facts,
        "fix": refusal.fix,
        "advice": refusal.advice(language),
        "may_override": refusal.override,
        "conflicts": conflicts,
        "alternatives": [v.model_dump(mode="json") for v in alternative_views(db, alternatives, language)],
    }


def conflict_view(row: Row[Any], caller: Caller, house: House) -> ConflictView:
    """A row of `conflicts_behind`, as much of it as the caller may see."""
    is_hidden = caller.is_partner or (not is_inside(row, caller) and house.hides_titles(row.resource_ids))
    return ConflictView(
        room=ResourceView(slug=row.slug, name=row.room),
        start=row.starts_at,
        end=row.ends_at,
        reservation=None if caller.is_partner else row.id,
        title=None if is_hidden else row.title,
        requested_by=None if caller.is_partner else row.person,
    )
