"""What a coordinator lays down about the house: policies in versions, closures, groups of people, school holidays."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, select, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Db, Numbered

Scope = Literal["site", "room", "group"]

IN_FORCE = text("""
SELECT DISTINCT ON (scope, scope_id) * FROM policy WHERE site_id = :site_id ORDER BY scope, scope_id, version DESC
""")
LOCK = text("SELECT version FROM house WHERE site_id = :site_id FOR NO KEY UPDATE")


class House(Base):
    """What deciders lock; `version` rises by triggers with every change of what they remember about the site."""

    __tablename__ = "house"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    version: Mapped[int]


class PolicyVersion(Numbered, Base):
    """One version of what is laid down for the site, a room or a group; `body` holds only the knobs that are set."""

    __tablename__ = "policy"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    scope: Mapped[str]
    scope_id: Mapped[int]
    """the room or the group, 0 for the site"""
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
    reason: Mapped[str]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


class Closure(Numbered, Base):
    """When the site, or one of its resources, is not to be had."""

    __tablename__ = "closure"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class SchoolHoliday(Numbered, Base):
    """A correction of the published school calendar: days that are holidays too, or are none."""

    __tablename__ = "school_holiday"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    zone: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    name: Mapped[str]
    is_holiday: Mapped[bool]


def lock_house(db: Db, site_id: int) -> None:
    """Let nobody else decide or release at this site until the end of the transaction.

    To be taken before any reservation's row: a decider takes them in this order too.
    """
    db.execute(LOCK, {"site_id": site_id})


def policies_in_force(db: Db, site_id: int) -> list[PolicyVersion]:
    """The newest version for each scope that has one."""
    return list(db.scalars(select(PolicyVersion).from_statement(IN_FORCE), {"site_id": site_id}))
