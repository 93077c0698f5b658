"""Never more people in a room, or in the building, than is safe: what the fire regulations say, nobody overrides."""

from shared.domain.rules.finding import Finding, is_final
from shared.domain.rules.question import Request, Wanted
from shared.domain.sentences import Saying, say

ROOM_SAFETY = say(
    "room_safety_limit",
    Saying(
        fr="Par sécurité, « {name} » n'accueille pas plus de {safety_limit} personnes ; vous en attendez {people}.",
        en="For safety, “{name}” holds no more than {safety_limit} people; you expect {people}.",
        advice_fr=("{fix[people]} personnes au plus, ou un espace plus grand.",),
        advice_en=("{fix[people]} people at most, or a larger room.",),
    ),
)
BUILDING_SAFETY = say(
    "building_safety_limit",
    Saying(
        fr="Par sécurité, le bâtiment n'accueille pas plus de {building_limit} personnes à la fois : {others} y sont "
        "déjà attendues à ce moment-là, et vous en attendez {people}.",
        en="For safety, the building holds no more than {building_limit} people at a time: {others} are expected "
        "there already at that time, and you expect {people}.",
        advice_fr=("{fix[people]} personnes au plus, ou un autre moment.", "Choisissez un autre moment."),
        advice_en=("{fix[people]} people at most, or another time.", "Choose another time."),
    ),
)


def rooms_are_safe(request: Request) -> Finding | None:
    """The limits of the rooms together; a room without a limit does not limit."""
    if not request.people:
        return None
    total = 0
    for room in request.rooms:
        limit = room.policy.safety_limit
        if limit is None and room.part_ids:
            limit = _limit_of_parts(request, room)
        if limit is None:
            return None
        total += limit
    if not request.rooms or request.people <= total:
        return None
    name = " + ".join(room.name for room in request.rooms)
    return is_final(ROOM_SAFETY, {"name": name, "people": request.people, "safety_limit": total}, {"people": total})


def building_is_safe(request: Request) -> Finding | None:
    """Everybody who is in the building at one moment; who meets elsewhere is not in it."""
    limit = request.policy.building_limit
    if limit is None or not request.rooms or request.people_in_building + request.people <= limit:
        return None
    others = request.people_in_building
    fix = {"people": limit - others} if limit > others else {}
    return is_final(BUILDING_SAFETY, {"building_limit": limit, "others": others, "people": request.people}, fix)


def _limit_of_parts(request: Request, combination: Wanted) -> int | None:
    """What holds for the parts of a combination together, when it has no limit of its own."""
    limits = [r.policy.safety_limit for r in request.resources if r.id in combination.part_ids]
    known = [limit for limit in limits if limit is not None]
    return sum(known) if known and len(known) == len(combination.part_ids) else None
