"""What is looked for when somebody needs a room, and what the house has to offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.domain.day_parts import Days
from shared.domain.places import Place, RoomOffer, Rooms
from shared.domain.ranking import by_merit
from shared.domain.slots import Slot
from shared.domain.vacancies import IsAllowed, Stock, Vacancies, everything_is_allowed

NONE_OF_IT = Stock(0)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: so many sessions for so many people, each of that length (None: a whole part of the day).

    equipment: how many of each, by resource id. trainers: by resource id. layout: '' for any.
    """

    people: int
    days: Days
    sessions: int = 1
    length: timedelta | None = None
    layout: str = ""
    equipment: Mapping[int, int] = field(default_factory=dict, hash=False)
    trainers: tuple[int, ...] = ()
    is_in_one_room: bool = True
    is_on_distinct_days: bool = True


@dataclass(frozen=True, slots=True)
class Supply:
    """What the house has: its rooms, what is taken of rooms and trainers, its equipment, and its rules.

    What is taken includes the buffers of others. Closures may be given as taken: that costs less than `is_allowed`.
    """

    rooms: Sequence[RoomOffer]
    busy: Mapping[int, Sequence[Slot]]
    now: datetime
    stocks: Mapping[int, Stock] = field(default_factory=dict, hash=False)
    is_allowed: IsAllowed = everything_is_allowed

    def places(self, question: Question) -> list[Place]:
        """The rooms that seat the people in the layout, the best first; none when the house has too few things."""
        if any(self._stock(id_).quantity < count for id_, count in question.equipment.items()):
            return []
        house, companions = Rooms(self.rooms), (*question.trainers, *question.equipment)
        places = []
        for room in self.rooms:
            layout = room.layout_for(question.people, question.layout)
            if layout is not None and layout == (question.layout or layout):
                is_rearranged = layout not in {"", room.default_layout}
                places.append(house.alone(room, layout, companions, is_rearranged=is_rearranged))
        return sorted(places, key=lambda place: by_merit(place, question.people))

    def vacancies(self, question: Question) -> Vacancies:
        short = {id_: self._stock(id_).shortages(count) for id_, count in question.equipment.items()}
        return Vacancies({**self.busy, **short}, self.is_allowed)

    def _stock(self, id_: int) -> Stock:
        return self.stocks.get(id_, NONE_OF_IT)
