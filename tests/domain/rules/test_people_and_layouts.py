"""Seats, layouts, safety limits, equipment and what must be said: one room, several, and rooms that combine."""

import pytest

from shared.domain.rules import Request, Wanted, judge
from shared.domain.rules.equipment import there_is_enough
from shared.domain.rules.layout import layout_is_known
from shared.domain.rules.required import nothing_is_missing
from shared.domain.rules.safety import building_is_safe, rooms_are_safe
from shared.domain.rules.seats import everybody_has_a_seat
from tests.domain.rules.asking import TOMORROW, ask, code, fixed, refusal, room

LAYOUTS = {
    "rows": {"name": "Rangées", "name_en": "Rows", "seats": 30},
    "islands": {"name": "Îlots", "seats": 20},
    "u": {"name": "En U", "name_en": "U shape", "seats": 14},
    "open": {"name": "Vide"},
}
FLEXI = room(1, 24, layouts=LAYOUTS, default_layout="islands")
SIXTEEN, NINETEEN = room(16, 16, "Flexi 16"), room(19, 19, "Flexi 19")
BOTH = room(35, 40, "Flexi 16+19", part_ids=(16, 19))
PROJECTOR = room(50, None, "Projecteur", kind="equipment", slug="projecteur", quantity=2)


def wants(*resources: Wanted, people: int = 0, layout: str = "", **more: object) -> Request:
    return ask(TOMORROW, *resources, people=people, layout=layout, **more)


@pytest.mark.parametrize(
    ("layout", "seats"),
    [("", 20), ("islands", 20), ("rows", 30), ("u", 14), ("open", 24)],
)
def test_the_layout_decides_how_many_have_a_seat(layout: str, seats: int) -> None:
    assert everybody_has_a_seat(wants(FLEXI, people=seats, layout=layout)) is None
    assert code(everybody_has_a_seat(wants(FLEXI, people=seats + 1, layout=layout))) == "too_many_people"


def test_the_smallest_layout_that_seats_everybody_is_proposed() -> None:
    request = wants(FLEXI, people=22, layout="u")
    no = refusal(everybody_has_a_seat(request))
    assert no.fix == {"layout": "open"}
    assert no.advice("fr") == "En disposition « Vide », il y a 24 places."
    assert everybody_has_a_seat(fixed(request, no.fix)) is None
    assert refusal(everybody_has_a_seat(wants(FLEXI, people=25))).advice("en") == (
        "In the layout “Rows” there are 30 seats."
    )


def test_where_no_layout_seats_them_all_fewer_people_are_proposed() -> None:
    request = wants(FLEXI, people=31)
    no = refusal(everybody_has_a_seat(request))
    assert (no.facts, no.fix, no.override) == ({"people": 31, "seats": 20}, {"people": 20}, "coordinator")
    assert everybody_has_a_seat(fixed(request, no.fix)) is None


def test_a_combination_counts_with_its_own_seats_and_its_parts_do_not() -> None:
    assert everybody_has_a_seat(wants(BOTH, SIXTEEN, NINETEEN, people=40)) is None
    assert refusal(everybody_has_a_seat(wants(SIXTEEN, BOTH, NINETEEN, people=41))).facts["seats"] == 40
    assert refusal(everybody_has_a_seat(wants(SIXTEEN, NINETEEN, people=41))).facts["seats"] == 35
    other = room(9, 10, "Hall")
    assert everybody_has_a_seat(wants(BOTH, SIXTEEN, NINETEEN, other, people=50)) is None


@pytest.mark.parametrize(
    ("resources", "layout", "expected", "fix"),
    [
        ((FLEXI,), "rows", None, None),
        ((FLEXI,), "circle", "unknown_layout", "islands"),
        ((SIXTEEN,), "rows", "unknown_layout", ""),  # it has none
        ((FLEXI, SIXTEEN), "rows", None, None),
        ((FLEXI, PROJECTOR), "rows", None, None),
        ((PROJECTOR,), "rows", "unknown_layout", ""),
        ((), "rows", "unknown_layout", ""),
        ((FLEXI, room(2, 9, "B", layouts={"u": {"name": "U"}})), "rows", "unknown_layout", "u"),
        ((FLEXI, room(2, 9, "B", layouts={"t": {"name": "T"}})), "rows", "unknown_layout", ""),
        ((BOTH, SIXTEEN, NINETEEN), "rows", "unknown_layout", ""),
    ],
)
def test_a_layout_is_one_that_the_rooms_have(
    resources: tuple[Wanted, ...], layout: str, expected: str | None, fix: str | None
) -> None:
    request = wants(*resources, layout=layout)
    found = layout_is_known(request)
    assert code(found) == expected
    if found:
        assert found.weight == "final"
        assert found.refusal.fix == {"layout": fix}
        assert layout_is_known(fixed(request, found.refusal.fix)) is None


def test_the_possible_layouts_are_named() -> None:
    no = refusal(layout_is_known(wants(FLEXI, layout="circle")))
    assert no.sentence("fr") == "« Flexi 16 » ne se dispose pas en « circle »."
    assert no.advice("en") == "Possible layouts: Îlots, Rows, U shape, Vide."
    assert refusal(layout_is_known(wants(SIXTEEN, layout="circle"))).advice("fr") == "Ne demandez pas de disposition."


def test_a_combination_has_its_own_layouts() -> None:
    combined = room(35, 40, "Flexi 16+19", part_ids=(16, 19), layouts={"rows": {"name": "Rangées"}})
    part = room(16, 16, layouts={"u": {"name": "U"}}, required=["layout"])
    assert layout_is_known(wants(combined, part, NINETEEN, layout="rows")) is None
    assert nothing_is_missing(wants(combined, part, NINETEEN, layout="")) is None


@pytest.mark.parametrize("by_coordinator", [False, True])
def test_nobody_overrides_the_safety_limit(by_coordinator: bool) -> None:
    safe = room(1, 60, safety_limit=40)
    assert rooms_are_safe(wants(safe, people=40)) is None
    request = wants(safe, people=41, by_coordinator=by_coordinator, override="fête")
    found = rooms_are_safe(request)
    assert found is not None
    assert (found.weight, found.refusal.override, found.refusal.fix) == ("final", "nobody", {"people": 40})
    assert rooms_are_safe(fixed(request, found.refusal.fix)) is None


@pytest.mark.parametrize(
    ("resources", "limit"),
    [
        ((room(1, safety_limit=10), room(2, safety_limit=20)), 30),
        ((room(1, safety_limit=10), room(2)), None),
        ((room(1, safety_limit=10), PROJECTOR), 10),
        ((PROJECTOR,), None),
        ((room(35, part_ids=(1, 2)), room(1, safety_limit=10), room(2, safety_limit=20)), 30),
        ((room(35, part_ids=(1, 2), safety_limit=25), room(1, safety_limit=10), room(2, safety_limit=20)), 25),
        ((room(35, part_ids=(1, 2)), room(1, safety_limit=10), room(2)), None),
    ],
)
def test_the_limits_of_several_rooms_add_up(resources: tuple[Wanted, ...], limit: int | None) -> None:
    assert rooms_are_safe(wants(*resources, people=limit or 9999)) is None
    if limit is not None:
        assert refusal(rooms_are_safe(wants(*resources, people=limit + 1))).facts["safety_limit"] == limit


@pytest.mark.parametrize(
    ("others", "people", "fix"),
    [(80, 20, None), (80, 21, {"people": 20}), (100, 1, {}), (120, 0, {}), (0, 101, {"people": 100})],
)
def test_the_building_is_never_too_full(others: int, people: int, fix: dict[str, int] | None) -> None:
    request = wants(room(1, None), people=people, people_in_building=others, site={"building_limit": 100})
    found = building_is_safe(request)
    assert (found.refusal.fix if found else None) == fix
    if found and fix:
        assert building_is_safe(fixed(request, fix)) is None
        assert found.weight == "final"


def test_who_meets_elsewhere_is_not_in_the_building() -> None:
    for resources in ((), (PROJECTOR,)):
        request = wants(*resources, people=500, people_in_building=500, site={"building_limit": 100})
        assert building_is_safe(request) is None


@pytest.mark.parametrize(
    ("quantities", "fix"),
    [
        ({}, None),
        ({"projecteur": 2}, None),
        ({"projecteur": 3}, {"projecteur": 2}),
        ({"projecteur": 3, "estrade": 1}, {"projecteur": 2, "estrade": 1}),
    ],
)
def test_nobody_gets_more_than_there_is(quantities: dict[str, int], fix: dict[str, int] | None) -> None:
    request = wants(FLEXI, PROJECTOR, quantities=quantities)
    found = there_is_enough(request)
    assert (found.refusal.fix if found else None) == ({"quantities": fix} if fix else None)
    if found:
        assert found.refusal.facts == {"name": "Projecteur", "asked": 3, "owned": 2}
        assert there_is_enough(fixed(request, found.refusal.fix)) is None


def test_a_room_says_what_it_must_know() -> None:
    strict = room(1, 24, required=["people", "note", "layout"], layouts=LAYOUTS, default_layout="u")
    request = wants(strict)
    assert code(nothing_is_missing(request)) == "people_required"
    request = fixed(request, {"people": 3, "note": "  "})
    assert code(nothing_is_missing(request)) == "note_required"
    request = fixed(request, {"note": "Atelier lecture"})
    no = refusal(nothing_is_missing(request))
    assert (no.code, no.fix) == ("layout_required", {"layout": "u"})
    assert no.advice("fr") == "Dispositions possibles : En U, Rangées, Îlots, Vide."
    assert nothing_is_missing(fixed(request, no.fix)) is None


def test_a_layout_is_required_only_where_there_is_a_choice() -> None:
    assert nothing_is_missing(wants(room(1, required=["layout"]), PROJECTOR)) is None


def test_who_sets_nothing_hears_nothing() -> None:
    assert judge(wants(room(), PROJECTOR, people=16)) == ()
    assert judge(wants()) == ()
