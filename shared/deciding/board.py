"""What is taken, unit by unit, while a batch is decided in memory: by the book, and by earlier winners."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson

from shared.deciding.ask import Ask, Stay
from shared.deciding.statements import AROUND
from shared.deciding.units import in_turns
from shared.domain.refusals import Conflict
from shared.domain.rules import Wanted, clearing_after, set_up_before
from shared.domain.timetable import Stretch, Timetable
from shared.house import House
from shared.store.base import Db

# of each unit
MOST_AROUND = 400
# as far as setting up and clearing may reach
REACH = timedelta(days=1)
NO_TIME = timedelta()

Unit = tuple[int, int]
Span = tuple[datetime, datetime]


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
            {
                "resource_id": id_,
                "from": ask.slot.start - REACH,
                "to": ask.slot.end + REACH,
                "most": MOST_AROUND * self._house.resources[id_].quantity,
            }
            for ask in asks
            for id_ in ask.resource_ids
        ]
        for row in db.execute(AROUND, {"wishes": orjson.dumps(wishes).decode()}):
            if row.id not in self._known:
                self._known.add(row.id)
                stretch = Stretch(row.starts_at, row.ends_at, row.reservation_id, row.begins, row.ends, row.layout)
                self._take(row.resource_id, row.unit, stretch)

    def place(self, ask: Ask) -> list[Conflict]:
        """Take what is asked for, all of it; or nothing, and who is in the way."""
        conflicts: list[Conflict] = []
        stays: list[Stay] = []
        for id_, span in self._spans(ask).items():
            wanted = self._house.wanted(id_, ask.row.group_id)
            if wanted.kind == "equipment":
                found, in_the_way = self._units_for(ask, wanted, span)
            else:
                found, in_the_way = [Stay(id_, 1, *span)], self._units[id_, 1].owners_within(*span)
            conflicts.extend(Conflict(id_, owner) for owner in dict.fromkeys(in_the_way))
            stays.extend(found)
        if conflicts:
            return conflicts
        for stay in stays:
            stretch = Stretch(stay.start, stay.end, ask.id, ask.slot.start, ask.slot.end, ask.layout)
            self._take(stay.resource_id, stay.unit, stretch)
        ask.stays = stays
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

    def _spans(self, ask: Ask) -> dict[int, Span]:
        """How long each resource is taken; the parts of a combined room are made ready and cleared with it."""
        wanted = [self._house.wanted(id_, ask.row.group_id) for id_ in ask.resource_ids]
        spans = {resource.id: self._span(ask, resource, 1) for resource in wanted}
        for whole in wanted:
            for part in whole.part_ids:
                if part in spans:
                    (start, end), (own_start, own_end) = spans[whole.id], spans[part]
                    spans[part] = min(start, own_start), max(end, own_end)
        return spans

    def _units_for(self, ask: Ask, wanted: Wanted, span: Span) -> tuple[list[Stay], list[int]]:
        """As many units as are asked for, each for the whole time if that can be; or none, and who has the others."""
        count = ask.quantities.get(wanted.slug, 1)
        whole, in_the_way = [], []
        for unit in range(1, wanted.quantity + 1):
            own_span = self._span(ask, wanted, unit) if wanted.policy.transitions else span
            owners = self._units[wanted.id, unit].owners_within(*own_span)
            if not owners:
                whole.append(Stay(wanted.id, unit, *own_span))
            in_the_way.extend(owners)
        known = {unit: table for (id_, unit), table in self._units.items() if id_ == wanted.id}
        beyond = [unit for unit in known if unit > wanted.quantity and known[unit].owners_within(*span)]
        if len(whole) - len(beyond) >= count:
            return whole[:count], []
        if not wanted.policy.transitions:
            pieces = in_turns(known, wanted.quantity, count, span)
            if pieces:
                return [Stay(wanted.id, unit, start, end) for unit, start, end in pieces], []
        return [], [*in_the_way, *(owner for unit in beyond for owner in known[unit].owners_within(*span))]

    def _span(self, ask: Ask, wanted: Wanted, unit: int) -> Span:
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
        return start, end
