"""Booking for somebody else: who may, by the policy of the site, and for whom."""

from sqlalchemy import select

from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.domain.rules import Asker, is_among
from shared.house import house_of
from shared.store.base import Db
from shared.store.outbox import Actor
from shared.store.people import Person


def owner(db: Db, address: str, *, by: Actor) -> Person:
    """The person of that address, for whom `by` books; raises NotAllowedError, or InvalidInputError for a stranger."""
    person = db.scalars(select(Person).where(Person.site_id == by.site_id, Person.address == address.lower())).first()
    if person is not None and person.id == by.person_id:
        return person
    house = house_of(db, by.site_id)
    group = db.scalars(select(Person.group_id).where(Person.id == by.person_id)).first() or 0
    asker = Asker(by.person_id or 0, house.groups.get(group, ""), is_coordinator=by.is_coordinator)
    if not is_among(asker, house.policy(group).book_for_others):
        raise NotAllowedError("You may book for yourself only; a coordinator books for others.")
    if person is None:
        raise InvalidInputError(
            "Nobody with that address can book here: `creneau token new` makes them known.", code="unknown_person"
        )
    return person
