"""Whatever is taken: what is proposed for a series can be had, date by date and as a whole, and fits together."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise, product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alternatives import Alternative, RoomOffer, Search
from shared.domain.series_alternatives import propose_for_series
from shared.domain.series_plans import MOST_PIECES
from shared.domain.slots import Slot

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2027, 10, 25, tzinfo=PARIS)  # of the week in which the clock changes
HALF_AN_HOUR = timedelta(minutes=30)
ROOMS = (RoomOffer(16, 16, clearing=HALF_AN_HOUR), RoomOffer(19, 19, setup=HALF_AN_HOUR), RoomOffer(36, 36))
BUFFERS = {room.id: (room.setup, room.clearing) for room in ROOMS}


def at(day: int, quarter: int, quarters: int) -> Slot:
    wall = MONDAY + timedelta(days=day)
    return Slot(wall + timedelta(minutes=15 * quarter), wall + timedelta(minutes=15 * (quarter + quarters)))


def not_on_the_fourth_day_nor_early_in_19(room_id: int, slot: Slot) -> bool:
    wall = slot.start.astimezone(PARIS)
    return wall.date() != date(2027, 10, 28) and (room_id != 19 or wall.hour >= 9)


# every day or every other, at an hour of the morning, with a few of the dates later than the others
series = st.builds(
    lambda every, number, quarter, late: [at(every * n, quarter + (6 if n in late else 0), 8) for n in range(number)],
    st.integers(1, 2),
    st.integers(1, 8),
    st.integers(32, 44),
    st.sets(st.integers(0, 7), max_size=2),
)
stretches = st.builds(at, st.integers(-2, 16), st.integers(28, 76), st.integers(1, 24))
taken = st.dictionaries(st.sampled_from([16, 19, 36]), st.lists(stretches, max_size=12))
searches = st.builds(
    lambda busy, people, wanted: Search(
        wanted,
        at(0, 36, 8),
        people,
        ROOMS,
        busy,
        MONDAY,
        PARIS,
        time(8),
        time(20),
        is_allowed=not_on_the_fourth_day_nor_early_in_19,
    ),
    taken,
    st.integers(1, 36),
    st.sampled_from([(16,), (19,), (16, 19)]),
)


def is_possible(search: Search, alternative: Alternative) -> bool:
    slot = alternative.slot
    for id_ in alternative.resource_ids:
        setup, clearing = BUFFERS[id_]
        if any(b.start < slot.end + clearing and slot.start - setup < b.end for b in search.busy.get(id_, ())):
            return False
        if not search.is_allowed(id_, slot):
            return False
    return True


def do_not_meet(slots: Iterable[Slot]) -> bool:
    return all(a.end <= b.start for a, b in pairwise(sorted(slots)))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(searches, series, st.integers(1, 4))
def test_every_date_in_conflict_is_answered_by_what_can_be_had(search: Search, dates: list[Slot], most: int) -> None:
    found = propose_for_series(search, dates, most).by_date
    seats = {room.id: room.seats or 0 for room in ROOMS}
    fits = sum(seats[id_] for id_ in search.wanted) >= search.people
    for date_ in dates:
        assert (date_ in found) == (not fits or not is_possible(search, Alternative(search.wanted, date_)))
    for options in found.values():
        assert len(options) == len(set(options)) <= most
        for option in options:
            assert is_possible(search, option)
            assert sum(seats[id_] for id_ in option.resource_ids) >= search.people
            assert option.slot.start >= search.now


@settings(derandomize=True, deadline=None, max_examples=300)
@given(searches, series)
def test_whichever_is_taken_for_each_date_the_series_does_not_meet_itself(search: Search, dates: list[Slot]) -> None:
    found = propose_for_series(search, dates).by_date
    for one, other in product(dates, dates):
        if one < other:
            of_one = [a.slot for a in found.get(one, ())] or [one]
            of_other = [a.slot for a in found.get(other, ())] or [other]
            assert all(do_not_meet([a, b]) for a, b in product([one, *of_one], [other, *of_other]))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(searches, series)
def test_a_plan_is_possible_from_its_first_date_to_its_last(search: Search, dates: list[Slot]) -> None:
    proposal = propose_for_series(search, dates)
    for plan in proposal.plans:
        assert len(plan.dates) + len(plan.left_out) == len(dates)
        assert len(plan.left_out) < len(proposal.by_date)
        assert all(is_possible(search, date_) for date_ in plan.dates)
        assert do_not_meet(date_.slot for date_ in plan.dates)
        if plan.reason == "series_other_hour":
            walls = [slot.start.astimezone(PARIS) for slot in dates if slot not in plan.left_out]
            moved = [date_.slot.start.astimezone(PARIS) for date_ in plan.dates]
            assert (
                len({b.replace(tzinfo=None) - a.replace(tzinfo=None) for a, b in zip(walls, moved, strict=True)}) == 1
            )
        else:
            assert [date_.slot for date_ in plan.dates] == [slot for slot in dates if slot not in plan.left_out]
            assert all(
                not is_possible(search, Alternative((room.id,), slot))
                for slot in plan.left_out
                for room in ROOMS
                if (room.seats or 0) >= search.people
            )


@settings(derandomize=True, deadline=None, max_examples=300)
@given(searches, series)
def test_no_split_has_fewer_pieces(search: Search, dates: list[Slot]) -> None:
    """Compared with every way there is to give each date a room."""
    search = replace(search, wanted=(16,), people=12)
    proposal = propose_for_series(search, dates[:5], 9)
    rooms_of = [[r.id for r in ROOMS if is_possible(search, Alternative((r.id,), slot))] for slot in dates[:5]]
    ways = product(*filter(None, rooms_of))
    fewest = min(len(list(groupby(way))) for way in ways) if any(rooms_of) else 0
    splits = [len(plan.pieces) for plan in proposal.plans if plan.reason == "series_split"]
    hopeless = rooms_of.count([])
    is_worth_it = hopeless < len(proposal.by_date) and hopeless <= len(dates[:5]) // 2
    assert splits == ([fewest] if 1 < fewest <= MOST_PIECES and is_worth_it else [])


@settings(derandomize=True, deadline=None, max_examples=100)
@given(searches, series, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_in_which_things_are_given(
    search: Search, dates: list[Slot], chance: random.Random
) -> None:
    sample = chance.sample
    mixed = replace(
        search,
        rooms=sample(search.rooms, len(search.rooms)),
        busy={id_: sample(slots, len(slots)) for id_, slots in search.busy.items()},
    )
    assert propose_for_series(mixed, sample(dates, len(dates))) == propose_for_series(search, dates)
