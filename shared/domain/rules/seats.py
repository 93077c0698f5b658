"""People have seats: those of the layout that was asked for, or of the room."""

from collections.abc import Iterable

from shared.domain.policy import Layout
from shared.domain.refusals import Refusal
from shared.domain.rules.finding import Facts, Finding, forbids
from shared.domain.rules.question import Request, Wanted
from shared.domain.sentences import Saying, say

TOO_MANY_PEOPLE = say(
    "too_many_people",
    Saying(
        fr="Vous attendez {people} personnes, mais il n'y a que {seats} places.",
        en="You expect {people} people, but there are only {seats} seats.",
        advice_fr=(
            "Avec la disposition « {fix[layout]} », il y a {more_seats} places.",
            "{fix[people]} personnes au plus y ont leur place.",
        ),
        advice_en=(
            "In the layout “{fix[layout]}” there are {more_seats} seats.",
            "At most {fix[people]} people have a seat there.",
        ),
    ),
)


def everybody_has_a_seat(request: Request) -> Finding | None:
    """The seats of the rooms together; a room whose seats are not known does not limit."""
    if not request.people:
        return None
    seats = _seats(request.rooms, request.layout)
    if seats is None or request.people <= seats:
        return None
    facts: Facts = {"people": request.people, "seats": seats}
    better = _better_layout(request)
    if better is None:
        return forbids(TOO_MANY_PEOPLE, facts, {"people": seats})
    layout, more_seats = better
    return forbids(TOO_MANY_PEOPLE, facts | {"more_seats": more_seats}, {"layout": layout})


def people_have_seats(request: Request) -> Refusal | None:
    """The same, for who only wants the refusal."""
    finding = everybody_has_a_seat(request)
    return finding.refusal if finding else None


def layout_of(room: Wanted, asked: str) -> Layout | None:
    """How the room will stand: as asked, or else as it usually does."""
    layouts = room.policy.layouts
    return layouts.get(asked or room.policy.default_layout) if layouts else None


def _seats(rooms: Iterable[Wanted], asked: str) -> int | None:
    total, has_rooms = 0, False
    for room in rooms:
        layout = layout_of(room, asked)
        seats = room.seats if layout is None or layout.seats is None else layout.seats
        if seats is None:
            return None
        total, has_rooms = total + seats, True
    return total if has_rooms else None


def _better_layout(request: Request) -> tuple[str, int] | None:
    """The smallest layout, known to all the rooms that have any, in which there are seats enough."""
    known = [set(room.policy.layouts) for room in request.rooms if room.policy.layouts]
    fitting = []
    for layout in set.intersection(*known) if known else ():
        seats = _seats(request.rooms, layout)
        if seats is not None and seats >= request.people:
            fitting.append((seats, layout))
    return (min(fitting)[1], min(fitting)[0]) if fitting else None
