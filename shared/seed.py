"""What a new installation starts with: Atelier Canopé 62 in Arras, its five rooms, and a first coordinator."""

from datetime import UTC, datetime, time

from sqlalchemy import orm, select, text

from shared.store.base import Db, connect
from shared.store.migrate import LOCK
from shared.store.people import Role, Token, person_called
from shared.store.places import Resource, Site

# The real capacities are not published: names give 16, 19 and 36, the others are guesses that a coordinator corrects.
ROOMS = (
    ("espace-ouvert", "Espace ouvert", 30),
    ("flexi-16", "Flexi 16", 16),
    ("flexi-19", "Flexi 19", 19),
    ("flexi-36", "Flexi 36", 36),
    ("escapelab", "EscapeLAB", 8),
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
    site = atelier(db)
    coordinator = person_called(db, site.id, address=site.contact_address, name="Coordination")
    return Token.issue(db, coordinator, Role.COORDINATOR, label="premier démarrage", now=datetime.now(UTC))
