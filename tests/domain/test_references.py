"""What policies name and nobody laid down."""

from typing import Any

from shared.domain.policy.references import loose_ends

FLEXI: dict[str, Any] = {"layouts": {"rows": {"name": "Rangées"}, "islands": {"name": "Îlots"}}}


def way(before: str, after: str) -> dict[str, Any]:
    return {"transitions": [{"from_layout": before, "to_layout": after, "minutes": 5}]}


def test_what_is_there_is_no_loose_end() -> None:
    site = {"who_may_book": ["everybody", "group:staff"], **way("rows", "*")}
    assert list(loose_ends([("site", site), ("room flexi", FLEXI)], {"staff"})) == []


def test_groups_and_layouts_that_are_nowhere_are_named_with_the_policy() -> None:
    site = {"book_for_others": ["group:staff"], "who_may_exceed": ["group:staff", "coordinators"], **way("u", "rows")}
    lab = {"who_may_request": ["group:cinema"]}
    found = list(loose_ends([("site", site), ("room flexi", FLEXI), ("room lab", lab)], {"others"}))
    assert found == ["site: no group staff", "site: no layout u", "room lab: no group cinema"]
