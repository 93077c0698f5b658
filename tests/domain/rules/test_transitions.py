"""Set-up and clearing, by room and by the layouts before and after."""

from typing import Any

import pytest

from shared.domain.policy import merge
from shared.domain.rules import clearing_after, set_up_before
from tests.domain.rules.asking import minutes

LAYOUTS = {slug: {"name": slug} for slug in ("rows", "islands", "u")}


def transition(before: str, after: str, takes: int) -> dict[str, Any]:
    return {"from_layout": before, "to_layout": after, "minutes": takes}


FLEXI = merge(
    {
        "setup_minutes": 10,
        "clearing_minutes": 5,
        "layouts": LAYOUTS,
        "default_layout": "rows",
        "transitions": [
            transition("rows", "islands", 30),
            transition("u", "*", 20),
            transition("*", "islands", 25),
        ],
    }
)
RESET = merge({"transitions": [transition("*", "*", 20), transition("rows", "u", 45)]})


@pytest.mark.parametrize(
    ("policy", "previous", "layout", "expected"),
    [
        (FLEXI, None, "islands", 10),  # nobody was there
        (FLEXI, "rows", "islands", 40),
        (FLEXI, "", "islands", 40),  # nothing said: as it usually stands
        (FLEXI, "rows", "", 10),
        (FLEXI, "islands", "rows", 10),  # nothing is said of that way
        (FLEXI, "u", "rows", 30),
        (FLEXI, "u", "islands", 30),  # where both are, what leaves counts
        (FLEXI, "islands", "islands", 10),  # any other is not the same
        (FLEXI, "u", "u", 10),
        (RESET, None, "", 0),
        (RESET, "", "", 20),  # a reset is needed by the same again, too
        (RESET, "rows", "rows", 20),
        (RESET, "rows", "u", 45),  # the most exact only
        (merge({}), "rows", "u", 0),
    ],
)
def test_a_room_is_set_up_for_what_comes(policy: Any, previous: str | None, layout: str, expected: int) -> None:
    assert set_up_before(policy, previous, layout) == minutes(expected)


def test_a_room_is_cleared_after_and_made_ready_for_whom_was_there_first() -> None:
    assert clearing_after(FLEXI, "rows") == minutes(5)
    assert clearing_after(FLEXI, "rows", "islands") == minutes(35)
    assert clearing_after(FLEXI, "islands", "rows") == minutes(5)
    assert clearing_after(RESET, "", "") == minutes(20)
