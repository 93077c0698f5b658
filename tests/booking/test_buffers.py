"""Set-up and clearing: kept free around the meeting, by room and by what stood there before, at whose cost."""

import pytest

from shared.availability import alternatives_to
from tests.house import House, slot

LAYOUTS = {"rows": {"name": "Rangées"}, "islands": {"name": "Îlots"}, "u": {"name": "U"}}


def transitions(*ways: tuple[str, str, int]) -> list[dict[str, str | int]]:
    return [{"from_layout": before, "to_layout": after, "minutes": minutes} for before, after, minutes in ways]


def taken(house: House, reservation_id: int) -> str:
    """From when to when it occupies its room, on the clock of UTC."""
    query = """
    SELECT to_char(lower(during), 'HH24:MI') || '-' || to_char(upper(during), 'HH24:MI') AS span FROM occupancy
    WHERE reservation_id = :id
    """
    [row] = house.rows(query, id=reservation_id)
    return str(row.span)


@pytest.fixture
def flexi(house: House) -> House:
    """Flexi 16 stands in rows; going over to islands takes half an hour, and to a U three quarters."""
    house.rule(
        "room",
        "flexi-16",
        layouts=LAYOUTS,
        default_layout="rows",
        transitions=transitions(("rows", "islands", 30), ("islands", "rows", 10), ("*", "u", 45)),
    )
    return house


def test_the_escapelab_is_reset_after_each_class(house: House) -> None:
    house.rule("room", "escapelab", clearing_minutes=20)
    first = house.confirmed("escapelab", at=slot(9, 10))
    assert taken(house, first) == "09:00-10:20"
    assert house.reservation(first).slot == slot(9, 10)
    house.decided_as("refused", "escapelab", at=slot(10, 11))
    house.confirmed("escapelab", at=slot(10 + 1 / 3, 11))
    house.decided_as("refused", "escapelab", at=slot(8, 9))
    house.confirmed("escapelab", at=slot(8, 8 + 2 / 3))


def test_setting_up_comes_before(house: House) -> None:
    house.rule(setup_minutes=15, clearing_minutes=5)
    assert taken(house, house.confirmed("flexi-16")) == "08:45-12:05"
    house.decided_as("refused", "flexi-16", at=slot(12.25, 13))
    house.confirmed("flexi-16", at=slot(12 + 1 / 3, 13))


def test_buffers_count_among_those_who_ask_at_once(house: House) -> None:
    house.rule(clearing_minutes=30)
    ids = [house.ask("flexi-16", at=slot(start, start + 1)) for start in (9, 10, 10.5, 12)]
    house.decide()
    assert house.states(*ids) == ["confirmed", "refused", "confirmed", "confirmed"]


def test_from_rows_to_islands_takes_half_an_hour(flexi: House) -> None:
    flexi.confirmed("flexi-16", at=slot(9, 10))
    flexi.decided_as("refused", "flexi-16", at=slot(10, 11), layout="islands")
    islands = flexi.confirmed("flexi-16", at=slot(10.5, 11), layout="islands")
    assert taken(flexi, islands) == "10:00-11:00"


def test_the_same_again_takes_no_time(flexi: House) -> None:
    flexi.confirmed("flexi-16", at=slot(9, 10), layout="islands")
    assert taken(flexi, flexi.confirmed("flexi-16", at=slot(10, 11), layout="islands")) == "10:00-11:00"
    assert taken(flexi, flexi.confirmed("flexi-16", at=slot(12, 13))) == "11:50-13:00"


def test_who_comes_between_makes_the_room_ready_for_whom_was_there_first(flexi: House) -> None:
    """The later booking stands as it is: its half hour from rows to islands is there already, and the rest is ours."""
    flexi.confirmed("flexi-16", at=slot(8, 9))
    islands = flexi.confirmed("flexi-16", at=slot(14, 15), layout="islands")
    version = flexi.reservation(islands).version
    rows = flexi.confirmed("flexi-16", at=slot(11, 13))
    assert (taken(flexi, rows), taken(flexi, islands)) == ("11:00-13:00", "13:30-15:00")
    flexi.rule(
        "room", "flexi-16", layouts=LAYOUTS, default_layout="rows", transitions=transitions(("rows", "islands", 50))
    )
    late = flexi.confirmed("flexi-16", at=slot(13, 13 + 1 / 6))
    assert taken(flexi, late) == "13:00-13:30"  # twenty minutes more than are kept
    assert flexi.reservation(islands).version == version


def test_who_does_not_leave_time_for_what_comes_is_refused(flexi: House) -> None:
    flexi.confirmed("flexi-16", at=slot(12, 13), layout="islands")
    flexi.decided_as("refused", "flexi-16", at=slot(10, 11.75))
    assert taken(flexi, flexi.confirmed("flexi-16", at=slot(10, 11.5))) == "10:00-12:00"


def test_what_is_proposed_instead_leaves_the_time_to_rearrange(flexi: House) -> None:
    """Not the very hour that was refused; and before what stands otherwise, time for that."""
    flexi.confirmed("flexi-16", at=slot(9, 10))
    flexi.confirmed("flexi-16", at=slot(12, 13))
    flexi.passes(days=30, hours=8.9)  # nothing earlier is to be had
    lost = flexi.decided_as("refused", "flexi-16", at=slot(10, 11.5), layout="islands")
    with flexi.book() as db:
        found = alternatives_to(db, flexi.reservation(lost), now=flexi.now)
    here = [a.slot for a in found if a.resource_ids == (flexi.rooms["flexi-16"],) and a.layout == "islands"]
    assert here[0] == slot(13.5, 15)
    assert flexi.confirmed("flexi-16", at=slot(10.5, 11 + 5 / 6), layout="islands")


def test_in_one_batch_the_layout_of_the_one_before_counts(flexi: House) -> None:
    ids = [
        flexi.ask("flexi-16", at=slot(9, 10), layout="islands"),
        flexi.ask("flexi-16", at=slot(10, 11), layout="islands"),
        flexi.ask("flexi-16", at=slot(11, 12), layout="u"),
        flexi.ask("flexi-16", at=slot(11.75, 12.5), layout="u"),
    ]
    flexi.decide()
    assert flexi.states(*ids) == ["confirmed", "confirmed", "refused", "confirmed"]


def test_another_layout_for_the_same_time_is_a_move(flexi: House) -> None:
    flexi.confirmed("flexi-16", at=slot(8, 9))
    mine = flexi.confirmed("flexi-16", at=slot(9, 10))
    flexi.change(mine, layout="islands")
    flexi.decide()
    refused = flexi.reservation(mine).refused
    assert refused is not None
    assert (refused.code, flexi.reservation(mine).layout) == ("room_taken", "")


def test_what_is_released_around_a_meeting_goes_to_who_waits(house: House) -> None:
    house.rule("room", "escapelab", clearing_minutes=20)
    first = house.confirmed("escapelab", at=slot(9, 10))
    waiting = house.decided_as("waitlisted", "escapelab", who="basile", at=slot(10, 11), on_conflict="wait")
    house.cancel(first)
    house.decide()
    assert house.state(waiting) == "confirmed"


def test_a_policy_that_asks_for_less_leaves_what_is_kept_already(house: House) -> None:
    house.rule("room", "escapelab", clearing_minutes=20)
    first = house.confirmed("escapelab", at=slot(9, 10))
    house.rule("room", "escapelab", clearing_minutes=5)
    assert taken(house, first) == "09:00-10:20"
    assert taken(house, house.confirmed("escapelab", at=slot(14, 15))) == "14:00-15:05"


def test_the_same_class_twice_has_the_room_to_itself_in_between(house: House) -> None:
    """A buffer is between two meetings of one and the same person, too."""
    house.rule(clearing_minutes=10)
    house.confirmed("flexi-16", at=slot(9, 10))
    house.decided_as("refused", "flexi-16", at=slot(10, 11))
