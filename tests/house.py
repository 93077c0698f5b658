"""The house in which tests play: an Atelier with its rooms and people, and short verbs for what they do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from shared import booking, deciding, furnishing, holds, recurring, ruling
from shared.domain.policy import Scope
from shared.domain.recurrence import Recurrence
from shared.domain.slots import Slot
from shared.invitations.announce import announce_some
from shared.invitations.remind import remind_some
from shared.seed import atelier
from shared.store.attendees import Invitee
from shared.store.base import Db, transaction
from shared.store.house import lock_house
from shared.store.outbox import Actor
from shared.store.people import Organisation, Person, Role, Token, person_called
from shared.store.places import Resource
from shared.store.reservations import Reservation, dates_of
from shared.store.series import Series

MONDAY = datetime(2027, 11, 8, tzinfo=UTC)
FIRST_TUESDAY = datetime(2027, 11, 9, 14)  # noqa: DTZ001  on the clock on the wall, as series are asked for
TABLES = "site, organisation, person, token, resource, reservation, occupancy, attendee, activity, session, invitation"


def slot(start: float = 9, end: float = 12, *, day: int = 0) -> Slot:
    """From hour to hour (UTC) on a day after the Monday of the festival's week."""
    midnight = MONDAY + timedelta(days=day)
    return Slot(midnight + timedelta(hours=start), midnight + timedelta(hours=end))


@dataclass
class House:
    """Anne and Basile are trainers, Claire coordinates, Plan Séquence (`pia`) is a partner; `tokens` are in clear."""

    site_id: int = 0
    actors: dict[str, Actor] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)
    now: datetime = MONDAY - timedelta(days=30)

    @contextmanager
    def book(self) -> Iterator[Db]:
        """One committed transaction."""
        with transaction() as db:
            yield db

    def ask(self, *resources: str, who: str = "anne", at: Slot | None = None, **more: Any) -> int:
        """Request rooms; the id of the reservation."""
        invitees = tuple(Invitee(address) for address in more.pop("guests", ()))
        wish = booking.Wish(
            by=self.actors[who],
            title=more.pop("title", "Atelier"),
            slot=at or slot(),
            resources=resources,
            invitees=invitees,
            **more,
        )
        with self.book() as db:
            [result] = booking.request(db, [wish], now=self.now)
        if isinstance(result, Exception):
            raise result
        return result

    def series(self, rule: str, *resources: str, who: str = "anne", **more: Any) -> int:
        """Ask for a series, by default from Tuesday 9 November 2027 on, from 14 to 16 h in Arras; its id."""
        wish = booking.Wish(
            by=self.actors[who],
            title=more.pop("title", "Club"),
            slot=slot(),
            resources=resources or ("flexi-16",),
            people=more.pop("people", 0),
            invitees=tuple(Invitee(address) for address in more.pop("guests", ())),
            option_until=more.pop("option_until", None),
        )
        asked = recurring.SeriesWish(
            wish=wish,
            rule=Recurrence.parse(rule),
            start=more.pop("start", FIRST_TUESDAY),
            length=more.pop("length", timedelta(hours=2)),
            zone="Europe/Paris",
            **more,
        )
        with self.book() as db:
            return recurring.request_series(db, asked, now=self.now).id

    def dates(self, series_id: int) -> list[Reservation]:
        """All reservations of a series, in the order of their original starts."""
        with self.book() as db:
            return dates_of(db, db.get_one(Series, series_id))

    def decide(self, batch: int = deciding.BATCH) -> list[int]:
        """Decide until nothing more can be decided; the ids in the order of decision."""
        ids: list[int] = []
        while decided := self.decide_once(batch):
            ids.extend(decided)
        return ids

    def decide_once(self, batch: int = deciding.BATCH) -> list[int]:
        with self.book() as db:
            return list(deciding.decide(db, now=self.now, batch=batch).ids)

    def confirmed(self, *resources: str, **more: Any) -> int:
        """A reservation that is confirmed."""
        return self.decided_as("confirmed", *resources, **more)

    def decided_as(self, state: str, *resources: str, **more: Any) -> int:
        """A reservation that is decided, in that state."""
        reservation_id = self.ask(*resources, **more)
        self.decide()
        assert self.state(reservation_id) == state
        return reservation_id

    def move(self, reservation_id: int, to: Slot, *resources: str, who: str = "anne") -> None:
        """Ask for another slot (and rooms)."""
        wanted = booking.Change(slot=to, resources=resources or None)
        with self.book() as db:
            booking.change(db, reservation_id, wanted, version=None, by=self.actors[who], now=self.now)

    def change(self, reservation_id: int, who: str = "anne", version: int | None = None, **what: Any) -> None:
        """Change whatever a Change names."""
        with self.book() as db:
            booking.change(
                db, reservation_id, booking.Change(**what), version=version, by=self.actors[who], now=self.now
            )

    def cancel(self, reservation_id: int, who: str = "anne", reason: str = "") -> None:
        with self.book() as db:
            booking.cancel(db, reservation_id, reason=reason, by=self.actors[who], now=self.now)

    def approve(self, reservation_id: int) -> None:
        with self.book() as db:
            holds.approve(db, reservation_id, reason="", by=self.actors["claire"], now=self.now)

    def decline(self, reservation_id: int, reason: str = "") -> None:
        with self.book() as db:
            holds.decline(db, reservation_id, reason=reason, by=self.actors["claire"], now=self.now)

    def confirm(self, reservation_id: int, who: str = "anne") -> None:
        """The owner confirms an option or takes an offer."""
        with self.book() as db:
            holds.confirm(db, reservation_id, by=self.actors[who], now=self.now)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Meanwhile another decider holds the house."""
        with self.book() as db:
            lock_house(db, self.site_id)
            yield

    def rule(self, scope: Scope = "site", slug: str = "", **knobs: Any) -> None:
        """A coordinator lays something down, in place of what was laid down there before."""
        with self.book() as db:
            about = ruling.About(scope, slug)
            ruling.set_policy(db, about, knobs, reason="", version=None, by=self.actors["claire"], now=self.now)

    def furnish(self, slug: str, kind: furnishing.Kind = "room", **what: Any) -> str:
        """A coordinator adds something that can be booked; its slug."""
        new = furnishing.NewResource(kind, slug, what.pop("name", slug.title()), **what)
        with self.book() as db:
            self.rooms[slug] = furnishing.add(db, new, by=self.actors["claire"], now=self.now).id
        return slug

    def alter(self, slug: str, **what: Any) -> tuple[int, ...]:
        """A coordinator changes it; the reservations that are concerned."""
        wanted = furnishing.Alteration(**what)
        with self.book() as db:
            return furnishing.alter(db, slug, wanted, by=self.actors["claire"], now=self.now).concerned

    def run_timers(self) -> None:
        """Do what is due by now, then decide what that set going."""
        with self.book() as db:
            while holds.run_due(db, now=self.now):
                pass
        self.decide()

    def announce(self) -> None:
        """Write the deliveries that changes call for."""
        with self.book() as db:
            while announce_some(db, now=self.now):
                pass

    def remind(self) -> None:
        with self.book() as db:
            while remind_some(db, now=self.now):
                pass

    def trainer(self, name: str) -> str:
        """The slug under which that person can be booked like a room."""
        slug = f"trainer-{name}"
        with self.book() as db:
            db.add(
                Resource(
                    site_id=self.site_id,
                    kind="trainer",
                    slug=slug,
                    name=name.title(),
                    seats_are_assumed=False,
                    is_open=True,
                    person_id=self.actors[name].person_id,
                )
            )
        return slug

    def passes(self, **delta: float) -> None:
        """Time goes by."""
        self.now += timedelta(**delta)

    def state(self, reservation_id: int) -> str:
        return self.reservation(reservation_id).state.value

    def reservation(self, reservation_id: int) -> Reservation:
        with self.book() as db:
            return db.get_one(Reservation, reservation_id)

    def states(self, *reservation_ids: int) -> list[str]:
        return [self.state(reservation_id) for reservation_id in reservation_ids]

    def history(self, reservation_id: int) -> list[str]:
        """The types of its events, in order."""
        query = "SELECT type FROM event WHERE reservation_id = :id ORDER BY id"
        return [row.type for row in self.rows(query, id=reservation_id)]

    def rows(self, query: str, **values: Any) -> list[Any]:
        """What a query finds."""
        with self.book() as db:
            return list(db.execute(text(query), values).all())


def furnished() -> House:
    """An empty book, then a house with people in it."""
    house = House()
    with transaction() as db:
        db.execute(text(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE"))
        db.execute(text("ALTER SEQUENCE turn RESTART"))
        site = atelier(db)
        site.mail_domain = "creneau.example"
        db.flush()
        house.site_id = site.id
        house.rooms = {r.slug: r.id for r in db.scalars(select(Resource))}
        for name, role in (
            ("anne", Role.TRAINER),
            ("basile", Role.TRAINER),
            ("claire", Role.COORDINATOR),
            ("pia", Role.PARTNER),
        ):
            _move_in(db, house, name, role)
        db.add(
            Organisation(
                site_id=site.id,
                name="Plan Séquence",
                contact_name="Pia",
                contact_address="pia@example.org",
                language="fr",
            )
        )
    return house


def _move_in(db: Db, house: House, name: str, role: Role) -> None:
    person: Person = person_called(db, house.site_id, address=f"{name}@example.org", name=name.title())
    house.addresses[name] = person.address
    house.actors[name] = Actor(person.id, house.site_id, role is Role.COORDINATOR, f"test-{name}")
    house.tokens[name] = Token.issue(db, person, role, label="test", now=house.now)
