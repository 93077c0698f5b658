"""The row of an entry: made by the first mail about it, locked by every other one.

Guards. Two first mails at once: the second one waits for the first and finds its row. Two later ones: the house, which
is locked before the reservations and before the row, as everybody else does.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from shared.attendant.who import Call
from shared.calendar.text import clean_line
from shared.domain.rules import refuses_unknown
from shared.house import house_of
from shared.invitations.replies.asked import Asked, Version
from shared.previewing import decide_all
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.house import lock_house
from shared.store.people import Person, person_called
from shared.store.reservations import Reservation


def make_entry(db: Db, call: Call, version: Version, now: datetime) -> ExternalEntry | None:
    """The row of an entry that nobody had heard of; None when somebody has."""
    values = {
        "site_id": call.site.id,
        "organizer": call.organizer.address,
        "organizer_name": clean_line(call.organizer.name)[:200],
        "language": call.language,
        "uid": call.scheduling.uid,
        "sequence": version[0],
        "dtstamp": version[1],
        "is_known": call.standing.is_known,
        "asked": Asked().model_dump(mode="json"),
        "answered": {},
        "created_at": now,
    }
    statement = insert(ExternalEntry).values(values).on_conflict_do_nothing().returning(ExternalEntry.id)
    made = db.scalars(statement).first()
    return db.get_one(ExternalEntry, made) if made is not None else None


def known_entry(db: Db, call: Call) -> ExternalEntry | None:
    """The row of an entry as it is, without waiting for anybody."""
    return db.scalars(
        select(ExternalEntry).where(
            ExternalEntry.site_id == call.site.id,
            ExternalEntry.organizer == call.organizer.address,
            ExternalEntry.uid == call.scheduling.uid,
        )
    ).first()


def lock_entry(db: Db, call: Call, now: datetime) -> ExternalEntry:
    """The row, with its reservations and the house; nobody decides meanwhile, and nobody else changes any of it.

    What is still to be decided of it is decided first, after those who asked before.
    """
    lock_house(db, call.site.id)
    entry = known_entry(db, call)
    assert entry is not None  # noqa: S101  the caller found it, and nobody takes it away while it is asked about
    its = select(Reservation.id).where(Reservation.entry_id == entry.id).order_by(Reservation.id)
    decide_all(db, call.site.id, db.scalars(its.with_for_update(key_share=True)).all(), now=now)
    db.refresh(entry, with_for_update=True)
    return entry


def owner_of(db: Db, call: Call) -> Person:
    """The organizer as somebody of the site: made now, where this house lets strangers ask."""
    if call.person is not None:
        return call.person
    name = call.organizer.name or call.organizer.address
    person = person_called(db, call.site.id, address=call.organizer.address, name=name[:200], language=call.language)
    person.came_by_mail = True
    db.flush()
    return person


def is_turned_away(db: Db, call: Call, rooms: set[str]) -> bool:
    """Whether it comes from a stranger to whom these rooms are closed."""
    if call.standing.is_known:
        return False
    ids = [room.id for room in call.rooms.values() if room.slug in rooms]
    return refuses_unknown(house_of(db, call.site.id).policies(ids))
