"""What is laid down in the house of a random history: few knobs, each of which changes what becomes of requests."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from shared.store.people import Organisation, Person
from shared.store.places import Resource
from tests.house import House

PARTS = {"duo": frozenset({"flexi-16", "flexi-19"})}
ROOMS = ("flexi-16", "flexi-19", "flexi-36", "duo")
COLLEAGUES = ("anne", "basile")
TABLETS, TABLETS_OWNED = "tablettes", 3

APPROVAL, OFFER, USUAL_OFFER = timedelta(hours=24), timedelta(hours=6), timedelta(hours=24)
LAYOUTS = {"rows": {"name": "Rangées"}, "islands": {"name": "Îlots"}}
USUAL_LAYOUT = "rows"


@dataclass(frozen=True)
class Laws:
    """None limits nothing. Set-up, clearing and changes of layout (minutes by layout before and after) go for rooms."""

    on_request: frozenset[str] = frozenset()
    offering: frozenset[str] = frozenset()
    without_line: frozenset[str] = frozenset()
    building_limit: int | None = None
    hours_per_week: int | None = None
    organisation_hours: int | None = None
    open_requests: int | None = None
    concurrent: int | None = None
    setup: int = 0
    clearing: int = 0
    changes: tuple[tuple[str, str, int], ...] = ()
    unanswered: str = "expire"

    def change_of_layout(self, before: str, after: str) -> timedelta:
        """How long it takes; a booking that asks for no layout stands in the usual one."""
        minutes = {(one, other): minutes for one, other, minutes in self.changes}
        return timedelta(minutes=minutes.get((before or USUAL_LAYOUT, after or USUAL_LAYOUT), 0))

    def lay_down(self, house: House) -> None:
        """Furnish the house and set its policies."""
        _furnish(house)
        quota = {
            "hours_per_week": self.hours_per_week,
            "open_requests": self.open_requests,
            "concurrent": self.concurrent,
        }
        approval = {"hours": 24, "remind_hours": 6, "escalate_hours": 12, "on_expiry": self.unanswered}
        organisation = {"hours_per_week": self.organisation_hours}
        house.rule(
            building_limit=self.building_limit, person_quota=quota, organisation_quota=organisation, approval=approval
        )
        for room in ROOMS:
            house.rule("room", room, **self._of_room(room))

    def _of_room(self, room: str) -> dict[str, Any]:
        knobs: dict[str, Any] = {
            "setup_minutes": self.setup,
            "clearing_minutes": self.clearing,
            "layouts": LAYOUTS,
            "default_layout": USUAL_LAYOUT,
            "transitions": [{"from_layout": one, "to_layout": to, "minutes": n} for one, to, n in self.changes],
        }
        if room in self.on_request:
            knobs |= {"who_may_book": ["coordinators"], "who_may_request": ["everybody"]}
        if room in self.offering:
            knobs["waiting_list"] = {"mode": "offer", "offer_hours": 6}
        if room in self.without_line:
            knobs["waiting_list"] = {"mode": "off"}
        return knobs


def _furnish(house: House) -> None:
    """A room made of two others, three tablets, and two people of one organisation."""
    parts = sorted(house.rooms[part] for part in PARTS["duo"])
    duo = Resource(kind="room", slug="duo", name="Duo", seats=35, part_ids=parts)
    tablets = Resource(kind="equipment", slug=TABLETS, name="Tablettes", quantity=TABLETS_OWNED)
    with house.book() as db:
        for resource in (duo, tablets):
            resource.site_id, resource.is_open, resource.seats_are_assumed = house.site_id, True, False
            db.add(resource)
            db.flush()
            house.rooms[resource.slug] = resource.id
        organisation_id = db.scalars(select(Organisation.id)).one()
        for person in COLLEAGUES:
            db.get_one(Person, house.actors[person].person_id).organisation_id = organisation_id
