"""Courses: where and when each of some sessions could be, in one room or from room to room; pure."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice

from shared.domain.openings import Openings
from shared.domain.places import Place
from shared.domain.slots import Slot

Session = tuple[Place, Slot]
Course = tuple[Session, ...]


def in_one_room(openings: Openings, places: Sequence[Place], sessions: int, most: int) -> list[Course]:
    """Up to `most` courses in each of the places: the earliest, and then those after it."""
    return [
        course
        for place in places
        for course in _in_turn([(place, slot) for slot in islice(openings.of(place), sessions * most)], sessions)
    ]


def from_room_to_room(
    openings: Openings, places: Sequence[Place], sessions: int, most: int, are_apart: Callable[[Slot, Slot], bool]
) -> list[Course]:
    """Up to `most` courses, the earliest there are, wherever each session has to be."""
    free = [(place, slot) for place in places for slot in islice(openings.of(place), sessions * most)]
    return list(_in_turn(list(islice(_wherever(free, are_apart), sessions * most)), sessions))


def _wherever(free: Sequence[Session], are_apart: Callable[[Slot, Slot], bool]) -> Iterator[Session]:
    """The next session is where the last one was, if it can be, or else in the first place that is free."""
    last: Session | None = None
    by_start = groupby(sorted(free, key=lambda session: session[1].start), key=lambda session: session[1].start)
    for choices in (list(group) for _, group in by_start):
        if last is None or are_apart(last[1], choices[0][1]):
            last = next((choice for choice in choices if last and choice[0] is last[0]), choices[0])
            yield last


def _in_turn(sessions: Sequence[Session], number: int) -> Iterator[Course]:
    """So many at a time; a rest that is too short is none."""
    for first in range(0, len(sessions) - number + 1, number):
        yield tuple(sessions[first : first + number])
