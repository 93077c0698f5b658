"""Taking a file over: read, match, ask, decide, report; and written only when every line of it can be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson
from sqlalchemy import select, text

from shared.calendar.text import clean_line
from shared.domain.errors import NotAllowedError
from shared.domain.states import HOLDING
from shared.house import House, house_of
from shared.importing.entering import enter
from shared.importing.entries import Entry, entries_of, told_of
from shared.importing.explaining import Explaining
from shared.importing.files import File
from shared.importing.known import leave_what_is_there
from shared.importing.places import Places
from shared.importing.wishes import wish_for
from shared.previewing import decide_all
from shared.records.report import Report, Verdict
from shared.store.base import Db
from shared.store.house import lock_house
from shared.store.outbox import Actor, record_about_house
from shared.store.reservations import Reservation

LONGEST_NAME = 100

WRITE = text("""
UPDATE reservation AS r
SET imported_uid = i.uid, unannounced_since = CASE WHEN :notify THEN r.unannounced_since END
FROM jsonb_to_recordset(CAST(:imported AS jsonb)) AS i(id bigint, uid text) WHERE r.id = i.id
""")


def import_file(db: Db, file: File, *, by: Actor, now: datetime, dry_run: bool = False, notify: bool = False) -> Report:
    """What became of each line; nothing is written when one is refused or unreadable, or in a dry run.

    The house is held meanwhile: nobody else books or decides. Rules of the house are overridden, never a conflict or a
    safety limit. Without `notify` nobody is told: whoever is invited hears of a booking with its first change. Raises
    NotAllowedError, and InvalidInputError for a file of which nothing can be read.
    """
    if not by.is_coordinator:
        raise NotAllowedError("Only a coordinator imports bookings.")
    file = replace(file, name=clean_line(file.name)[:LONGEST_NAME] or "import")
    house = house_of(db, by.site_id)
    lines = file.lines(house, now)
    entries = entries_of(lines, file.kind)
    by = replace(by, source=f"{by.source} {file.name}".strip())
    with db.begin_nested() as savepoint:
        lock_house(db, by.site_id)
        _decide(db, house, entries, file, by=by, now=now)
        report = Report(told_of(lines, entries, is_written=False))
        if dry_run or not report.is_clean:
            savepoint.rollback()
            return report
        _write(db, entries, file, notify=notify, by=by, now=now)
    return Report(told_of(lines, entries, is_written=True), is_written=True)


def _decide(db: Db, house: House, entries: Sequence[Entry], file: File, *, by: Actor, now: datetime) -> None:
    """Ask for what is not there yet by the way that every request takes, and end each entry with what became of it."""
    places = Places(house)
    for entry in entries:
        places.match(entry, file.kind)
    leave_what_is_there(db, by.site_id, entries)
    wish_for(db, places, entries, by=by, override=f"reprise de {file.name}")
    enter(db, entries, now=now)
    asked = [entry for entry in entries if entry.is_wanted]
    ids = [id_ for entry in asked for id_ in entry.reservations]
    decide_all(db, by.site_id, ids, now=now)
    found = select(Reservation).where(Reservation.id.in_(ids), Reservation.state.not_in(HOLDING))
    refused = {reservation.id: reservation for reservation in db.scalars(found)}
    explaining = Explaining(db, house, asked, refused, now)
    for entry in asked:
        if refused.keys().isdisjoint(entry.reservations):
            entry.end(Verdict.WOULD_BE_BOOKED)
        else:
            entry.end(Verdict.REFUSED, *explaining.of(entry))


def _write(db: Db, entries: Sequence[Entry], file: File, *, notify: bool, by: Actor, now: datetime) -> None:
    """Note whence they came; and, when nobody is to be told, that nobody's calendar is behind."""
    booked = [entry for entry in entries if entry.verdict is Verdict.WOULD_BE_BOOKED]
    rows = [{"id": id_, "uid": entry.uid} for entry in booked for id_ in entry.reservations]
    db.execute(WRITE, {"imported": orjson.dumps(rows).decode(), "notify": notify})
    data = {"file": file.name, "lines": len(entries), "count": len(rows), "notified": notify}
    record_about_house(db, f"import:{file.name}", "BookingsImported", data, by=by, now=now)
