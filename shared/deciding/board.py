"""What is taken, unit by unit, while a batch is decided in memory: by the book, and by earlier winners."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import orjson

from shared.deciding.ask import Ask, Stay
from shared.deciding.statements import AROUND
from shared.domain.refusals import Conflict
from shared.domain.rules import Wanted, clearing_after, set_up_before
from shared.domain.timetable import Stretch, Timetable
from shared.house import House
from shared.store.base import Db

MOST_AROUND = 400
# as far as setting up and clearing may reach
REACH = timedelta(days=1)
NO_TIME = timedelta()

Unit = tuple[int, int]


class Board:
    """Timetables by resource and unit; empty until it is told of the book, which most batches need not be."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._units: defaultdict[Unit, Timetable] = defaultdict(Timetable)
        self._units_of: defaultdict[int, set[Unit]] = defaultdict(set)
        self._known: set[int] = set()

    def read(self, db: Db, asks: Sequence[Ask]) -> None:
        """Enter what the book holds around these requests, but for what was entered before."""
        wishes = [
            {"resource_id": id_, "from": ask.slot.start - REACH, "to": ask.slot.end + REACH}
            for ask in asks
            for id_ in ask.resource_ids
        ]
        for row in db.execute(AROUND, {"wishes": orjson.dumps(wishes).decode(), "most": MOST_AROUND}):
            if row.id not in self._known:
                self._known.add(row.id)
                stretch = Stretch(row.starts_at, row.ends_at, row.reservation_id, row.begins, row.ends, row.layout)
                self._take(row.resource_id, row.unit, stretch)

    def place(self, ask: Ask) -> list[Conflict]:
        """Take what is asked for, all of it; or nothing, and who is in the way."""
        conflicts: list[Conflict] = []
        stays: list[tuple[Stay, Stretch]] = []
        for id_ in ask.resource_ids:
            wanted = self._house.wanted(id_, ask.row.group_id)
            if wanted.kind == "equipment":
                found, in_the_way = self._units_for(ask, wanted)
            else:
                stay, stretch = self._stretch(ask, wanted, 1)
                found = [(stay, stretch)]
                in_the_way = self._units[id_, 1].owners_within(stay.start, stay.end)
            conflicts.extend(Conflict(id_, owner) for owner in dict.fromkeys(in_the_way))
            stays.extend(found)
        if conflicts:
            return conflicts
        for stay, stretch in stays:
            self._take(stay.resource_id, stay.unit, stretch)
        ask.stays = [stay for stay, _ in stays]
        return []

    def give_back(self, owner: int) -> list[tuple[Unit, Stretch]]:
        """Take out what a reservation holds; what `put_back` takes."""
        return [
            (unit, stretch) for unit in self._units_of.pop(owner, ()) for stretch in self._units[unit].give_back(owner)
        ]

    def put_back(self, held: Sequence[tuple[Unit, Stretch]]) -> None:
        for (resource_id, unit), stretch in held:
            self._take(resource_id, unit, stretch)

    def _take(self, resource_id: int, unit: int, stretch: Stretch) -> None:
        self._units[resource_id, unit].take(stretch)
        self._units_of[stretch.owner].add((resource_id, unit))

    def _units_for(self, ask: Ask, wanted: Wanted) -> tuple[list[tuple[Stay, Stretch]], list[int]]:
        """As many free units as are asked for; or none, and who has the others."""
        count = ask.quantities.get(wanted.slug, 1)
        found, in_the_way = [], []
        for unit in range(1, wanted.quantity + 1):
            stay, stretch = self._stretch(ask, wanted, unit)
            owners = self._units[wanted.id, unit].owners_within(stay.start, stay.end)
            if owners:
                in_the_way.extend(owners)
            else:
                found.append((stay, stretch))
            if len(found) == count:
                return found, []
        return [], in_the_way

    def _stretch(self, ask: Ask, wanted: Wanted, unit: int) -> tuple[Stay, Stretch]:
        """The meeting with what its room takes before and after it.

        A transition to whoever was there first is ours to wait for, as far as they do not wait for one already: their
        row is not touched. Who is farther off than the book is read around a request is no neighbour.
        """
        policy, slot = wanted.policy, ask.slot
        start, end = slot.start, slot.end
        if policy.transitions:
            table = self._units[wanted.id, unit]
            before, after = table.before(slot.start), table.after(slot.end)
            is_near = before is not None and before.end > slot.start - REACH
            start -= set_up_before(policy, before.layout if before and is_near else None, ask.layout)
            end += clearing_after(policy)
            if after and after.start < slot.end + REACH:
                waits = after.begins - after.start
                end += max(set_up_before(policy, ask.layout, after.layout) - waits, NO_TIME)
        elif policy.setup_minutes or policy.clearing_minutes:
            start -= timedelta(minutes=policy.setup_minutes)
            end += timedelta(minutes=policy.clearing_minutes)
        return (
            Stay(wanted.id, unit, start, end),
            Stretch(start, end, ask.id, slot.start, slot.end, ask.layout),
        )
