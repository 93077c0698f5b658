"""People have seats: those of the layout that was asked for, or of the room."""

from shared.domain.policy import Layout
from shared.domain.refusals import Refusal
from shared.domain.rules.finding import Facts, Finding, forbids
from shared.domain.rules.layout import layouts_of_all
from shared.domain.rules.question import Request, Wanted
from shared.domain.sentences import Saying, say

TOO_MANY_PEOPLE = say(
    "too_many_people",
    Saying(
        fr="Vous attendez {people} personnes, mais il n'y a que {seats} places.",
        en="You expect {people} people, but there are only {seats} seats.",
        advice_fr=("En disposition « {better} », il y a {better_seats} places.", "{fix[people]} personnes au plus."),
        advice_en=("In the layout “{better_en}” there are {better_seats} seats.", "{fix[people]} people at most."),
    ),
)


def everybody_has_a_seat(request: Request) -> Finding | None:
    """The seats of the rooms together; a room whose seats are not known does not limit."""
    if not request.people:
        return None
    seats = seats_in(request, request.layout)
    if seats is None or request.people <= seats:
        return None
    facts: Facts = {"people": request.people, "seats": seats}
    better = _better_layout(request)
    if better is None:
        return forbids(TOO_MANY_PEOPLE, facts, {"people": seats})
    more_seats, slug, layout = better
    facts |= {"better": layout.name, "better_en": layout.name_en or layout.name, "better_seats": more_seats}
    return forbids(TOO_MANY_PEOPLE, facts, {"layout": slug})


def people_have_seats(request: Request) -> Refusal | None:
    """The same, for who only wants the refusal."""
    finding = everybody_has_a_seat(request)
    return finding.refusal if finding else None


def seats_in(request: Request, asked: str) -> int | None:
    """How many seats the rooms have together in that layout, None when that is not known or there is no room."""
    if not request.rooms:
        return None
    total = 0
    for room in request.rooms:
        layout = _layout_of(room, asked)
        seats = room.seats if layout is None or layout.seats is None else layout.seats
        if seats is None:
            return None
        total += seats
    return total


def _layout_of(room: Wanted, asked: str) -> Layout | None:
    """How the room will stand: as asked, or else as it usually does."""
    layouts = room.policy.layouts
    return layouts.get(asked or room.policy.default_layout) if layouts else None


def _better_layout(request: Request) -> tuple[int, str, Layout] | None:
    """The smallest layout in which there are seats enough."""
    fitting = [
        (seats, slug)
        for slug in layouts_of_all(request)
        if (seats := seats_in(request, slug)) is not None and seats >= request.people
    ]
    if not fitting:
        return None
    seats, slug = min(fitting)
    room = next(room for room in request.rooms if room.policy.layouts)
    return seats, slug, room.policy.layouts[slug]
