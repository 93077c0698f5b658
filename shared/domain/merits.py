"""The merits of a course of sessions: what it weighs in points, how it ranks, and why it is an answer; pure."""

from collections.abc import Iterator, Sequence

from shared.domain.courses import Course
from shared.domain.places import Place
from shared.domain.ranking import MOST_SWITCHING, MOST_WAITING, SWITCHING, WAITING_DAY, Merit, by_merit, points_of_place
from shared.domain.reasons import Reason
from shared.domain.slots import Slot
from shared.domain.vacancies import Vacancies
from shared.domain.wishes import Question

PERFECT, JOINED = 1000, 500  # of a score


class Merits:
    """Compares courses with the question, with each other, and with what else there is."""

    def __init__(
        self, question: Question, places: Sequence[Place], vacancies: Vacancies, courses: Sequence[Course]
    ) -> None:
        self._question, self._places, self._vacancies = question, places, vacancies
        self._earliest_end = min((course[-1][1].end for course in courses), default=None)

    def points(self, course: Course) -> int:
        """How far the rooms are from fitting, how long one waits on average, and how often rooms change."""
        days, people = self._question.days, self._question.people
        fitting = sum(points_of_place(place, people) for place, _ in course) // len(course)
        waits = [(slot.start.astimezone(days.zone).date() - days.first).days for _, slot in course]
        waiting = min(MOST_WAITING, WAITING_DAY * sum(waits) // len(course))
        return fitting + waiting + min(MOST_SWITCHING, SWITCHING * (len(_places_of(course)) - 1))

    def order(self, course: Course) -> tuple[bool, int, list[Slot], list[Merit]]:
        """The best first, any single room before rooms joined; no two courses are alike."""
        by_size = [by_merit(place, self._question.people) for place, _ in course]
        return _is_joined(course), self.points(course), [slot for _, slot in course], by_size

    def score(self, course: Course) -> int:
        """At most 1000; better is more, in the order of the answers."""
        return max(0, PERFECT - self.points(course) - JOINED * _is_joined(course))

    def reasons(self, course: Course) -> Iterator[Reason]:
        """Those about the room first."""
        places = _places_of(course)
        if len(places) == 1:
            yield self._size(places[0], course)
            if len(course) > 1:
                yield Reason("same_room", {"count": len(course)})
        else:
            yield Reason("several_rooms", {"count": len(places)})
        if _is_joined(course):
            yield Reason("joined_rooms")
        for layout, is_rearranged in dict.fromkeys((place.layout, place.is_rearranged) for place in places):
            if is_rearranged:
                yield Reason("needs_layout_change", {"layout": layout})
            elif self._question.layout:
                yield Reason("stands_as_wanted", {"layout": layout})
        if course[-1][1].end == self._earliest_end:
            yield Reason("earliest")

    def _size(self, place: Place, course: Course) -> Reason:
        if place.seats is None:
            return Reason("seats_not_known")
        empty = place.seats - self._question.people
        if empty == 0:
            return Reason("fits_exactly", {"seats": place.seats})
        smaller = [other for other in self._places if other.seats is not None and other.seats < place.seats]
        if not smaller:
            return Reason("smallest_that_fits", {"seats": place.seats})
        if not any(self._has_all(other, course) for other in smaller):
            return Reason("smaller_are_taken", {"seats": place.seats})
        return Reason("larger_than_needed", {"seats": place.seats, "empty": empty})

    def _has_all(self, place: Place, course: Course) -> bool:
        return all(self._vacancies.has(place, slot.start, slot.end) for _, slot in course)


def _places_of(course: Course) -> list[Place]:
    """Each once, in the order of the sessions."""
    return list(dict.fromkeys(place for place, _ in course))


def _is_joined(course: Course) -> bool:
    return any(place.is_combination for place, _ in course)
