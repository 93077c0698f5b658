"""What a new installation starts with: Atelier Canopé 62 in Arras, its rooms, its policies, and a first coordinator."""

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import orm, select, text

from shared import furnishing, ruling
from shared.ruling import About
from shared.store.base import Db, connect
from shared.store.migrate import LOCK
from shared.store.outbox import Actor
from shared.store.people import Role, Token, person_called
from shared.store.places import Resource, Site
from shared.store.reservations import Reservation  # noqa: F401  the log of events refers to its table

# The real capacities are not published: names give 16, 19 and 36, the others are guesses that a coordinator corrects.
ROOMS = (
    ("espace-ouvert", "Espace ouvert", 30),
    ("flexi-16", "Flexi 16", 16),
    ("flexi-19", "Flexi 19", 19),
    ("flexi-36", "Flexi 36", 36),
    ("escapelab", "EscapeLAB", 8),
)

COMBINED = furnishing.NewResource("room", "flexi-16-19", "Flexi 16+19", parts=("flexi-16", "flexi-19"))

FIRST_START = "premier démarrage"
A_DAY = ["08:00-20:00"]
FROM_ROWS_TO_ISLANDS = [{"from_layout": "rows", "to_layout": "islands", "minutes": 30}]


def _layouts(islands: int, in_a_u: int) -> dict[str, Any]:
    """Rows seat as many as the room does."""
    return {
        "layouts": {
            "rows": {"name": "Rangées", "name_en": "Rows"},
            "islands": {"name": "Îlots", "name_en": "Islands", "seats": islands},
            "u": {"name": "U", "name_en": "U", "seats": in_a_u},
        },
        "default_layout": "rows",
        "transitions": FROM_ROWS_TO_ISLANDS,
    }


# What a coordinator would lay down on the first day, and correct on the second. Safety limits are not among it: they
# are not known, and must not be guessed; `creneau doctor` asks for them.
POLICIES: tuple[tuple[About, dict[str, Any]], ...] = (
    (
        About("site"),
        {
            "opening": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), A_DAY),
            "outside_opening": "warn",  # festivals and open days are at week-ends: somebody has to know, no more
            "on_public_holidays": "warn",
            "school_zone": "B",
            "waiting_list": {"mode": "take"},
        },
    ),
    # everybody who comes in passes through it
    (About("room", "espace-ouvert"), {"who_may_book": ["coordinators"], "who_may_request": ["everybody"]}),
    (About("room", "flexi-16"), _layouts(islands=12, in_a_u=10)),
    (About("room", "flexi-19"), _layouts(islands=16, in_a_u=12)),
    (About("room", "flexi-36"), _layouts(islands=32, in_a_u=22)),
    (About("room", "flexi-16-19"), _layouts(islands=28, in_a_u=24)),
    (About("room", "escapelab"), {"clearing_minutes": 20}),  # the game is reset
)


def first_start(database_url: str) -> str | None:
    """Fill an empty database; returns the first coordinator's token in clear, or None when it was filled before."""
    engine = connect(database_url, pool_size=1)
    with orm.Session(engine, expire_on_commit=False) as db, db.begin():
        # two first starts at once must not make two Ateliers
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        token = None if db.scalars(select(Site.id).limit(1)).first() else _first_token(db)
    engine.dispose()
    return token


def atelier(db: Db, *, slug: str = "arras", name: str = "Atelier Canopé 62 - Arras") -> Site:
    """A site as Arras has it, with its five rooms."""
    site = Site(
        slug=slug,
        name=name,
        address="37 rue du Temple, Porte 3, 62012 Arras CEDEX",
        zone="Europe/Paris",
        language="fr",
        contact_address="contact.atelier62@reseau-canope.fr",
        mail_domain="creneau.localhost",
        opens=time(8),
        closes=time(20),
    )
    db.add(site)
    db.flush()
    for room_slug, room_name, seats in ROOMS:
        db.add(
            Resource(
                site_id=site.id,
                kind="room",
                slug=room_slug,
                name=room_name,
                seats=seats,
                seats_are_assumed=True,
                is_open=True,
            )
        )
    return site


def _first_token(db: Db) -> str:
    site, now = atelier(db), datetime.now(UTC)
    coordinator = person_called(db, site.id, address=site.contact_address, name="Coordination")
    by = Actor(coordinator.id, site.id, is_coordinator=True, source=FIRST_START)
    furnishing.add(db, COMBINED, by=by, now=now)
    for about, knobs in POLICIES:
        ruling.set_policy(db, about, knobs, reason=FIRST_START, version=0, by=by, now=now)
    return Token.issue(db, coordinator, Role.COORDINATOR, label=FIRST_START, now=now)
