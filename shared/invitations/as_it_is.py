"""Entries and series as they are now, read from the book in the words of their people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shared.domain.slots import Slot, instant
from shared.invitations.told import Details, Host, Place, Told
from shared.invitations.told_series import ToldDate, ToldSeries
from shared.store.base import Db
from shared.store.people import Person
from shared.store.places import Resource, Site
from shared.store.programme import Activity, Session
from shared.store.reservations import Reservation
from shared.store.series import Series


@dataclass(frozen=True, slots=True)
class Rooms:
    """The resources of some reservations, as calendars know them at that site."""

    mail_domain: str
    by_id: dict[int, Resource]

    @classmethod
    def read(cls, db: Db, site: Site, ids: Iterable[int]) -> "Rooms":
        rows = db.scalars(select(Resource).where(Resource.id.in_(ids)))
        return cls(site.mail_domain, {resource.id: resource for resource in rows})

    def places(self, ids: Iterable[int]) -> tuple[Place, ...]:
        address = "{}@rooms." + self.mail_domain
        named = _without_parts([self.by_id[id_] for id_ in sorted(ids)])
        return tuple(Place(name=r.name, kind=r.kind, address=address.format(r.mail_local_part)) for r in named)


def told_of(db: Db, reservation: Reservation, zone: str = "") -> Told:
    """The entry of a reservation, on the clock of its site or of that zone."""
    session = db.execute(
        select(Session.where, Activity.description).join(Activity).where(Session.reservation_id == reservation.id)
    ).first()
    site = Site.get(db, reservation.site_id)
    details = _details(reservation, Rooms.read(db, site, reservation.resource_ids))
    if session:
        notes = [note for note in (reservation.note, session.description) if note]
        details = details.model_copy(update={"note": "\n\n".join(notes), "where": session.where})
    return _told(db, reservation, details, reservation.slot, _host(site, zone))


def told_series_of(db: Db, series: Series, live: Sequence[Reservation], before: ToldSeries | None = None) -> ToldSeries:
    """A series with those of its dates that are held; what most of them are is usual, or else what was so before."""
    site = Site.get(db, series.site_id)
    rooms = Rooms.read(db, site, {id_ for reservation in live for id_ in reservation.resource_ids})
    details = [_details(reservation, rooms) for reservation in live]
    usual = _most_common(details, before.usual if before else None)
    first = min(_name(reservation) for reservation in live)
    return ToldSeries(
        rule=series.rule,
        usual=_told(db, live[0], usual, slot_by_rule(series, first), _host(site, series.zone)),
        dates=tuple(
            ToldDate(
                recurs_at=_name(reservation),
                start=reservation.starts_at,
                end=reservation.ends_at,
                details=own if own != usual else None,
                reservation=reservation.id,
            )
            for reservation, own in zip(live, details, strict=True)
        ),
    )


def slot_by_rule(series: Series, name: datetime) -> Slot:
    """When the date of that original start is held by the rule."""
    local = name.astimezone(ZoneInfo(series.zone)).replace(tzinfo=None)
    return Slot(name, instant(local + series.length, series.zone))


def resource_names(db: Db, ids: list[int]) -> tuple[str, ...]:
    found = db.scalars(select(Resource).where(Resource.id.in_(ids)).order_by(Resource.id)).all()
    return tuple(resource.name for resource in _without_parts(found))


def _name(reservation: Reservation) -> datetime:
    assert reservation.recurs_at is not None  # noqa: S101  it has a series
    return reservation.recurs_at


def _most_common(details: Sequence[Details], before: Told | None) -> Details:
    counted = Counter(details)
    most = max(counted.values())
    known = Details(**before.model_dump(include=set(Details.model_fields))) if before else None
    return known if known and counted[known] == most else next(one for one, count in counted.items() if count == most)


def _without_parts(resources: Sequence[Resource]) -> list[Resource]:
    """A combined room says by its own name which rooms it is made of."""
    parts = {part for resource in resources for part in resource.part_ids}
    return [resource for resource in resources if resource.id not in parts]


def _details(reservation: Reservation, rooms: Rooms) -> Details:
    resources = rooms.places(reservation.resource_ids)
    return Details(title=reservation.title, note=reservation.note, where="", resources=resources)


def _host(site: Site, zone: str) -> Host:
    return Host(
        name=site.name,
        address=site.address,
        zone=zone or site.zone,
        contact=site.contact_address,
        mail_domain=site.mail_domain,
    )


def _told(db: Db, reservation: Reservation, details: Details, slot: Slot, host: Host) -> Told:
    trainer = db.get_one(Person, reservation.requested_by)
    return Told(
        **{name: getattr(details, name) for name in Details.model_fields},
        start=slot.start,
        end=slot.end,
        trainer_name=trainer.name,
        trainer_address=trainer.address,
        host=host,
    )
