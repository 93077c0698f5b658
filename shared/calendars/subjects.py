"""Whose calendar a feed is to show, and who may have it: house people those of the house, others their own."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.house import house_of
from shared.store.base import Db
from shared.store.calendars import CalendarKind, FeedScope
from shared.store.outbox import Actor
from shared.store.people import Organisation, Person, organisation_called
from shared.store.places import resources_named
from shared.store.programme import Activity

_AN_ID: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A feed to be: of which calendar, how much of it, and what for.

    `of` is the slug of a room, the id of an activity or the name of a partner; empty for the site and for one's own
    agenda.
    """

    kind: CalendarKind
    of: str = ""
    scope: FeedScope = FeedScope.FULL
    label: str = ""


def subject_of(db: Db, wanted: Wanted, *, by: Actor, is_partner: bool) -> int:
    """Whose calendar it is, for somebody who may have it; raises NotAllowedError, InvalidInputError."""
    if wanted.kind is CalendarKind.PERSON:
        if wanted.of:
            raise InvalidInputError("Of people there is one's own agenda only: leave `of` out.", code="own_agenda_only")
        return person_of(by)
    if wanted.kind is CalendarKind.SITE:
        _check(wanted, is_allowed=by.is_coordinator, who="Only a coordinator has")
        return 0
    if wanted.kind is CalendarKind.PARTNER:
        return _partner(db, wanted, by=by, is_partner=is_partner)
    _check(wanted, is_allowed=not is_partner, who="A partner's token has not")
    return _room(db, wanted, by) if wanted.kind is CalendarKind.ROOM else _activity(db, wanted, by)


def _room(db: Db, wanted: Wanted, by: Actor) -> int:
    [room] = resources_named(db, by.site_id, [wanted.of])
    if room.kind != "room":
        raise InvalidInputError(f"{room.name!r} is no room.", code="not_a_room")
    _check_titles(wanted, is_hidden=house_of(db, by.site_id).hides_titles([room.id]), by=by)
    return room.id


def _activity(db: Db, wanted: Wanted, by: Actor) -> int:
    id_ = int(wanted.of) if _AN_ID.fullmatch(wanted.of) else 0
    activity = db.scalars(select(Activity).where(Activity.id == id_, Activity.site_id == by.site_id)).first()
    if activity is None:
        raise InvalidInputError("There is no such activity here: say its id.", code="unknown_activity")
    is_hidden = activity.created_by != by.person_id and bool(house_of(db, by.site_id).untitled())
    _check_titles(wanted, is_hidden=is_hidden, by=by)
    return activity.id


def _partner(db: Db, wanted: Wanted, *, by: Actor, is_partner: bool) -> int:
    """A coordinator's, or that of whom the partner's token speaks for."""
    found = organisation_called(db, by.site_id, wanted.of)
    _check(
        wanted, is_allowed=by.is_coordinator or (is_partner and _belongs(db, by, found)), who="Only a coordinator has"
    )
    if found is None:
        raise InvalidInputError(f"There is no partner called {wanted.of[:60]!r} here.", code="unknown_partner")
    return found.id


def _belongs(db: Db, by: Actor, organisation: Organisation | None) -> bool:
    person = db.get_one(Person, person_of(by))
    if organisation is None:
        return False
    return person.organisation_id == organisation.id or person.address == (organisation.contact_address or "").lower()


def _check(wanted: Wanted, *, is_allowed: bool, who: str) -> None:
    if not is_allowed:
        raise NotAllowedError(f"{who} a feed of that kind ({wanted.kind}); your own agenda is of the kind 'person'.")


def _check_titles(wanted: Wanted, *, is_hidden: bool, by: Actor) -> None:
    if is_hidden and wanted.scope is FeedScope.FULL and not by.is_coordinator:
        raise NotAllowedError("What this is booked for is shown to coordinators only: ask for the scope 'busy'.")


def person_of(by: Actor) -> int:
    if by.person_id is None:
        raise NotAllowedError("A feed is somebody's.")
    return by.person_id
