"""Time to furnish a room anew between two bookings: whoever comes later makes room for it, in any batch alike."""

import pytest

from tests.house import House, slot

LAYOUTS = {"rows": {"name": "Rangées"}, "islands": {"name": "Îlots"}}


@pytest.fixture(autouse=True)
def furnished(house: House) -> None:
    """From rows to islands it takes half an hour."""
    transitions = [{"from_layout": "rows", "to_layout": "islands", "minutes": 30}]
    house.rule("room", "flexi-16", layouts=LAYOUTS, default_layout="rows", transitions=transitions)


def taken(house: House, reservation_id: int) -> list[str]:
    query = """SELECT to_char(lower(during), 'DD HH24:MI') || '-' || to_char(upper(during), 'DD HH24:MI') AS span
               FROM occupancy WHERE reservation_id = :id"""
    return [row.span for row in house.rows(query, id=reservation_id)]


def test_who_comes_after_sets_up_for_longer(house: House) -> None:
    house.confirmed("flexi-16", at=slot(9, 10))
    tight, later = (
        house.ask("flexi-16", at=slot(10, 11), layout="islands"),
        house.ask("flexi-16", at=slot(11, 12), layout="islands"),
    )
    house.decide()
    assert house.states(tight, later) == ["refused", "confirmed"]
    assert taken(house, later) == ["08 10:30-08 12:00"]


def test_who_comes_between_leaves_time_for_who_was_there_first(house: House) -> None:
    there_first = house.confirmed("flexi-16", at=slot(12, 13), layout="islands")
    tight, early = house.ask("flexi-16", at=slot(11, 12)), house.ask("flexi-16", at=slot(10, 11))
    house.decide()
    assert house.states(tight, early) == ["refused", "confirmed"]
    assert taken(house, early) == ["08 10:00-08 11:30"]
    assert taken(house, there_first) == ["08 12:00-08 13:00"]


@pytest.mark.parametrize("batch", [1, 500])
def test_days_apart_nobody_makes_room_for_anybody(house: House, batch: int) -> None:
    """Also when the book is read there for another request of the same batch."""
    house.confirmed("flexi-16", at=slot(9, 10, day=3), layout="islands")
    mine, other = house.ask("flexi-16", at=slot(9, 10)), house.ask("flexi-16", at=slot(12, 13, day=3), layout="islands")
    house.decide(batch)
    assert taken(house, mine) == ["08 09:00-08 10:00"]
    assert house.state(other) == "confirmed"
