"""Aliases: other addresses from which somebody answers, and secretaries who answer for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from shared.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from shared.store.answers import Alias
from shared.store.base import Db
from shared.store.outbox import Actor, record_about_house


def aliases_of(db: Db, *, by: Actor, after: int = 0, most: int = 200) -> Sequence[Alias]:
    """Those of the site, for coordinators; from the one behind `after` on."""
    _for_coordinators(by)
    found = select(Alias).where(Alias.site_id == by.site_id, Alias.id > after)
    return db.scalars(found.order_by(Alias.id).limit(most)).all()


def add(db: Db, address: str, means: str, *, by: Actor, now: datetime) -> Alias:
    """Register an alias, once; both addresses in lower case."""
    _for_coordinators(by)
    return register(db, address, means, by=by, now=now)


def register(db: Db, address: str, means: str, *, by: Actor, now: datetime) -> Alias:
    """The same for whoever may say so: who knows somebody on their own list by another address."""
    if address == means:
        raise InvalidInputError("An address stands for itself without being registered.", code="same_address")
    row = insert(Alias).values(site_id=by.site_id, address=address, means=means)
    if db.scalars(row.on_conflict_do_nothing().returning(Alias.id)).first() is not None:
        _record(db, "AliasAdded", address, means, by, now)
    known = select(Alias).where(Alias.site_id == by.site_id, Alias.address == address, Alias.means == means)
    return db.scalars(known).one()


def remove(db: Db, alias_id: int, *, by: Actor, now: datetime) -> None:
    """Answers from there are nobody's from now on; what was answered stays."""
    _for_coordinators(by)
    gone = delete(Alias).where(Alias.id == alias_id, Alias.site_id == by.site_id).returning(Alias.address, Alias.means)
    row = db.execute(gone).first()
    if row is None:
        raise NotFoundError("There is no such alias.")
    _record(db, "AliasRemoved", row.address, row.means, by, now)


def _record(db: Db, type_: str, address: str, means: str, by: Actor, now: datetime) -> None:
    record_about_house(db, f"alias:{address}", type_, {"name": address, "means": means}, by=by, now=now)


def _for_coordinators(by: Actor) -> None:
    if not by.is_coordinator:
        raise NotAllowedError("Only a coordinator sees and registers the other addresses of people.")
