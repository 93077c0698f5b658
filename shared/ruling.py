"""Laying down how the house is run: policies in versions, closures, school holidays, groups; all of it on record.

What is booked stays booked. Whoever waits in line is looked at again, for what they wait for may be possible now.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from shared.domain.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleVersionError
from shared.domain.policy import SCOPES, Scope, checked
from shared.domain.slots import Slot
from shared.store.base import Db
from shared.store.house import Closure, PolicyVersion, SchoolHoliday, lock_house, policies_in_force
from shared.store.occupancies import look_again
from shared.store.outbox import Actor, record_about_house
from shared.store.people import Person, PersonGroup
from shared.store.places import Resource, resources_named


@dataclass(frozen=True, slots=True)
class About:
    """What a policy is for: the site, or a room or group by its slug."""

    scope: Scope
    slug: str = ""

    def __str__(self) -> str:
        return f"policy:{self.scope}:{self.slug}" if self.slug else f"policy:{self.scope}"


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days that the published school calendar lacks, or (not is_holiday) has and should not; both days included."""

    zone: str
    first_day: date
    last_day: date
    name: str
    is_holiday: bool = True


def policies(db: Db, site_id: int) -> list[tuple[About, PolicyVersion]]:
    """All that is laid down at a site, as it is in force; what goes for the site first."""
    slugs = {
        "site": {0: ""},
        "room": _slugs(db, Resource, site_id),
        "group": _slugs(db, PersonGroup, site_id),
    }
    return [
        (About(row.scope, slugs[row.scope][row.scope_id]), row)  # type: ignore[arg-type]  # its CHECK knows the scopes
        for row in sorted(policies_in_force(db, site_id), key=lambda row: (SCOPES.index(row.scope), row.scope_id))
    ]


def policy_versions(db: Db, about: About, site_id: int) -> list[PolicyVersion]:
    """All versions of a policy, the one in force first."""
    found = select(PolicyVersion).where(
        PolicyVersion.site_id == site_id,
        PolicyVersion.scope == about.scope,
        PolicyVersion.scope_id == _scope_id(db, about, site_id),
    )
    return list(db.scalars(found.order_by(PolicyVersion.version.desc())))


def set_policy(
    db: Db, about: About, body: dict[str, Any], *, reason: str, version: int | None, by: Actor, now: datetime
) -> PolicyVersion:
    """Put another version in force, from the next decision on; bookings that stand are not touched.

    Raises InvalidInputError for a knob that does not exist or makes no sense there, StaleVersionError when somebody
    changed it since `version` was read (0: there was none yet).
    """
    _coordinators_only(by)
    lock_house(db, by.site_id)  # one after the other: each version follows the one before
    former = next(iter(policy_versions(db, about, by.site_id)), None)
    current = former.version if former else 0
    if version is not None and version != current:
        raise StaleVersionError("Somebody changed this policy since you read it: read it again.")
    body = checked(about.scope, body)
    row = PolicyVersion(
        site_id=by.site_id,
        scope=about.scope,
        scope_id=_scope_id(db, about, by.site_id),
        version=current + 1,
        body=body,
        reason=reason,
        set_by=by.person_id,
        set_at=now,
    )
    db.add(row)
    db.flush()
    data = {"version": row.version, "before": former.body if former else {}, "after": body}
    record_about_house(db, str(about), "PolicyChanged", data, by=by, now=now, reason=reason)
    look_again(db, by.site_id, now=now)
    return row


def close(db: Db, slug: str | None, slot: Slot, reason: str, *, by: Actor, now: datetime) -> Closure:
    """Close the site or one resource for a while; a trainer may say when they are away. What is booked stays booked."""
    resource = resources_named(db, by.site_id, [slug])[0] if slug else None
    if not by.is_coordinator and (resource is None or resource.person_id != by.person_id):
        raise NotAllowedError("Only a coordinator closes rooms; you may say when you are away yourself.")
    closure = Closure(
        site_id=by.site_id,
        resource_id=resource.id if resource else None,
        starts_at=slot.start,
        ends_at=slot.end,
        reason=reason,
        created_by=by.person_id,
    )
    db.add(closure)
    db.flush()
    data = {"closure": closure.id, "start": slot.start.isoformat(), "end": slot.end.isoformat()}
    record_about_house(db, f"closure:{slug or 'site'}", "Closed", data, by=by, now=now, reason=reason)
    return closure


def reopen(db: Db, closure_id: int, *, by: Actor, now: datetime) -> None:
    """Take a closure back."""
    lock_house(db, by.site_id)
    closure = db.scalars(select(Closure).where(Closure.id == closure_id, Closure.site_id == by.site_id)).first()
    if closure is None:
        raise NotFoundError("There is no such closure.")
    if not by.is_coordinator and closure.created_by != by.person_id:
        raise NotAllowedError("Only a coordinator, or who closed it, opens it again.")
    slug = db.get_one(Resource, closure.resource_id).slug if closure.resource_id else "site"
    db.delete(closure)
    data = {"closure": closure_id, "start": closure.starts_at.isoformat(), "end": closure.ends_at.isoformat()}
    record_about_house(db, f"closure:{slug}", "Reopened", data, by=by, now=now)
    look_again(db, by.site_id, now=now)


def add_holiday(db: Db, holiday: Holiday, *, by: Actor, now: datetime) -> SchoolHoliday:
    """Correct the school calendar."""
    _coordinators_only(by)
    lock_house(db, by.site_id)
    if not 0 <= (holiday.last_day - holiday.first_day).days <= 366:  # noqa: PLR2004
        raise InvalidInputError("School holidays end on or after their first day, within a year.", code="days_reversed")
    row = SchoolHoliday(
        site_id=by.site_id,
        zone=holiday.zone,
        first_day=holiday.first_day,
        last_day=holiday.last_day,
        name=holiday.name,
        is_holiday=holiday.is_holiday,
    )
    db.add(row)
    db.flush()
    data = {"zone": holiday.zone, "first": holiday.first_day.isoformat(), "last": holiday.last_day.isoformat()}
    record_about_house(db, "school-calendar", "SchoolCalendarCorrected", data, by=by, now=now, reason=holiday.name)
    look_again(db, by.site_id, now=now)
    return row


def remove_holiday(db: Db, holiday_id: int, *, by: Actor, now: datetime) -> None:
    """Take a correction back."""
    _coordinators_only(by)
    lock_house(db, by.site_id)
    row = db.scalars(
        select(SchoolHoliday).where(SchoolHoliday.id == holiday_id, SchoolHoliday.site_id == by.site_id)
    ).first()
    if row is None:
        raise NotFoundError("There is no such correction.")
    db.delete(row)
    data = {"zone": row.zone, "first": row.first_day.isoformat(), "last": row.last_day.isoformat()}
    record_about_house(db, "school-calendar", "SchoolCalendarRestored", data, by=by, now=now, reason=row.name)
    look_again(db, by.site_id, now=now)


def set_group(db: Db, slug: str, name: str, addresses: list[str], *, by: Actor, now: datetime) -> PersonGroup:
    """Make or rename a group and say who is in it; nobody is in two."""
    _coordinators_only(by)
    lock_house(db, by.site_id)
    group = db.scalars(select(PersonGroup).where(PersonGroup.site_id == by.site_id, PersonGroup.slug == slug)).first()
    if group is None:
        group = PersonGroup(site_id=by.site_id, slug=slug, name=name)
        db.add(group)
        db.flush()
    group.name = name
    wanted = {address.lower() for address in addresses}
    people = db.scalars(select(Person).where(Person.site_id == by.site_id, Person.address.in_(wanted))).all()
    unknown = wanted - {person.address for person in people}
    if unknown:
        raise InvalidInputError(f"Nobody here has the address {min(unknown)[:60]}.", code="unknown_person")
    for former in db.scalars(select(Person).where(Person.group_id == group.id)):
        former.group_id = None
    for person in people:
        person.group_id = group.id
    record_about_house(db, f"group:{slug}", "GroupSet", {"name": name, "people": len(people)}, by=by, now=now)
    look_again(db, by.site_id, now=now)
    return group


def _slugs(db: Db, table: type[Resource | PersonGroup], site_id: int) -> dict[int, str]:
    return {row.id: row.slug for row in db.execute(select(table.id, table.slug).where(table.site_id == site_id))}


def _scope_id(db: Db, about: About, site_id: int) -> int:
    """The room or group meant; raises NotFoundError."""
    if about.scope == "site":
        return 0
    table = Resource if about.scope == "room" else PersonGroup
    found = db.scalars(select(table.id).where(table.site_id == site_id, table.slug == about.slug)).first()
    if found is None:
        raise NotFoundError(f"There is no {about.scope} called {about.slug[:60]!r} here.")
    return found


def _coordinators_only(by: Actor) -> None:
    if not by.is_coordinator:
        raise NotAllowedError("Only a coordinator lays down how the house is run.")
