"""What could be had instead of a series with conflicts: its dates one by one, and plans for all of it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from shared.domain.alternatives import MOST_ASKED, Alternative, Options, Search
from shared.domain.places import Place, gap_between
from shared.domain.series_plans import Plan, Series
from shared.domain.slots import Slot

NEAR = timedelta(days=3)  # a date of a series is proposed another day of its week, not of another


@dataclass(frozen=True, slots=True)
class SeriesProposal:
    """What to do about the conflicts of a series.

    by_date: for each date that cannot be had as wished, in order, what could be had instead; whatever is taken for
    one never overlaps another date of the series, or what is taken for it. plans: for the whole, the best first.
    """

    by_date: Mapping[Slot, Sequence[Alternative]]
    plans: Sequence[Plan]


def propose_for_series(search: Search, slots: Sequence[Slot], most: int = 3) -> SeriesProposal:
    """Up to `most` alternatives for each conflicting date of the series, and as many plans for all of it.

    The search says all but the time: its slot is not looked at. The slots do not overlap each other.
    """
    series = Series(Options(search), sorted(slots))
    if not series.conflicts:
        return SeriesProposal({}, ())
    return SeriesProposal(_by_date(series, most), series.plans(most))


def _by_date(series: Series, most: int) -> dict[Slot, list[Alternative]]:
    """Each date stays between the one before, wherever that may go, and the one after."""
    gap, asks = gap_between(series.options.places), MOST_ASKED // len(series.conflicts) + most
    found: dict[Slot, list[Alternative]] = {}
    for date in series.conflicts:
        slot = series.slots[date]
        low, high = slot.start - NEAR, slot.end + NEAR
        if date > 0:
            before = series.slots[date - 1]
            low = max(low, gap + max([before.end, *(a.slot.end for a in found.get(before, ()))]))
        if date + 1 < len(series.slots):
            high = min(high, series.slots[date + 1].start - gap)
        then = list(series.options.then(slot))
        places = _places_at_other_times(series.options, has_rooms_then=bool(then))
        found[slot] = series.options.best(
            [*then, *islice(series.options.around(slot, places, (low, high), asks), most)], most
        )
    return found


def _places_at_other_times(options: Options, *, has_rooms_then: bool) -> list[Place]:
    """The wanted one; another room at another time is what is left when there is no room at all."""
    if not has_rooms_then:
        return options.places
    return [options.wanted] if options.wanted else []
