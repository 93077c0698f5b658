"""What is proposed instead: rooms, times and layouts, ranked by how little changes, allowed, and with their buffers."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.alternatives import Alternative, RoomOffer, Search, propose
from shared.domain.slots import LATEST, Slot

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2027, 11, 8, tzinfo=PARIS)
HALF_AN_HOUR = timedelta(minutes=30)
FLEXI_16 = RoomOffer(16, 16, "Flexi 16")
FLEXI_19 = RoomOffer(19, 19, "Flexi 19")
FLEXI_36 = RoomOffer(36, 36, "Flexi 36", {"rows": 36, "islands": 24}, "islands")
BOTH = RoomOffer(50, 33, "Flexi 16+19", part_ids=(16, 19))
ANNE, BASILE = 70, 71


def at(start: float, end: float, *, day: int = 0) -> Slot:
    """Hours on the clock of Arras."""
    wall = MONDAY + timedelta(days=day)
    return Slot(wall + timedelta(hours=start), wall + timedelta(hours=end))


SEARCH = Search(
    wanted=(16,),
    slot=at(9, 12),
    people=10,
    rooms=(FLEXI_16, FLEXI_19, FLEXI_36, BOTH),
    busy={16: [at(9, 12)]},
    now=MONDAY,
    zone=PARIS,
    opens=time(8),
    closes=time(20),
)


def told(search: Search, most: int = 3) -> list[tuple[tuple[int, ...], str]]:
    return [(a.resource_ids, a.reason) for a in propose(search, most)]


def test_other_rooms_come_before_other_times_and_the_smaller_before_the_larger() -> None:
    assert propose(SEARCH, 4) == [
        Alternative((19,), at(9, 12)),
        Alternative((36,), at(9, 12)),
        Alternative((16,), at(12, 15)),
        Alternative((16,), at(9, 12, day=1)),
    ]
    assert [reason for _, reason in told(SEARCH, 4)] == ["other_room", "other_room", "other_time", "other_day"]


def test_a_slot_that_has_become_free_is_proposed_again() -> None:
    assert told(replace(SEARCH, busy={}), 1) == [((16,), "as_wished")]


def test_another_layout_of_the_same_room_changes_least() -> None:
    search = replace(SEARCH, wanted=(36,), people=30, layout="islands", busy={})
    assert propose(search)[0] == Alternative((36,), at(9, 12), layout="rows")
    assert told(search)[0] == ((36,), "other_layout")


def test_a_layout_is_kept_where_the_room_has_it() -> None:
    search = replace(SEARCH, people=10, layout="rows", busy={16: [at(9, 12)], 19: [at(9, 12)]})
    assert Alternative((36,), at(9, 12), layout="rows") in propose(search)
    plain = replace(search, busy={36: [at(9, 12)]}, wanted=(36,), people=10)
    assert Alternative((16,), at(9, 12), layout="") in propose(plain), "Flexi 16 knows no rows"


def test_rooms_joined_come_behind_any_single_room_then() -> None:
    larger = RoomOffer(99, 120)
    search = replace(SEARCH, wanted=(36,), people=30, rooms=(*SEARCH.rooms, larger), busy={36: [at(9, 12)]})
    then = [a.resource_ids for a in propose(search, 9) if a.slot == at(9, 12)]
    assert then == [(99,), (50,)]
    assert ((50,), "other_combination") in told(search, 9)


def test_rooms_joined_are_free_only_when_all_their_parts_are() -> None:
    search = replace(SEARCH, wanted=(36,), people=30, busy={36: [at(9, 12)], 19: [at(11, 13)]})
    assert (50,) not in [a.resource_ids for a in propose(search, 9) if a.slot == at(9, 12)]


def test_a_wanted_combination_is_asked_for_without_its_parts() -> None:
    search = replace(SEARCH, wanted=(16, 19, 50), people=30, busy={19: [at(9, 12)]})
    assert told(search) == [((36,), "other_room"), ((50,), "other_time"), ((50,), "other_day")]


def test_the_trainer_comes_along_wherever_it_is() -> None:
    search = replace(SEARCH, wanted=(16, ANNE), companions=(ANNE,), rooms=(FLEXI_16, FLEXI_19))
    assert propose(search, 2) == [Alternative((19, ANNE), at(9, 12)), Alternative((16, ANNE), at(12, 15))]
    busy = {16: [at(9, 12)], ANNE: [at(9, 10), at(12, 13)]}
    assert propose(replace(search, busy=busy), 1) == [Alternative((16, ANNE), at(13, 16))]


def test_who_wants_a_trainer_only_is_proposed_no_room() -> None:
    search = replace(SEARCH, wanted=(ANNE,), companions=(ANNE,), busy={ANNE: [at(9, 12)]})
    assert told(search) == [((ANNE,), "other_time"), ((ANNE,), "other_day"), ((ANNE,), "other_day")]


def test_what_is_proposed_leaves_time_to_set_up_and_to_clear() -> None:
    room = replace(FLEXI_16, setup=HALF_AN_HOUR, clearing=timedelta(hours=1))
    busy = {16: [at(10, 12), at(18, 19)], 19: [at(12, 13)]}
    search = replace(SEARCH, rooms=(room, FLEXI_19), busy=busy)
    assert propose(search, 2) == [Alternative((19,), at(9, 12)), Alternative((16,), at(12.5, 15.5))]
    cramped = replace(search, rooms=(room, replace(FLEXI_19, clearing=HALF_AN_HOUR)))
    assert propose(cramped, 1) == [Alternative((16,), at(12.5, 15.5))]


def test_another_room_at_a_near_time_when_the_wanted_one_is_full_for_days() -> None:
    full = Slot(at(0, 1).start, at(0, 1, day=5).end)
    search = replace(SEARCH, rooms=(FLEXI_16, FLEXI_19), busy={16: [full], 19: [at(9, 10)]})
    assert propose(search, 1) == [Alternative((19,), at(10, 13))]
    assert told(search, 1) == [((19,), "other_room_and_time")]


def test_a_room_that_is_free_when_wanted_is_proposed_at_no_other_time() -> None:
    rooms_at_other_times = {a.resource_ids for a in propose(SEARCH, 20) if a.slot != SEARCH.slot}
    assert rooms_at_other_times == {(16,)}


def test_three_answers_are_not_three_times_the_same_room() -> None:
    busy = {16: [at(9, 12)], 19: [at(8, 11)], 36: [at(8, 20)]}
    search = replace(SEARCH, busy=busy, rooms=(FLEXI_16, FLEXI_19, FLEXI_36))
    assert propose(search) == [
        Alternative((16,), at(12, 15)),
        Alternative((19,), at(11, 14)),
        Alternative((16,), at(9, 12, day=1)),
    ]


def test_a_room_is_not_proposed_at_two_times_of_which_one_would_do() -> None:
    search = replace(SEARCH, rooms=(FLEXI_16,), busy={16: [at(8, 10), at(14.5, 15)]})
    assert [a.slot for a in propose(search, 2)] == [at(10, 13), at(15, 18)], "and not 11:30, which touches 14:30"


def test_what_the_house_forbids_is_not_proposed() -> None:
    def afternoons_only(room_id: int, slot: Slot) -> bool:
        return room_id != 19 and slot.start.astimezone(PARIS).hour >= 14

    found = propose(replace(SEARCH, is_allowed=afternoons_only, busy={16: [at(9, 14)]}))
    assert found[0] == Alternative((16,), at(14, 17))
    assert all(afternoons_only(a.resource_ids[0], a.slot) for a in found)
    assert propose(replace(SEARCH, is_allowed=lambda *_: False), 9) == []


def test_a_house_that_forbids_everything_is_not_asked_for_ever() -> None:
    asked = []
    busy = {
        room: [at(hour, hour + 0.5, day=day) for day in range(-14, 15) for hour in range(8, 20)] for room in (16, 36)
    }
    search = replace(SEARCH, slot=at(9, 9.25), busy=busy, is_allowed=lambda *question: bool(asked.append(question)))
    assert propose(search) == []
    assert len(asked) < 250


def test_the_last_days_of_the_calendar_are_no_trouble() -> None:
    last = Slot(LATEST - timedelta(hours=4), LATEST - timedelta(hours=1))
    found = propose(replace(SEARCH, slot=last, now=last.start - timedelta(days=1), busy={16: [last]}), 9)
    assert all(a.slot.end <= LATEST for a in found)
    assert (19,) in [a.resource_ids for a in found]


def test_the_reason_is_told_in_both_languages() -> None:
    [other, *_] = propose(SEARCH)
    assert other.sentence("fr") == "Un autre espace, à la même heure."
    assert other.sentence("en") == "Another room, at the same time."


def test_a_summer_wish_is_proposed_the_same_hour_in_winter() -> None:
    friday = datetime(2027, 10, 29, 9, tzinfo=PARIS)
    wish = Slot(friday, friday + timedelta(hours=3))
    weekend = Slot(friday - timedelta(hours=1), friday + timedelta(days=2))
    search = replace(SEARCH, slot=wish, rooms=(FLEXI_16,), busy={16: [weekend]}, now=friday - timedelta(hours=2))
    assert propose(search, 1)[0].slot.start == datetime(2027, 10, 31, 8, tzinfo=UTC)
