"""A layout that is asked for is one that the rooms can have."""

from shared.domain.rules.finding import Facts, Finding, is_final
from shared.domain.rules.question import Request, Wanted
from shared.domain.sentences import Saying, say

UNKNOWN_LAYOUT = say(
    "unknown_layout",
    Saying(
        fr="« {name} » ne se dispose pas en « {layout} ».",
        en="“{name}” cannot be laid out as “{layout}”.",
        advice_fr=("Dispositions possibles : {choices}.", "Ne demandez pas de disposition."),
        advice_en=("Possible layouts: {choices_en}.", "Ask for no layout."),
    ),
)


def layout_is_known(request: Request) -> Finding | None:
    """Every room that has layouts has this one, and some room has; a combination stands for its parts."""
    if not request.layout:
        return None
    rooms = [room for room in request.rooms if room.policy.layouts]
    strangers = [room for room in rooms if request.layout not in room.policy.layouts]
    if rooms and not strangers:
        return None
    room = next(iter(strangers or request.rooms or request.resources), None)
    facts: Facts = {"name": room.name if room else "", "layout": request.layout}
    layouts = layouts_of_all(request)
    if room and layouts:
        chosen = [room.policy.layouts[slug] for slug in layouts]
        facts["choices"] = ", ".join(layout.name for layout in chosen)
        facts["choices_en"] = ", ".join(layout.name_en or layout.name for layout in chosen)
    return is_final(UNKNOWN_LAYOUT, facts, {"layout": layouts[0] if layouts else ""})


def layouts_of_all(request: Request) -> list[str]:
    """The layouts that all the rooms with layouts have, the usual one first."""
    rooms = [room for room in request.rooms if room.policy.layouts]
    if not rooms:
        return []
    known = [slug for slug in rooms[0].policy.layouts if _all_have(rooms, slug)]
    return sorted(known, key=lambda slug: slug != rooms[0].policy.default_layout)


def _all_have(rooms: list[Wanted], slug: str) -> bool:
    return all(slug in room.policy.layouts for room in rooms)
