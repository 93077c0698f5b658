"""When more of a thing is held than there is."""

from datetime import UTC, datetime

import pytest

from shared.domain.crowded import Held, crowding


def held(start: int, end: int, units: int, owner: int = 0) -> Held:
    return Held(datetime(2027, 11, 8, start, tzinfo=UTC), datetime(2027, 11, 8, end, tzinfo=UTC), units, owner)


@pytest.mark.parametrize(
    ("stays", "limit", "owners"),
    [
        ([], 0, []),
        ([held(9, 12, 5, 1)], 5, []),
        ([held(9, 12, 5, 1)], 4, [1]),
        ([held(9, 12, 3, 1), held(12, 13, 3, 2)], 5, []),  # one after the other
        ([held(9, 12, 3, 1), held(11, 13, 3, 2)], 5, [1, 2]),
        ([held(9, 18, 3, 1), held(10, 11, 1, 2), held(12, 13, 4, 3)], 5, [1, 3]),  # the short one was gone by then
        ([held(12, 13, 4, 3), held(9, 18, 3, 1)], 6, [1, 3]),
    ],
)
def test_who_is_there_when_it_is_too_full(stays: list[Held], limit: int, owners: list[int]) -> None:
    assert [stay.owner for stay in crowding(stays, limit)] == owners
