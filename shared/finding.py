"""Finding a room: reads what is taken, and lets the domain rank what is free; nothing is promised or held."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import select, text

from shared.availability import Wish, allowing, room_offer, taken_for
from shared.domain.errors import InvalidInputError
from shared.domain.finding import Answer, Days, Question, Stock, Supply, find
from shared.domain.slots import EARLIEST, LATEST, Slot
from shared.house import House, house_of
from shared.store.base import Db
from shared.store.people import Person

A_DAY = timedelta(days=1)

TAKEN_UNITS = text("""
SELECT resource_id, lower(during) AS starts_at, upper(during) AS ends_at FROM occupancy
WHERE resource_id = ANY(:resource_ids) AND during && tstzrange(:start, :end)
""")


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for: `days` and how many sessions there, for how many people, with what and whom.

    `equipment` and `trainers` are slugs; `length` is of each session, None for a whole part of a day.
    """

    days: Days
    people: int = 0
    sessions: int = 1
    length: timedelta | None = None
    layout: str = ""
    equipment: Mapping[str, int] = field(default_factory=dict)
    trainers: Sequence[str] = ()
    is_in_one_room: bool = True
    is_on_distinct_days: bool = True


def find_rooms(db: Db, site_id: int, sought: Sought, *, by: int, now: datetime, most: int = 5) -> list[Answer]:
    """Up to `most` answers, the best first; raises InvalidInputError for a thing or a person that is not there."""
    house = house_of(db, site_id)
    group = db.scalars(select(Person.group_id).where(Person.id == by)).first() or 0
    equipment = {_named(house, slug, "equipment"): count for slug, count in sought.equipment.items()}
    trainers = tuple(_named(house, slug, "trainer") for slug in sought.trainers)
    span = _span(sought.days)
    question = Question(
        people=sought.people,
        days=sought.days,
        sessions=sought.sessions,
        length=sought.length,
        layout=sought.layout,
        equipment=equipment,
        trainers=trainers,
        is_in_one_room=sought.is_in_one_room,
        is_on_distinct_days=sought.is_on_distinct_days,
    )
    rooms = house.rooms()
    ids = sorted({part for room in rooms for part in (room.id, *room.part_ids)}.union(trainers))
    wish = Wish(span, (), sought.people, sought.layout, group)
    supply = Supply(
        rooms=[room_offer(house, room, group) for room in rooms],
        busy=taken_for(db, house, wish, span, ids),
        now=now,
        stocks=_stocks(db, house, span, list(equipment)),
        is_allowed=allowing(house, wish, now),
    )
    return find(question, supply, most)


def _span(days: Days) -> Slot:
    """All that the days touch, with what is set up before and cleared after."""
    start, end = (datetime.combine(day, time(), days.zone) for day in (days.first, days.before))
    return Slot(max(start - A_DAY, EARLIEST), min(end + 2 * A_DAY, LATEST))


def _named(house: House, slug: str, kind: str) -> int:
    found = next((r.id for r in house.resources.values() if r.slug == slug and r.kind == kind), None)
    if found is None:
        raise InvalidInputError(f"There is no {kind} called {slug[:60]!r} here.", code="unknown_resource")
    return found


def _stocks(db: Db, house: House, span: Slot, ids: list[int]) -> dict[int, Stock]:
    taken: defaultdict[int, list[tuple[Slot, int]]] = defaultdict(list)
    if ids:
        values = {"resource_ids": ids, "start": span.start, "end": span.end}
        for row in db.execute(TAKEN_UNITS, values):
            taken[row.resource_id].append((Slot(row.starts_at, row.ends_at), 1))
    return {id_: Stock(house.resources[id_].quantity, taken[id_]) for id_ in ids}
