"""A timetable says who holds what, exactly as a plain list would, only faster."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.timetable import Stretch, Timetable

DAWN = datetime(2027, 11, 8, tzinfo=UTC)
Hours = tuple[int, int]
stretches = st.tuples(st.integers(0, 40), st.integers(1, 8)).map(lambda s: (s[0], s[0] + s[1]))


def at(hour: int) -> datetime:
    return DAWN + timedelta(hours=hour)


def stretch(start: int, end: int, owner: int) -> Stretch:
    return Stretch(at(start), at(end), owner, at(start), at(end))


def owners_in(book: list[tuple[int, int, int]], start: int, end: int) -> list[int]:
    return [owner for a, b, owner in sorted(book) if a < end and start < b]


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.lists(stretches, max_size=20), stretches)
def test_a_timetable_agrees_with_a_plain_list(wishes: list[Hours], question: Hours) -> None:
    timetable, book = Timetable(), list[tuple[int, int, int]]()
    for owner, (start, end) in enumerate(wishes):
        in_the_way = owners_in(book, start, end)
        assert timetable.owners_within(at(start), at(end)) == in_the_way
        if in_the_way:
            with pytest.raises(ValueError, match="taken already"):
                timetable.take(stretch(start, end, owner))
        else:
            timetable.take(stretch(start, end, owner))
            book.append((start, end, owner))
    assert timetable.owners_within(at(question[0]), at(question[1])) == owners_in(book, *question)


def test_neighbours_touch_without_meeting() -> None:
    timetable = Timetable()
    for owner, start in enumerate((9, 15, 12)):
        timetable.take(stretch(start, start + 3, owner))
    assert timetable.owners_within(at(0), at(9)) == []
    assert timetable.owners_within(at(18), at(24)) == []
    assert timetable.owners_within(at(11), at(16)) == [0, 2, 1]
