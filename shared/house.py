"""A house as its rules see it: rooms with the policies in force, closures, holidays; remembered until they change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, Select, select, text

from shared.domain.days import DEFAULT_CORRECTIONS, Correction, FrenchDays
from shared.domain.policy import Policy, merge
from shared.domain.rules import Closure, Closures, Wanted
from shared.domain.slots import Slot
from shared.store.base import Db
from shared.store.house import Closure as ClosureRow
from shared.store.house import SchoolHoliday, policies_in_force
from shared.store.people import PersonGroup
from shared.store.places import Resource, Site

Layers = dict[tuple[str, int], Mapping[str, Any]]

VERSION = text("SELECT version FROM house WHERE site_id = :site_id")
KEPT_CLOSED_FOR = timedelta(days=400)


@dataclass(slots=True)
class House:
    """What a site lays down; `policy` and `wanted` resolve it for a group of people (0: none)."""

    site: Site
    zone: ZoneInfo
    resources: dict[int, Resource]
    closures: Closures
    days: FrenchDays
    groups: dict[int, str]
    layers: Layers
    _policies: dict[int, Policy] = field(default_factory=dict)
    _wanted: dict[tuple[int, int], Wanted] = field(default_factory=dict)
    _untitled: list[int] | None = None

    def policy(self, group: int = 0) -> Policy:
        """What goes for the site as a whole, and for that group of people."""
        if group not in self._policies:
            self._policies[group] = merge(*self._layers(("site", 0), ("group", group)))
        return self._policies[group]

    def wanted(self, resource_id: int, group: int = 0) -> Wanted:
        """One resource with the policy that goes for it and for that group of people."""
        key = (resource_id, group)
        if key not in self._wanted:
            resource = self.resources[resource_id]
            policy = merge(*self._layers(("site", 0), ("room", resource_id), ("group", group)))
            self._wanted[key] = resource.as_wanted(policy)
        return self._wanted[key]

    def policies(self, resource_ids: Iterable[int], group: int = 0) -> list[Policy]:
        """What goes for each of them, the strictest of which counts; what takes nothing has that of the site."""
        return [self.wanted(id_, group).policy for id_ in resource_ids] or [self.policy(group)]

    def hides_titles(self, resource_ids: Iterable[int]) -> bool:
        """Whether what these are booked for is the business of its owner and of coordinators only."""
        return any(policy.titles == "coordinators" for policy in self.policies(resource_ids))

    def untitled(self) -> list[int]:
        """The resources of which this is so; 0 for what is held nowhere."""
        if self._untitled is None:
            places = {0: (), **{id_: (id_,) for id_ in self.resources}}
            self._untitled = [id_ for id_, resource_ids in places.items() if self.hides_titles(resource_ids)]
        return self._untitled

    def rooms(self) -> list[Resource]:
        """The rooms that can be booked, combined ones among them."""
        return [r for r in self.resources.values() if r.kind == "room" and r.is_open]

    def waiting_mode(self, resource_ids: Iterable[int], group: int = 0) -> Literal["off", "offer", "take"]:
        """What becomes of requests for what is taken: of the rooms that are asked for, the most careful."""
        modes = {self.wanted(id_, group).policy.waiting_list.mode for id_ in resource_ids}
        careful: tuple[Literal["off", "offer"], ...] = ("off", "offer")
        return next((mode for mode in careful if mode in modes), "take")

    def unanswered(self, resource_ids: Iterable[int], group: int = 0) -> Literal["expire", "confirm"]:
        """What becomes of a request that no coordinator answers: confirmed, where all that it takes allows it."""
        answers = {policy.approval.on_expiry for policy in self.policies(resource_ids, group)}
        return "confirm" if answers == {"confirm"} else "expire"

    def _layers(self, *scopes: tuple[str, int]) -> Iterator[Mapping[str, Any]]:
        return (self.layers[scope] for scope in scopes if scope in self.layers)


def warm_up() -> None:
    """Read the school calendar, which takes some tenths of a second, before anybody waits for a decision."""
    FrenchDays()


_remembered: dict[int, tuple[int, House]] = {}


def house_of(db: Db, site_id: int, version: int | None = None) -> House:
    """The house of a site, as of that version of it (by default the current one).

    Read after the version: what is newer than it is read again at the next version, which was written with it.
    """
    version = db.scalars(VERSION, {"site_id": site_id}).one() if version is None else version
    known = _remembered.get(site_id)
    if known is None or known[0] != version:
        known = _remembered[site_id] = version, _read(db, site_id)
    return known[1]


def _read(db: Db, site_id: int) -> House:
    """The house in values of its own: rows that belong to a session are worth nothing once it was rolled back."""
    site = Site(**_columns(db, select(*Site.__table__.columns).where(Site.id == site_id))[0])
    of_site = select(*Resource.__table__.columns).where(Resource.site_id == site_id).order_by(Resource.id)
    resources = [Resource(**columns) for columns in _columns(db, of_site)]
    since = datetime.now(UTC) - KEPT_CLOSED_FOR
    closures = db.scalars(select(ClosureRow).where(ClosureRow.site_id == site_id, ClosureRow.ends_at > since))
    holidays = db.scalars(select(SchoolHoliday).where(SchoolHoliday.site_id == site_id).order_by(SchoolHoliday.id))
    return House(
        site=site,
        zone=ZoneInfo(site.zone),
        resources={resource.id: resource for resource in resources},
        closures=Closures(Closure(c.resource_id, Slot(c.starts_at, c.ends_at), c.reason) for c in closures),
        days=FrenchDays((*DEFAULT_CORRECTIONS, *map(_correction, holidays))),
        groups={g.id: g.slug for g in db.scalars(select(PersonGroup).where(PersonGroup.site_id == site_id))},
        layers={(p.scope, p.scope_id): p.body for p in policies_in_force(db, site_id)},
    )


def _columns(db: Db, query: Select[Any]) -> Sequence[RowMapping]:
    return db.execute(query).mappings().all()


def _correction(row: SchoolHoliday) -> Correction:
    return Correction(row.zone, row.first_day, row.last_day, row.name, adds=row.is_holiday)  # type: ignore[arg-type]  # its CHECK knows the zones
