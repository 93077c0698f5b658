"""Whatever is wanted and whatever is taken: what is proposed can be had, is proposed once, and ranks by how it fits."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alternatives import Alternative, RoomOffer, Search, propose
from shared.domain.slots import Slot

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2027, 11, 8, tzinfo=PARIS)
HALF_AN_HOUR = timedelta(minutes=30)
ANNE = 70

BOTH = RoomOffer(50, 33, "Flexi 16+19", part_ids=(16, 19))
HOUSE = (
    RoomOffer(16, 16, "Flexi 16", setup=HALF_AN_HOUR),
    RoomOffer(19, 19, "Flexi 19", clearing=HALF_AN_HOUR),
    RoomOffer(36, 36, "Flexi 36", {"rows": 36, "islands": 24}, "islands"),
    RoomOffer(8, 8, "EscapeLAB", setup=HALF_AN_HOUR, clearing=HALF_AN_HOUR),
    RoomOffer(30, None, "Espace ouvert"),
    BOTH,
)
WISH = Slot(MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=12))
BY_ID = {room.id: room for room in HOUSE}
BUFFERS = {room.id: (room.setup, room.clearing) for room in HOUSE}
stretches = st.builds(
    lambda day, quarter, length: Slot(
        MONDAY + timedelta(days=day, minutes=15 * quarter),
        MONDAY + timedelta(days=day, minutes=15 * (quarter + length)),
    ),
    st.integers(-3, 6),
    st.integers(24, 80),
    st.integers(1, 40),
)
taken = st.dictionaries(st.sampled_from([8, 16, 19, 36, 50, ANNE]), st.lists(stretches, max_size=10))


def forbids(day: int, room: int) -> Search:
    """One day is closed, and one room in the morning."""

    def is_allowed(room_id: int, slot: Slot) -> bool:
        wall = slot.start.astimezone(PARIS)
        return wall.date() != date(2027, 11, 8) + timedelta(days=day) and (room_id != room or wall.hour >= 12)

    return Search((16,), WISH, 10, HOUSE, {}, MONDAY, PARIS, time(8), time(20), is_allowed=is_allowed)


searches = st.builds(
    lambda search, wanted, slot, people, layout, busy, hours, trainers: replace(
        search,
        wanted=(*wanted, *trainers),
        slot=slot,
        people=people,
        layout=layout,
        busy=busy,
        now=MONDAY + timedelta(hours=hours),
        companions=trainers,
    ),
    st.builds(forbids, st.integers(-1, 3), st.sampled_from([16, 19, 36])),
    st.sampled_from([(16,), (36,), (30,), (8,), (16, 19, 50), (50,), (16, 36)]),
    stretches,
    st.integers(0, 40),
    st.sampled_from(["", "rows", "islands"]),
    taken,
    st.integers(-72, 24),
    st.sampled_from([(), (ANNE,)]),
)


def taken_by(ids: Sequence[int]) -> dict[int, tuple[timedelta, timedelta]]:
    """Every resource that is taken, with the buffers it needs."""
    holds = {id_: BUFFERS.get(id_, (timedelta(), timedelta())) for id_ in ids}
    if 50 in holds:
        holds |= {part: BUFFERS[part] for part in BOTH.part_ids}
    return holds


def is_possible(search: Search, ids: Sequence[int], slot: Slot) -> bool:
    for id_, (setup, clearing) in taken_by(ids).items():
        if any(busy.start < slot.end + clearing and slot.start - setup < busy.end for busy in search.busy.get(id_, ())):
            return False
        if id_ not in search.companions and not search.is_allowed(id_, slot):
            return False
    return True


def seats(alternative: Alternative) -> int | None:
    known = [BY_ID[id_].seats_in(alternative.layout) for id_ in alternative.resource_ids if id_ in BY_ID]
    return None if None in known else sum(filter(None, known))


@settings(derandomize=True, deadline=None, max_examples=400)
@given(searches, st.integers(1, 6))
def test_whatever_is_proposed_is_free_allowed_large_enough_and_proposed_once(search: Search, most: int) -> None:
    found = propose(search, most)
    assert len(found) == len(set(found)) <= most
    for alternative in found:
        assert is_possible(search, alternative.resource_ids, alternative.slot)
        size = seats(alternative)
        assert size is None or size >= search.people
        assert set(search.companions) <= set(alternative.resource_ids)
        assert alternative.slot.start >= search.now
        assert alternative.slot.length == search.slot.length
        if alternative.slot != search.slot and search.slot.length <= timedelta(hours=12):
            start, end = (moment.astimezone(PARIS) for moment in (alternative.slot.start, alternative.slot.end))
            assert start.date() == end.date()
            assert (start.time() >= search.opens, end.time() <= search.closes) == (True, True)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(searches, st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_in_which_things_are_given(
    search: Search, most: int, chance: random.Random
) -> None:
    mixed = replace(
        search,
        rooms=chance.sample(search.rooms, len(search.rooms)),
        busy={id_: chance.sample(slots, len(slots)) for id_, slots in search.busy.items()},
    )
    assert propose(mixed, most) == propose(search, most)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(searches, st.integers(1, 6))
def test_at_no_time_is_a_room_proposed_before_a_smaller_one_that_fits(search: Search, most: int) -> None:
    search = replace(search, layout="", people=min(search.people, 24))
    found = propose(search, most)
    for n, alternative in enumerate(found):
        room = BY_ID[alternative.resource_ids[0]]
        if len(alternative.resource_ids) > 1 + len(search.companions) or room.id in search.wanted:
            continue
        smaller = [
            other
            for other in HOUSE
            if not other.part_ids
            and other.id not in search.wanted
            and other.seats is not None
            and other.seats >= search.people
            and (room.part_ids or room.seats is None or other.seats < room.seats)
            and is_possible(search, (other.id, *search.companions), alternative.slot)
        ]
        if len([id_ for id_ in search.wanted if id_ not in search.companions]) > 1 and 50 not in search.wanted:
            assert smaller == [], "who wants several rooms is proposed those"
        before = {a.resource_ids[0] for a in found[:n] if a.slot == alternative.slot}
        assert {other.id for other in smaller} <= before
