"""What is proposed instead: the smallest other room that fits, the nearest free times, not at night or in the past."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alternatives import LOOK_AROUND, Alternative, RoomOffer, Search, propose
from shared.domain.slots import Slot

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2027, 11, 8, tzinfo=PARIS)
SMALL, MEDIUM, LARGE, UNKNOWN = RoomOffer(16, 16), RoomOffer(19, 19), RoomOffer(36, 36), RoomOffer(30, None)
WANTED = SMALL.id


def at(start: float, end: float, *, day: int = 0) -> Slot:
    """Hours on the clock of Arras."""
    wall = MONDAY + timedelta(days=day)
    return Slot(wall.replace(hour=int(start)), wall.replace(hour=int(end)))


SEARCH = Search(
    wanted=(WANTED,),
    slot=at(9, 12),
    people=10,
    rooms=(UNKNOWN, LARGE, SMALL, MEDIUM),
    busy={WANTED: [at(9, 12)]},
    now=MONDAY,
    zone=PARIS,
    opens=time(8),
    closes=time(20),
)


def rooms_and_times(search: Search, most: int = 3) -> tuple[list[tuple[int, ...]], list[Slot]]:
    found = propose(search, most)
    elsewhere = [a.resource_ids for a in found if a.slot == search.slot]
    return elsewhere, [a.slot for a in found if a.slot != search.slot]


def test_other_rooms_come_smallest_first_and_unknown_sizes_last() -> None:
    rooms, _ = rooms_and_times(SEARCH, most=10)
    assert rooms == [(MEDIUM.id,), (LARGE.id,), (UNKNOWN.id,)]


def test_a_room_that_is_too_small_or_taken_is_not_proposed() -> None:
    rooms, _ = rooms_and_times(replace(SEARCH, people=20), most=10)
    assert rooms == [(LARGE.id,), (UNKNOWN.id,)]
    busy = {WANTED: [at(9, 12)], LARGE.id: [at(11, 13)], MEDIUM.id: [at(12, 13)]}
    rooms, _ = rooms_and_times(replace(SEARCH, busy=busy), most=10)
    assert rooms == [(MEDIUM.id,), (UNKNOWN.id,)]


def test_one_place_of_three_is_kept_for_another_time() -> None:
    assert propose(SEARCH) == [
        Alternative((MEDIUM.id,), at(9, 12)),
        Alternative((LARGE.id,), at(9, 12)),
        Alternative((WANTED,), at(12, 15)),
    ]


def test_the_nearest_times_of_the_room_come_first() -> None:
    _, times = rooms_and_times(replace(SEARCH, rooms=(SMALL,), busy={WANTED: [at(9, 13), at(16, 18)]}))
    assert times == [at(13, 16), at(9, 12, day=1), at(9, 12, day=2)]  # yesterday is over
    _, times = rooms_and_times(replace(SEARCH, rooms=(SMALL,), busy={WANTED: [at(11, 13)]}))
    assert times == [at(8, 11), at(13, 16), at(9, 12, day=1)]


def test_two_rooms_are_proposed_together_at_a_time_when_both_are_free() -> None:
    search = replace(SEARCH, wanted=(16, 19), busy={16: [at(9, 12)], 19: [at(12, 14)]})
    rooms, times = rooms_and_times(search)
    assert rooms == []
    assert times[0] == at(14, 17)
    assert {a.resource_ids for a in propose(search)} == {(16, 19)}


def test_nothing_is_proposed_at_night() -> None:
    busy = {WANTED: [at(8, 19)]}
    _, times = rooms_and_times(replace(SEARCH, slot=at(16, 19), busy=busy, rooms=(SMALL,)))
    assert times == [at(16, 19, day=day) for day in (1, 2, 3)]


def test_a_festival_that_fills_the_nights_too_is_proposed_nights() -> None:
    week = Slot(at(8, 9).start, at(8, 9, day=5).start)
    search = replace(SEARCH, slot=week, busy={WANTED: [at(9, 12)]}, rooms=(SMALL,))
    assert propose(search)[0].slot == week.starting(at(9, 12).end)


def test_nothing_is_proposed_in_the_past() -> None:
    assert propose(replace(SEARCH, now=at(10, 11).start))[0].slot == at(12, 15)  # the other rooms have begun too
    late = replace(SEARCH, now=at(13, 14).start, rooms=(SMALL,))
    assert rooms_and_times(late)[1][0] == at(9, 12, day=1)


def test_the_hour_on_the_wall_stays_across_the_clock_change() -> None:
    friday, monday = datetime(2027, 10, 29, tzinfo=PARIS), datetime(2027, 11, 1, 9, tzinfo=PARIS)
    wanted = Slot(friday.replace(hour=9), friday.replace(hour=12))
    weekend = Slot(friday.replace(hour=8), monday.replace(hour=0))
    search = replace(SEARCH, slot=wanted, rooms=(SMALL,), busy={WANTED: [weekend]}, now=friday)
    assert propose(search)[0].slot.start == monday.astimezone(UTC)


def test_a_room_with_too_few_seats_is_not_proposed_at_other_times() -> None:
    """It was refused for its seats: it would be refused for them again."""
    rooms, times = rooms_and_times(replace(SEARCH, people=20, busy={}), most=10)
    assert (rooms, times) == ([(LARGE.id,), (UNKNOWN.id,)], [])
    assert propose(replace(SEARCH, people=20, rooms=(SMALL,), busy={})) == []
    both = replace(SEARCH, wanted=(SMALL.id, MEDIUM.id), people=35, busy={})
    assert propose(both) != []
    assert propose(replace(both, people=36)) == []


def test_nothing_free_means_no_proposal() -> None:
    always = Slot(MONDAY - LOOK_AROUND, MONDAY + 2 * LOOK_AROUND)
    assert propose(replace(SEARCH, busy={room.id: [always] for room in SEARCH.rooms})) == []


slots = st.builds(
    lambda day, hour, length: Slot(
        MONDAY + timedelta(days=day, hours=hour), MONDAY + timedelta(days=day, hours=hour + length)
    ),
    st.integers(-16, 16),
    st.integers(0, 23),
    st.integers(1, 30),
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(slots, st.lists(slots, max_size=12), st.integers(-48, 48), st.integers(0, 40), st.sampled_from([1, 2, 3, 5]))
def test_whatever_is_proposed_is_free_large_enough_ahead_and_of_the_wanted_length(
    wanted: Slot, taken: list[Slot], hour: int, people: int, most: int
) -> None:
    now = MONDAY + timedelta(hours=hour)
    search = replace(SEARCH, slot=wanted, busy={16: taken, 36: taken[::2]}, now=now, people=people)
    found = propose(search, most)
    assert len(found) == len(set(found)) <= most
    seats = {room.id: room.seats for room in search.rooms}
    for alternative in found:
        [room] = alternative.resource_ids
        assert not any(alternative.slot.overlaps(busy) for busy in search.busy.get(room, ()))
        assert seats[room] is None or (seats[room] or 0) >= people
        assert alternative.slot.start >= now
        assert alternative.slot.length == wanted.length
        if alternative.slot != wanted and room != WANTED:
            assert any(alternative.slot.overlaps(busy) for busy in taken) or people > (SMALL.seats or 0), (
                "another room at another time is proposed when the wanted one cannot be had then"
            )
