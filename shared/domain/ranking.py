"""Ranking: what each change costs those who asked, and how a few answers that differ are chosen of many."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from shared.domain.places import Place

# All that ranks is added up in points, here and nowhere else. What a point is worth: a seat that stays empty.
EMPTY_SEAT = 1
MOST_EMPTY = 100  # beyond, a room is only too large; one whose seats are not known counts as much, and comes last
REARRANGING = 20  # another layout: somebody moves the tables
ANOTHER_ROOM = 40  # everybody has to be told, nobody has to change their day
COMBINATION = MOST_EMPTY + REARRANGING + 10  # two rooms blocked for one booking: behind any single room then
ANOTHER_TIME = 60  # may suit some and not others, so at once more than another room
AN_HOUR = 10  # for each hour earlier or later; four hours later today come before tomorrow
ANOTHER_DAY = 60  # at the same hour
A_DAY = 10  # and for each day earlier or later
A_CUT = 30  # a series changes its room once more; its dates count by their average
LEFT_OUT = 150  # a date of it that no room can take then
# When a room is looked for:
WAITING_DAY = 2  # a day later, for the sessions on average, weighs as much as two empty seats
MOST_WAITING = 300
SWITCHING = 40  # another room for some of the sessions
MOST_SWITCHING = 80
# What only counts while answers are chosen, so that they differ: three times the same room is one answer, not three.
SAME_ROOMS_AGAIN = 40
SAME_TIME_AGAIN = 25
THIRD_TIME = 1000  # only when there is nothing else

A = TypeVar("A")
Merit = tuple[int, bool, int, tuple[int, ...]]


def points_of_place(place: Place, people: int) -> int:
    """What is not ideal about a place for so many people, whatever the time."""
    empty = MOST_EMPTY if place.seats is None else min(MOST_EMPTY, EMPTY_SEAT * (place.seats - people))
    return empty + REARRANGING * place.is_rearranged + COMBINATION * place.is_combination


def points_of_time(wished: datetime, other: datetime) -> int:
    """How far another time is from the one wished for; both on the clock of the wall, in one zone."""
    if wished == other:
        return 0
    days = abs((other.date() - wished.date()).days)
    shift = abs(_of_day(other) - _of_day(wished))
    by_day = (ANOTHER_DAY + A_DAY * days if days else 0) + _hours(shift)
    # half past eleven at night and half past midnight are two days, but one hour
    return ANOTHER_TIME + min(by_day, _hours(abs(other - wished)))


def by_merit(place: Place, people: int) -> Merit:
    """The order of places, best first; no two are alike, so that ranking never depends on how they came."""
    return points_of_place(place, people), place.seats is None, place.seats or 0, place.asked


def choose(
    answers: Iterable[tuple[int, A]], most: int, *, rooms: Callable[[A], Hashable], when: Callable[[A], Hashable]
) -> list[A]:
    """Up to `most` of the answers, which come in order and with their points: good ones that differ, in that order.

    At no time is an answer chosen and a better one at the same time left out.
    """
    rest = [(points, order, answer) for order, (points, answer) in enumerate(answers)]
    used_rooms, used_times = Counter[Hashable](), Counter[Hashable]()

    def points_now(entry: tuple[int, int, A]) -> tuple[int, int]:
        points, order, answer = entry
        again = used_rooms[rooms(answer)]
        points += SAME_ROOMS_AGAIN * again + SAME_TIME_AGAIN * used_times[when(answer)]
        return points + (THIRD_TIME if again > 1 else 0), order

    chosen: list[tuple[int, int, A]] = []
    while rest and len(chosen) < most:
        best_of_each_time = {when(entry[2]): entry for entry in reversed(rest)}
        best = min(best_of_each_time.values(), key=points_now)
        rest.remove(best)
        chosen.append(best)
        used_rooms[rooms(best[2])] += 1
        used_times[when(best[2])] += 1
    return [answer for _, _, answer in sorted(chosen, key=lambda entry: entry[1])]


def _of_day(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)


def _hours(shift: timedelta) -> int:
    return round(AN_HOUR * (shift / timedelta(hours=1)))
