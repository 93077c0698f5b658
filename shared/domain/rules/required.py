"""A request says what the rooms need to know."""

from shared.domain.rules.finding import Finding, forbids
from shared.domain.rules.layout import layouts_of_all
from shared.domain.rules.question import Request
from shared.domain.sentences import Saying, say

PEOPLE_REQUIRED = say(
    "people_required",
    Saying(
        fr="Pour « {name} », dites combien de personnes vous attendez.",
        en="For “{name}”, say how many people you expect.",
    ),
)
NOTE_REQUIRED = say(
    "note_required",
    Saying(
        fr="Pour « {name} », dites en une phrase ce que vous y ferez.",
        en="For “{name}”, say in a sentence what you will do there.",
    ),
)
LAYOUT_REQUIRED = say(
    "layout_required",
    Saying(
        fr="Pour « {name} », choisissez une disposition.",
        en="For “{name}”, choose a layout.",
        advice_fr=("Dispositions possibles : {choices}.",),
        advice_en=("Possible layouts: {choices_en}.",),
    ),
)


def nothing_is_missing(request: Request) -> Finding | None:
    for resource in request.resources:
        for field in resource.policy.required:
            if field == "people" and not request.people:
                return forbids(PEOPLE_REQUIRED, {"name": resource.name})
            if field == "note" and not request.note.strip():
                return forbids(NOTE_REQUIRED, {"name": resource.name})
            if field == "layout" and not request.layout and resource in request.rooms:
                finding = _layout(request, resource.name)
                if finding:
                    return finding
    return None


def _layout(request: Request, name: str) -> Finding | None:
    """Where there is a choice."""
    slugs = layouts_of_all(request)
    if not slugs:
        return None
    room = next(room for room in request.rooms if room.policy.layouts)
    layouts = [room.policy.layouts[slug] for slug in slugs]
    facts: dict[str, str | int] = {
        "name": name,
        "choices": ", ".join(layout.name for layout in layouts),
        "choices_en": ", ".join(layout.name_en or layout.name for layout in layouts),
    }
    return forbids(LAYOUT_REQUIRED, facts, {"layout": slugs[0]})
