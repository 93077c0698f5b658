"""What of a file is in the book already: under its UID, or as the same title at the same time in the same rooms."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

import orjson
from sqlalchemy import text

from shared.domain.slots import Slot
from shared.domain.states import ALIVE
from shared.importing.entries import Entry
from shared.records.reasons import reason
from shared.records.report import Verdict
from shared.store.base import Db
from shared.store.uids import known_as

AT_A_TIME = 2_000

SAME = text("""
SELECT w.n, r.id
FROM jsonb_to_recordset(CAST(:wanted AS jsonb)) AS w(
    n int, starts_at timestamptz, ends_at timestamptz, title text, resource_ids bigint[])
JOIN reservation AS r ON r.site_id = :site_id AND r.starts_at = w.starts_at AND r.ends_at = w.ends_at
    AND r.title = w.title AND r.resource_ids = w.resource_ids
    AND r.state IN ('requested', 'confirmed', 'tentative', 'waitlisted')
""")

# what makes a booking the same: its slot, its rooms, its title
Same = tuple[datetime, datetime, tuple[int, ...], str]


def leave_what_is_there(db: Db, site_id: int, entries: Sequence[Entry]) -> None:
    """End those that need not be asked for again."""
    _by_uid(db, site_id, entries)
    _by_what_it_is(db, site_id, entries)
    _in_this_file(entries)


def _by_uid(db: Db, site_id: int, entries: Sequence[Entry]) -> None:
    found = known_as(db, site_id, {entry.uid for entry in entries if entry.is_wanted and entry.uid})
    for entry in entries:
        known = found.get(entry.uid, []) if entry.is_wanted else []
        if not known:
            continue
        alive = [one for one in known if one.state in ALIVE]
        code, which = "known_and_over", known
        if alive:
            slots = _slots(entry)
            is_there = any(one.slot in slots and one.resource_ids == entry.resource_ids for one in alive)
            code, which = "known" if is_there else "known_elsewhere", alive
        entry.reservations = [one.id for one in which]
        entry.end(Verdict.SKIPPED, reason(code, id=which[0].id))


def _by_what_it_is(db: Db, site_id: int, entries: Sequence[Entry]) -> None:
    """A series is there when all of its dates are."""
    ids: dict[Same, int] = {}
    wanted = {same for entry in entries if entry.is_wanted for same in _sames(entry)}
    for some in _in_chunks(wanted):
        rows = [
            {"n": n, "starts_at": start, "ends_at": end, "resource_ids": rooms, "title": title}
            for n, (start, end, rooms, title) in enumerate(some)
        ]
        for row in db.execute(SAME, {"site_id": site_id, "wanted": orjson.dumps(rows).decode()}):
            ids.setdefault(some[row.n], row.id)
    for entry in entries:
        known = [ids.get(same) for same in _sames(entry)] if entry.is_wanted else []
        there = [id_ for id_ in known if id_ is not None]
        if there and len(there) == len(known):
            entry.reservations = there
            entry.end(Verdict.SKIPPED, reason("known", id=there[0]))


def _in_this_file(entries: Sequence[Entry]) -> None:
    lines: dict[Same, int] = {}
    for entry in entries:
        sames = list(_sames(entry)) if entry.is_wanted else []
        earlier = [lines[same] for same in sames if same in lines]
        if earlier and len(earlier) == len(sames):
            entry.end(Verdict.SKIPPED, reason("twice_in_file", number=earlier[0]))
        else:
            lines.update(dict.fromkeys(sames, entry.line.number))


def _sames(entry: Entry) -> Iterator[Same]:
    rooms = tuple(entry.resource_ids)
    return ((slot.start, slot.end, rooms, entry.booking.title) for slot in _slots(entry))


def _slots(entry: Entry) -> list[Slot]:
    return [occurrence.slot for occurrence in entry.booking.occurrences] or [entry.booking.slot]


def _in_chunks(wanted: Iterable[Same]) -> Iterator[list[Same]]:
    left = iter(wanted)
    while some := list(islice(left, AT_A_TIME)):
        yield some
