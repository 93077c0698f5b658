"""The truth: whatever a program believes, the database lets no two occupancies of one resource overlap."""

import pytest
from psycopg.errors import CheckViolation, ExclusionViolation
from sqlalchemy.exc import IntegrityError

from tests.house import House

WRITE = """
INSERT INTO occupancy (resource_id, reservation_id, during) VALUES (:room, :id, CAST(:during AS tstzrange)) RETURNING 1
"""


def occupy(house: House, room: str, during: str) -> None:
    stranger = house.ask("flexi-36", who="claire")
    house.rows(WRITE, room=house.rooms[room], id=stranger, during=during)


@pytest.fixture
def taken(house: House) -> House:
    """Flexi 16 is taken from nine to twelve."""
    occupy(house, "flexi-16", "[2027-11-08 09:00Z,2027-11-08 12:00Z)")
    return house


@pytest.mark.parametrize(
    "during",
    [
        "[2027-11-08 09:00Z,2027-11-08 12:00Z)",
        "[2027-11-08 08:00Z,2027-11-08 09:00:00.000001Z)",
        "[2027-11-08 11:59:59.999999Z,2027-11-08 13:00Z)",
        "[2027-11-08 10:00Z,2027-11-08 11:00Z)",
        "[2027-11-01 00:00Z,2027-11-30 00:00Z)",
        "[2027-11-08 12:30+01,2027-11-08 12:45+01)",
    ],
)
def test_an_overlap_is_impossible(taken: House, during: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        occupy(taken, "flexi-16", during)
    assert isinstance(caught.value.orig, ExclusionViolation)


def test_a_reservation_cannot_even_overlap_itself(taken: House) -> None:
    [own] = taken.rows("SELECT reservation_id AS id FROM occupancy")
    with pytest.raises(IntegrityError):
        taken.rows(WRITE, room=taken.rooms["flexi-16"], id=own.id, during="[2027-11-08 11:00Z,2027-11-08 13:00Z)")


@pytest.mark.parametrize(
    ("room", "during"),
    [
        ("flexi-16", "[2027-11-08 12:00Z,2027-11-08 13:00Z)"),
        ("flexi-16", "[2027-11-08 08:00Z,2027-11-08 09:00Z)"),
        ("flexi-19", "[2027-11-08 09:00Z,2027-11-08 12:00Z)"),
    ],
)
def test_neighbours_and_other_rooms_do_not_overlap(taken: House, room: str, during: str) -> None:
    occupy(taken, room, during)
    assert len(taken.rows("SELECT FROM occupancy")) == 2


def test_a_changed_occupancy_cannot_overlap_either(taken: House) -> None:
    occupy(taken, "flexi-16", "[2027-11-08 12:00Z,2027-11-08 13:00Z)")
    with pytest.raises(IntegrityError) as caught:
        taken.rows("UPDATE occupancy SET during = tstzrange('2027-11-08 10:00Z', upper(during)) RETURNING 1")
    assert isinstance(caught.value.orig, ExclusionViolation)


@pytest.mark.parametrize(
    "during",
    [
        "empty",
        "[2027-11-08 09:00Z,2027-11-08 09:00Z)",
        "(,)",
        "[2027-11-08 09:00Z,)",
        "(,2027-11-08 09:00Z)",
        "[2027-11-08 09:00Z,infinity)",
        "[-infinity,2027-11-08 09:00Z)",
        "[2027-11-08 09:00Z,2027-11-08 12:00Z]",
        "(2027-11-08 09:00Z,2027-11-08 12:00Z)",
    ],
)
def test_what_is_empty_endless_or_not_half_open_is_no_occupancy(house: House, during: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        occupy(house, "flexi-16", during)
    assert isinstance(caught.value.orig, CheckViolation)
