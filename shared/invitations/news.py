"""What an entry is, as its people are told of it; kept after each announcement, so that the next knows what changed."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from shared.domain.slots import Slot
from shared.letters.facts import Change, Span
from shared.store.base import Db
from shared.store.people import Person
from shared.store.places import Resource, Site
from shared.store.programme import Activity, Session
from shared.store.reservations import Reservation


class Place(BaseModel):
    """A resource that has an address of its own in calendars; `kind` is room, trainer or equipment."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: str
    address: str


class Host(BaseModel):
    """The site that invites: what a letter and an entry say about it."""

    model_config = ConfigDict(frozen=True)

    name: str
    address: str
    zone: str
    contact: str
    mail_domain: str


class Told(BaseModel):
    """One entry as it stands in calendars."""

    model_config = ConfigDict(frozen=True)

    start: datetime
    end: datetime
    title: str
    note: str
    where: str
    resources: tuple[Place, ...]
    trainer_name: str
    trainer_address: str
    host: Host

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return self.where or ", ".join(resource.name for resource in self.resources if resource.kind == "room")

    def changes_since(self, before: "Told") -> tuple[Change, ...]:
        """What a reader has to know that is different."""
        changes = []
        if (self.start, self.end) != (before.start, before.end):
            changes.append(Change("time", Span(before.start, before.end), Span(self.start, self.end)))
        if self.place != before.place:
            changes.append(Change("place", before.place, self.place))
        if self.title != before.title:
            changes.append(Change("title", before.title, self.title))
        if self.note != before.note:
            changes.append(Change("note"))
        return tuple(changes)


def told_of(db: Db, reservation: Reservation) -> Told:
    """The entry of a reservation as it is now."""
    site = Site.get(db, reservation.site_id)
    trainer = db.get_one(Person, reservation.requested_by)
    resources = db.scalars(select(Resource).where(Resource.id.in_(reservation.resource_ids)).order_by(Resource.id))
    session = db.execute(
        select(Session.where, Activity.description).join(Activity).where(Session.reservation_id == reservation.id)
    ).first()
    notes = [reservation.note, session.description] if session else [reservation.note]
    return Told(
        start=reservation.starts_at,
        end=reservation.ends_at,
        title=reservation.title,
        note="\n\n".join(note for note in notes if note),
        where=session.where if session else "",
        resources=tuple(
            Place(name=r.name, kind=r.kind, address=f"{r.mail_local_part}@rooms.{site.mail_domain}") for r in resources
        ),
        trainer_name=trainer.name,
        trainer_address=trainer.address,
        host=Host(
            name=site.name,
            address=site.address,
            zone=site.zone,
            contact=site.contact_address,
            mail_domain=site.mail_domain,
        ),
    )


def resource_names(db: Db, ids: list[int]) -> tuple[str, ...]:
    return tuple(db.scalars(select(Resource.name).where(Resource.id.in_(ids)).order_by(Resource.id)))


class RefusedThing(BaseModel):
    """One conflict or one alternative of a refusal: rooms in words, a span, and a title where it may be seen."""

    model_config = ConfigDict(frozen=True)

    rooms: tuple[str, ...]
    start: datetime
    end: datetime
    title: str | None = None

    @classmethod
    def of(cls, rooms: tuple[str, ...], slot: Slot, title: str | None = None) -> "RefusedThing":
        return cls(rooms=rooms, start=slot.start, end=slot.end, title=title)


class News(BaseModel):
    """What one announcement tells: the entry now, how it was before, and whatever its kind of letter needs besides."""

    model_config = ConfigDict(frozen=True)

    told: Told
    before: Told | None = None
    is_removal: bool = False
    reasons: dict[str, str] = {}
    """language → sentence, for a refusal"""
    is_move: bool = False
    conflicts: tuple[RefusedThing, ...] = ()
    alternatives: tuple[RefusedThing, ...] = ()
    asked: RefusedThing | None = None
