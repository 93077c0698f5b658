"""Sites and their resources: what can be occupied, and where."""

from collections.abc import Iterable
from datetime import time

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from shared.domain.errors import InvalidInputError, NotFoundError
from shared.domain.policy import NOTHING_SET, Policy
from shared.domain.rules import Wanted
from shared.store.base import Base, Db, Numbered


class Site(Numbered, Base):
    """One Atelier."""

    __tablename__ = "site"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    address: Mapped[str]
    zone: Mapped[str]
    language: Mapped[str]
    contact_address: Mapped[str]
    mail_domain: Mapped[str]
    opens: Mapped[time]
    closes: Mapped[time]

    @classmethod
    def get(cls, db: Db, site_id: int) -> "Site":
        site = db.get(cls, site_id)
        if site is None:
            raise NotFoundError("There is no such site.")
        return site


class Resource(Numbered, Base):
    """What can be occupied: a room, a trainer, a piece of equipment.

    `quantity` is of how many alike, for equipment; `part_ids` are the rooms that a combined room is made of.
    """

    __tablename__ = "resource"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]
    seats: Mapped[int | None]
    seats_are_assumed: Mapped[bool]
    is_open: Mapped[bool]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    quantity: Mapped[int] = mapped_column(default=1)
    part_ids: Mapped[list[int]] = mapped_column(default=list)

    @property
    def mail_local_part(self) -> str:
        """The name before the @ of the address under which calendars know this resource."""
        return f"{self.kind}-{self.slug}"

    def as_wanted(self, policy: Policy = NOTHING_SET) -> Wanted:
        """As the rules see it, under a policy."""
        return Wanted(
            self.id,
            self.name,
            self.kind,
            self.seats,
            self.is_open,
            slug=self.slug,
            quantity=self.quantity,
            policy=policy,
            part_ids=tuple(self.part_ids),
        )


def resources_named(db: Db, site_id: int, slugs: list[str]) -> list[Resource]:
    """The site's resources of these slugs, in id order; raises InvalidInputError for one that does not exist."""
    found = db.scalars(
        select(Resource).where(Resource.site_id == site_id, Resource.slug.in_(slugs)).order_by(Resource.id)
    ).all()
    missing = sorted(set(slugs) - {resource.slug for resource in found})
    if missing:
        names = ", ".join(repr(slug[:60]) for slug in missing[:5])
        raise InvalidInputError(f"There is no room or resource called {names} here.", code="unknown_resource")
    return list(found)


def resources_of(db: Db, ids: Iterable[int]) -> list[Resource]:
    return list(db.scalars(select(Resource).where(Resource.id.in_(list(ids))).order_by(Resource.id)))


def with_parts(resources: Iterable[Resource]) -> list[int]:
    """The ids of these resources and of the rooms that they are made of, sorted."""
    return sorted({id_ for resource in resources for id_ in (resource.id, *resource.part_ids)})


def slugs_of(db: Db, ids: Iterable[int]) -> tuple[str, ...]:
    return tuple(db.scalars(select(Resource.slug).where(Resource.id.in_(list(ids))).order_by(Resource.id)))
