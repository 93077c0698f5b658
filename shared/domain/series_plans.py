"""Plans for a whole series with conflicts: all of it in another room, at another hour, or split between rooms; pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import groupby

from shared.domain.alternatives import MOST_ASKED, Alternative, Options, Weighed
from shared.domain.places import Place
from shared.domain.ranking import A_CUT, LEFT_OUT, choose
from shared.domain.reasons import SENTENCES
from shared.domain.slots import EARLIEST, LATEST, Slot

QUARTER = timedelta(minutes=15)
SHIFTS = sorted((quarters * QUARTER for quarters in range(-48, 49) if quarters), key=lambda shift: (abs(shift), shift))
MOST_PIECES = 6  # more are no plan, but a list of dates


@dataclass(frozen=True, slots=True)
class Plan:
    """A series as it could be had: an alternative for each date in order, but for those that no room can take then."""

    dates: tuple[Alternative, ...]
    reason: str
    left_out: tuple[Slot, ...] = ()

    @property
    def pieces(self) -> list[tuple[Alternative, ...]]:
        """The dates in a row that have the same rooms and layout."""
        return [tuple(dates) for _, dates in groupby(self.dates, key=lambda a: (a.resource_ids, a.layout))]

    def sentence(self, language: str) -> str:
        """The reason in words; French unless English is asked for."""
        return SENTENCES[self.reason]["en" if language == "en" else "fr"]


WeighedPlan = tuple[int, Plan]
"""with its points: the fewer, the less changes"""


class Series:
    """The dates of a series by number, and which places (by number, too) can take each at its time."""

    def __init__(self, options: Options, slots: Sequence[Slot]) -> None:
        self.options, self.slots = options, slots
        self._has = options.vacancies.has
        self.takers = [
            {n for n, place in enumerate(options.places) if self._has(place, slot.start, slot.end)} for slot in slots
        ]
        self._as_wished = 0 if options.wanted and not options.wanted.is_rearranged else None
        self.conflicts = [date for date, takers in enumerate(self.takers) if self._as_wished not in takers]
        self._dates = frozenset(range(len(slots)))
        # a plan for no more dates than the wish itself has helps nobody, nor does one for less than half of them
        self._most_left_out = min(len(self.conflicts) - 1, len(slots) // 2)
        # most shifts fail at a date that is in conflict as it is
        self._hardest_first = [*self.conflicts, *sorted(self._dates.difference(self.conflicts))]

    def plans(self, most: int) -> list[Plan]:
        weighed = [*self._at_another_hour()]
        served = [date for date, takers in enumerate(self.takers) if takers]
        if len(self.slots) - len(served) <= self._most_left_out:
            weighed += [*self._in_another_room(served), *self._split(served)]
        return choose(
            sorted(weighed, key=lambda entry: entry[0]),
            most,
            rooms=lambda plan: frozenset(a.resource_ids for a in plan.dates),
            when=lambda plan: tuple(a.slot for a in plan.dates),
        )

    def _in_another_room(self, served: Sequence[int]) -> Iterator[WeighedPlan]:
        for n, place in enumerate(self.options.places):
            if n != self._as_wished and all(n in self.takers[date] for date in served):
                reason = "series_other_layout" if place is self.options.wanted else "series_other_room"
                yield self._plan(reason, dict.fromkeys(served, n))

    def _split(self, served: Sequence[int]) -> Iterator[WeighedPlan]:
        places = self._fewest_pieces(served)
        if 1 < len(list(groupby(places))) <= MOST_PIECES:
            yield self._plan("series_split", dict(zip(served, places, strict=True)))

    def _fewest_pieces(self, served: Sequence[int]) -> tuple[int, ...]:
        """A place for each of the dates, with as few changes as can be, and of those what changes least."""
        points_of = [self.options.weigh(place, self.slots[0], self.slots[0])[0] for place in self.options.places]
        # the best way to have all dates so far, by the place that the last one is in: pieces, points, places
        ways: dict[int, tuple[int, int, tuple[int, ...]]] = {}
        for date in served:
            pieces, points, places = min(ways.values(), default=(0, 0, ()))
            cut = (pieces + 1, points, places)
            so_far = {place: min(cut, ways.get(place, cut)) for place in self.takers[date]}
            ways = {place: (way[0], way[1] + points_of[place], (*way[2], place)) for place, way in so_far.items()}
        return min(ways.values())[2]

    def _at_another_hour(self) -> Iterator[WeighedPlan]:
        """The least shift that suits every date which has any room at its own hour."""
        wanted, rules = self.options.wanted, self.options.vacancies
        limit = rules.asked + MOST_ASKED + len(self.slots)
        for shift in SHIFTS:
            if wanted is None or rules.asked > limit:
                return
            moved = self._shifted(wanted, shift)
            if moved:
                weighed = [self.options.weigh(wanted, slot, self.slots[date]) for date, slot in moved.items()]
                yield self._weigh("series_other_hour", weighed, left_out=self._dates.difference(moved))
                return

    def _shifted(self, wanted: Place, shift: timedelta) -> dict[int, Slot]:
        """Each date at that other hour, but for some that no room can take at either; nothing when others fail."""
        moved: dict[int, Slot] = {}
        failures = 0
        for date in self._hardest_first:
            slot = self._at_hour(self.slots[date], shift)
            if slot and self._has(wanted, slot.start, slot.end):
                moved[date] = slot
                continue
            failures += 1
            if self.takers[date] or failures > self._most_left_out:
                return {}
        return dict(sorted(moved.items()))

    def _at_hour(self, slot: Slot, shift: timedelta) -> Slot | None:
        """Shifted on the clock of the wall; None when that is past or not within opening hours."""
        start = (self.options.wall(slot.start) + shift).astimezone(UTC)
        if not max(self.options.search.now, EARLIEST) <= start <= LATEST - slot.length:
            return None
        moved = slot.starting(start)
        return moved if self.options.is_within_opening(moved) else None

    def _plan(self, reason: str, places: Mapping[int, int]) -> WeighedPlan:
        """The dates at their times, each in the place of that number."""
        weighed = [
            self.options.weigh(self.options.places[place], self.slots[date], self.slots[date])
            for date, place in places.items()
        ]
        return self._weigh(reason, weighed, left_out=self._dates.difference(places))

    def _weigh(self, reason: str, weighed: Sequence[Weighed], *, left_out: Collection[int]) -> WeighedPlan:
        plan = Plan(tuple(a for _, a in weighed), reason, tuple(self.slots[date] for date in sorted(left_out)))
        changes = sum(points for points, _ in weighed) + LEFT_OUT * len(left_out)
        return changes // len(self.slots) + A_CUT * (len(plan.pieces) - 1), plan
