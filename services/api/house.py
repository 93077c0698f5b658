"""How the house is run: policies, closures, corrections of the school calendar, groups of people."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import select

from services.api.access import Anyone, Booker, Caller
from services.api.house_schemas import (
    ClosureView,
    Group,
    GroupView,
    NewClosure,
    NewPolicy,
    NewSchoolHoliday,
    PolicyView,
    SchoolHolidayView,
    Scope,
)
from services.api.preferences import IdempotencyKey, Version, etag
from services.api.problems import answers
from services.api.schemas import Slug
from services.api.transactions import InTransaction, Reading, once
from shared import ruling
from shared.domain.errors import NotAllowedError
from shared.store.base import Db
from shared.store.house import Closure, PolicyVersion, SchoolHoliday
from shared.store.people import Person, PersonGroup
from shared.store.places import Resource

router = APIRouter(tags=["house"])

Id = Annotated[int, Path(ge=1, lt=2**63)]
ScopePath = Annotated[Scope, Path()]
SlugPath = Annotated[Slug, Path(description="`site` for the site itself")]
WRITING = answers(401, 403, 404, 409, 412, 413, 422, 428)


@router.get("/policies", response_model=list[PolicyView], responses=answers(401, 403))
def policies(db: Reading, caller: Booker) -> list[PolicyView]:
    """All that is laid down, as it is in force."""
    return [_policy_view(about, row) for about, row in ruling.policies(db, caller.site_id)]


@router.get("/policies/{scope}/{slug}", response_model=list[PolicyView], responses=answers(401, 403, 404, 422))
def policy_versions(db: Reading, scope: ScopePath, slug: SlugPath, caller: Booker) -> Response:
    """All versions of one policy, the one in force first; its ETag is what If-Match wants."""
    about = _about(scope, slug)
    views = [_policy_view(about, row) for row in ruling.policy_versions(db, about, caller.site_id)]
    body = b"[" + b",".join(view.model_dump_json().encode() for view in views) + b"]"
    headers = {"ETag": etag(views[0].version if views else 0)}
    return Response(body, headers=headers, media_type="application/json")


@router.put("/policies/{scope}/{slug}", response_model=PolicyView, responses=WRITING)
def set_policy(
    db: InTransaction, scope: ScopePath, slug: SlugPath, policy: NewPolicy, caller: Booker, version: Version
) -> Response:
    """Put another version in force, from the next decision on; bookings that stand are not touched."""
    about, now = _about(scope, slug), datetime.now(UTC)
    row = ruling.set_policy(db, about, policy.knobs, reason=policy.reason, version=version, by=caller.actor, now=now)
    body = _policy_view(about, row).model_dump_json()
    return Response(body, headers={"ETag": etag(row.version)}, media_type="application/json")


@router.get("/closures", response_model=list[ClosureView], responses=answers(401))
def closures(db: Reading, caller: Anyone) -> list[ClosureView]:
    """Closures and absences that are not over."""
    rows = db.execute(
        select(Closure, Resource.slug)
        .outerjoin(Resource, Resource.id == Closure.resource_id)
        .where(Closure.site_id == caller.site_id, Closure.ends_at > datetime.now(UTC))
        .order_by(Closure.starts_at, Closure.id)
    )
    return [_closure_view(closure, slug, caller) for closure, slug in rows]


@router.post("/closures", status_code=201, response_model=ClosureView, responses=answers(401, 403, 413, 422))
def close(db: InTransaction, closure: NewClosure, caller: Booker, key: IdempotencyKey) -> Response:
    """Close the site or a resource for a while; a trainer says so when they are away."""

    def do() -> Response:
        row = ruling.close(db, closure.resource, closure.slot, closure.reason, by=caller.actor, now=datetime.now(UTC))
        body = _closure_view(row, closure.resource, caller).model_dump_json()
        return Response(body, 201, media_type="application/json")

    return once(db, key, do)


@router.delete(
    "/closures/{closure_id}", status_code=204, response_class=Response, responses=answers(401, 403, 404, 422)
)
def reopen(db: InTransaction, closure_id: Id, caller: Booker) -> Response:
    """Take a closure back."""
    ruling.reopen(db, closure_id, by=caller.actor, now=datetime.now(UTC))
    return Response(status_code=204)


@router.get("/school-holidays", response_model=list[SchoolHolidayView], responses=answers(401))
def school_holidays(db: Reading, caller: Anyone) -> list[SchoolHolidayView]:
    """The corrections of the published school calendar."""
    rows = db.scalars(select(SchoolHoliday).where(SchoolHoliday.site_id == caller.site_id).order_by(SchoolHoliday.id))
    return [SchoolHolidayView.model_validate(row, from_attributes=True) for row in rows]


@router.post(
    "/school-holidays", status_code=201, response_model=SchoolHolidayView, responses=answers(401, 403, 413, 422)
)
def add_school_holiday(db: InTransaction, holiday: NewSchoolHoliday, caller: Booker, key: IdempotencyKey) -> Response:
    """Correct the school calendar: days that are holidays too, or are none."""

    def do() -> Response:
        values = ruling.Holiday(
            holiday.zone, holiday.first_day, holiday.last_day, holiday.name, is_holiday=holiday.is_holiday
        )
        row = ruling.add_holiday(db, values, by=caller.actor, now=datetime.now(UTC))
        body = SchoolHolidayView.model_validate(row, from_attributes=True).model_dump_json()
        return Response(body, 201, media_type="application/json")

    return once(db, key, do)


@router.delete(
    "/school-holidays/{holiday_id}", status_code=204, response_class=Response, responses=answers(401, 403, 404, 422)
)
def remove_school_holiday(db: InTransaction, holiday_id: Id, caller: Booker) -> Response:
    """Take a correction back."""
    ruling.remove_holiday(db, holiday_id, by=caller.actor, now=datetime.now(UTC))
    return Response(status_code=204)


@router.get("/groups", response_model=list[GroupView], responses=answers(401, 403))
def groups(db: Reading, caller: Booker) -> list[GroupView]:
    """The groups of people for whom the house has rules of their own; for coordinators."""
    if not caller.is_coordinator:
        raise NotAllowedError("Only a coordinator sees who is in which group.")
    found = db.scalars(select(PersonGroup).where(PersonGroup.site_id == caller.site_id).order_by(PersonGroup.slug))
    return [_group_view(db, group) for group in found]


@router.put("/groups/{slug}", response_model=GroupView, responses=answers(401, 403, 413, 422))
def set_group(db: InTransaction, slug: Annotated[Slug, Path()], group: Group, caller: Booker) -> GroupView:
    """Make a group, rename it, and say who is in it."""
    row = ruling.set_group(db, slug, group.name, group.people, by=caller.actor, now=datetime.now(UTC))
    db.flush()
    return _group_view(db, row)


def _about(scope: Scope, slug: str) -> ruling.About:
    return ruling.About(scope, "" if scope == "site" else slug)


def _policy_view(about: ruling.About, row: PolicyVersion) -> PolicyView:
    return PolicyView(
        scope=about.scope,
        slug=about.slug,
        version=row.version,
        knobs=row.body,
        reason=row.reason,
        set_at=row.set_at,
    )


def _closure_view(closure: Closure, slug: str | None, caller: Caller) -> ClosureView:
    """Why somebody is away is nobody's business but the house's."""
    reason = "" if caller.is_partner else closure.reason
    return ClosureView(id=closure.id, resource=slug, start=closure.starts_at, end=closure.ends_at, reason=reason)


def _group_view(db: Db, group: PersonGroup) -> GroupView:
    people = db.scalars(select(Person.address).where(Person.group_id == group.id).order_by(Person.address))
    return GroupView(slug=group.slug, name=group.name, people=list(people))
