"""Find a room: for so many people, sessions and things, between two dates; ranked answers with their reasons; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.domain.courses import Course, from_room_to_room, in_one_room
from shared.domain.day_parts import Days, Part
from shared.domain.merits import Merits
from shared.domain.openings import Openings
from shared.domain.places import Place, RoomOffer, gap_between
from shared.domain.ranking import choose
from shared.domain.reasons import Reason
from shared.domain.slots import Slot
from shared.domain.vacancies import Stock, Vacancies
from shared.domain.wishes import Question, Supply

__all__ = ["Answer", "Days", "Meeting", "Part", "Question", "Reason", "RoomOffer", "Stock", "Supply", "find"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One session in one room, or combination of rooms; layout: the one to ask for, '' for none."""

    room_id: int
    slot: Slot
    layout: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """All the sessions in order; no promise. The score is at most 1000, and higher for a better answer."""

    meetings: tuple[Meeting, ...]
    score: int
    reasons: tuple[Reason, ...] = field(compare=False)

    @property
    def room_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(meeting.room_id for meeting in self.meetings))

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(meeting.slot for meeting in self.meetings)


def find(question: Question, supply: Supply, most: int = 5) -> list[Answer]:
    """Up to `most` answers, the best first: rooms that fit and soon, and any single room before rooms joined."""
    places, vacancies = supply.places(question), supply.vacancies(question)
    courses = _courses(question, supply, places, vacancies, most)
    merits = Merits(question, places, vacancies, courses)
    ordered = [(merits.points(course), course) for course in sorted(courses, key=merits.order)]
    return [
        Answer(
            tuple(Meeting(place.asked[0], slot, place.layout) for place, slot in course),
            merits.score(course),
            tuple(merits.reasons(course)),
        )
        for course in choose(ordered, most, rooms=_rooms_of, when=_slots_of)
    ]


def _courses(
    question: Question, supply: Supply, places: Sequence[Place], vacancies: Vacancies, most: int
) -> list[Course]:
    is_once_a_day = question.sessions > 1 and question.is_on_distinct_days
    windows = question.days.windows(supply.now)
    openings = Openings(vacancies, windows, question.length, is_once_a_day, supply.now)
    courses = in_one_room(openings, places, question.sessions, most)
    if question.sessions > 1 and not question.is_in_one_room:
        courses += from_room_to_room(openings, places, question.sessions, most, _apart(question, places))
    return list(dict.fromkeys(courses))


def _apart(question: Question, places: Sequence[Place]) -> Callable[[Slot, Slot], bool]:
    gap, zone = gap_between(places), question.days.zone

    def are_apart(slot: Slot, later: Slot) -> bool:
        if slot.end + gap > later.start:
            return False
        is_other_day = slot.start.astimezone(zone).date() != later.start.astimezone(zone).date()
        return is_other_day or not question.is_on_distinct_days

    return are_apart


def _rooms_of(course: Course) -> frozenset[tuple[int, ...]]:
    return frozenset(place.asked for place, _ in course)


def _slots_of(course: Course) -> tuple[Slot, ...]:
    return tuple(slot for _, slot in course)
