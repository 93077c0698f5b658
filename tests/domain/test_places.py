"""A place seats people in a layout, takes the parts of a combination with it, and keeps its buffers."""

from datetime import timedelta

import pytest

from shared.domain.places import AT_ONCE, Hold, RoomOffer, Rooms, gap_between

FLEXI = RoomOffer(36, 36, "Flexi 36", {"rows": 40, "islands": 24, "circle": None}, "islands")
PLAIN = RoomOffer(16, 16)
UNKNOWN = RoomOffer(30, None)
HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)


@pytest.mark.parametrize(
    ("room", "people", "wanted", "layout"),
    [
        (FLEXI, 20, "", ""),  # as it stands
        (FLEXI, 24, "islands", "islands"),
        (FLEXI, 25, "", "circle"),  # the smallest layout that seats them: as many as the room
        (FLEXI, 25, "islands", "circle"),
        (FLEXI, 37, "islands", "rows"),
        (FLEXI, 41, "rows", None),
        (FLEXI, 10, "theatre", ""),  # not a layout of this room
        (PLAIN, 16, "", ""),
        (PLAIN, 16, "rows", ""),
        (PLAIN, 17, "", None),
        (UNKNOWN, 500, "", ""),
    ],
)
def test_the_layout_for_so_many_people(room: RoomOffer, people: int, wanted: str, layout: str | None) -> None:
    assert room.layout_for(people, wanted) == layout


def test_a_room_is_taken_alone_with_its_buffers() -> None:
    room = RoomOffer(1, 12, setup=HALF, clearing=HOUR)
    place = Rooms([room]).alone(room, "", companions=(70,), is_rearranged=False)
    assert place.asked == (1, 70)
    assert place.holds == (Hold(1, HALF, HOUR), Hold(70))
    assert place.rooms == (1,), "a trainer is no room, and has no rules of the house"


def test_a_combination_takes_its_parts_with_the_wider_buffer_of_the_two() -> None:
    both = RoomOffer(3, 28, part_ids=(1, 2), setup=HALF)
    rooms = Rooms([both, RoomOffer(1, 12, setup=HOUR), RoomOffer(2, 16, clearing=HOUR)])
    place = rooms.alone(both, "", is_rearranged=False)
    assert place.asked == (3,)
    assert place.holds == (Hold(3, HALF), Hold(1, HOUR), Hold(2, HALF, HOUR))
    assert (place.rooms, place.seats, place.is_combination) == ((3, 1, 2), 28, True)


def test_a_part_that_is_not_offered_itself_is_taken_all_the_same() -> None:
    both = RoomOffer(3, 28, part_ids=(1, 2), setup=HALF)
    assert Rooms([both]).alone(both, "", is_rearranged=False).holds == tuple(Hold(id_, HALF) for id_ in (3, 1, 2))


def test_several_rooms_seat_people_together_and_each_keeps_its_own_buffers() -> None:
    rooms = Rooms([RoomOffer(1, 12, setup=HOUR), RoomOffer(2, 16), UNKNOWN])
    place = rooms.together((1, 2), "", companions=(70,))
    assert (place.asked, place.seats, place.rooms) == ((1, 2, 70), 28, (1, 2))
    assert set(place.holds) == {Hold(1, HOUR), Hold(2), Hold(70)}
    assert rooms.together((1, 30), "", ()).seats is None, "the seats of one are not known"
    assert rooms.together((99,), "", ()).seats is None, "nor those of what is no room"


def test_a_combination_and_another_room_count_no_seat_twice() -> None:
    rooms = Rooms([RoomOffer(1, 12), RoomOffer(2, 16), RoomOffer(3, 26, part_ids=(1, 2)), RoomOffer(4, 10)])
    place = rooms.together((1, 2, 3, 4), "", ())
    assert (place.asked, place.seats) == ((3, 4), 36)
    assert {hold.resource_id for hold in place.holds} == {1, 2, 3, 4}


def test_between_two_slots_there_is_time_to_clear_and_to_set_up() -> None:
    rooms = Rooms([RoomOffer(1, 12, setup=HALF), RoomOffer(2, 16, clearing=HOUR)])
    places = [rooms.alone(room, "", is_rearranged=False) for room in rooms.by_id.values()]
    assert gap_between(places) == HALF + HOUR
    assert gap_between([]) == AT_ONCE
