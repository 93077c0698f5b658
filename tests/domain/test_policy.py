"""Policies: what a scope may set, how errors are told, and how the layers become one."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.errors import InvalidInputError
from shared.domain.policy import NOTHING_SET, SCOPES, Opening, Policy, checked, merge, scopes_of
from shared.domain.policy.opening import minutes_of

LAYOUTS = {"rows": {"name": "Rangées", "seats": 30}}


def problems(scope: Any, **body: Any) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        checked(scope, body)
    assert caught.value.code == "bad_policy"
    found = caught.value.details["problems"]
    assert isinstance(found, list)
    return [f"{problem['knob']}: {problem['problem']}" for problem in found]


@pytest.mark.parametrize("scope", SCOPES)
def test_every_example_of_the_documentation_is_valid_where_it_says_so(scope: Any) -> None:
    for name, field in Policy.model_fields.items():
        body = {name: field.examples[0] if field.examples else None}
        if name in {"transitions", "default_layout"}:
            body["layouts"] = {"islands": {"name": "Îlots"}, "rows": {"name": "Rangées"}}
        if scope in scopes_of(name):
            body = {key: value for key, value in body.items() if scope in scopes_of(key)}
            assert checked(scope, body).keys() == body.keys()
        else:
            assert any(name in problem for problem in problems(scope, **body))


@pytest.mark.parametrize(
    ("scope", "body", "said"),
    [
        ("room", {"building_limit": 9}, ["building_limit: it cannot be set for a room, only for a site"]),
        ("room", {"school_zone": "A"}, ["school_zone: it cannot be set for a room, only for a site"]),
        ("group", {"setup_minutes": 9}, ["setup_minutes: it cannot be set for a group, only for a site or a room"]),
        ("group", {"layouts": LAYOUTS}, ["layouts: it cannot be set for a group, only for a room"]),
        ("site", {"safety_limit": 9}, ["safety_limit: it cannot be set for a site, only for a room"]),
        ("site", {"windows_days": 9}, ["windows_days: there is no such knob, did you mean 'window_days'?"]),
        ("site", {"colour": "red"}, ["colour: there is no such knob"]),
        ("site", {"window_days": -1}, ["window_days: input should be greater than or equal to 0"]),
        ("site", {"window_days": 99999}, ["window_days: input should be less than or equal to 3660"]),
        ("site", {"on_closures": "maybe"}, ["on_closures: input should be 'allow', 'warn' or 'forbid'"]),
        ("site", {"series": {"lengths": 3}}, ["series.lengths: extra inputs are not permitted"]),
        ("site", {"step_minutes": 7}, ["step_minutes: a step must divide a day, such as 5, 15, 30, 60 or 240 minutes"]),
        ("room", {"default_layout": "u"}, ["default_layout: default_layout 'u' is none of the layouts"]),
        (
            "room",
            {
                "layouts": LAYOUTS,
                "transitions": [
                    {"from_layout": "rows", "to_layout": "*", "minutes": 5},
                    {"from_layout": "rows", "to_layout": "u", "minutes": 5},
                ],
            },
            ["transitions.1: 'u' is none of the layouts"],
        ),
        (
            "room",
            {"shortest_minutes": 60, "longest_minutes": 30},
            ["shortest_minutes: the shortest booking (60) is longer than the longest"],
        ),
        (
            "site",
            {"approval": {"hours": 24}},
            ["approval: reminding (24 h) comes before escalating (48 h) and that before the end (24 h)"],
        ),
        (
            "site",
            {"lead_minutes": None, "nonsense": 1},
            ["nonsense: there is no such knob", "lead_minutes: input should be a valid integer"],
        ),
    ],
)
def test_what_is_wrong_is_said_knob_by_knob(scope: Any, body: dict[str, Any], said: list[str]) -> None:
    assert problems(scope, **body) == said


@pytest.mark.parametrize("who", ["", "all", "group:", "group:Staff", "group:a b", "everybody "])
def test_who_is_everybody_coordinators_nobody_or_a_group(who: str) -> None:
    assert len(problems("site", who_may_book=[who])) == 1


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        (["9:00-12:00"], "'9:00-12:00' is not a span like '09:00-12:30'"),
        (["09:00-12:00 "], "'09:00-12:00 ' is not a span like '09:00-12:30'"),
        (["09:60-12:00"], "'09:60-12:00' is not a span like '09:00-12:30'"),
        (["24:00-24:00"], "'24:00-24:00' is not a span like '09:00-12:30'"),
        (["09:00-24:01"], "'09:00-24:01' ends after the day does: '24:00' is the latest end"),
        (["12:00-12:00"], "'12:00-12:00' must end after it starts; a night is two days: '20:00-24:00', '00:00-06:00'"),
        (["20:00-06:00"], "'20:00-06:00' must end after it starts; a night is two days: '20:00-24:00', '00:00-06:00'"),
        (["09:00-12:00", "11:00-13:00"], "'09:00-12:00' and '11:00-13:00' overlap or are not in order"),
        (["13:00-15:00", "09:00-12:00"], "'13:00-15:00' and '09:00-12:00' overlap or are not in order"),
    ],
)
def test_opening_hours_are_well_formed_sorted_and_disjoint(spans: list[str], said: str) -> None:
    assert said in problems("site", opening={"monday": spans})[0]


@pytest.mark.parametrize("spans", [[], ["00:00-24:00"], ["09:00-12:00", "12:00-18:00"], ["22:00-24:00"]])
def test_a_day_may_be_closed_whole_or_in_pieces(spans: list[str]) -> None:
    assert checked("site", {"opening": {"monday": spans}}) == {"opening": {"monday": spans}}


def test_spans_that_touch_are_joined() -> None:
    week = Opening(tuesday=("09:00-12:00", "12:00-18:00", "19:00-24:00")).week
    assert (week[0], week[1]) == ((), ((540, 1080), (1140, 1440)))


minutes = st.integers(0, 1440)


@settings(derandomize=True, deadline=None)
@given(minutes, minutes)
def test_a_span_is_read_as_it_is_written(start: int, end: int) -> None:
    text = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    if start < end:
        assert minutes_of(text) == (start, end)
    else:
        with pytest.raises(ValueError, match=r"must end after it starts|is not a span"):
            minutes_of(text)


def test_later_layers_win_knob_by_knob() -> None:
    site = {"window_days": 180, "lead_minutes": 60, "series": {"most_occurrences": 10, "horizon_days": 100}}
    one_room = {"window_days": None, "series": {"most_occurrences": 20}}
    group = {"lead_minutes": 0}
    policy = merge(site, one_room, group)
    assert (policy.window_days, policy.lead_minutes) == (None, 0)
    assert (policy.series.most_occurrences, policy.series.horizon_days) == (20, 730)  # an object is replaced whole


def test_nobody_sets_anything_and_nothing_is_limited() -> None:
    assert merge() == merge({}, {}) == NOTHING_SET
    assert (NOTHING_SET.on_public_holidays, NOTHING_SET.who_may_book) == ("warn", ("everybody",))


def test_a_knob_of_a_newer_version_is_left_aside() -> None:
    """During an upgrade the older half of the processes must go on deciding."""
    assert merge({"window_days": 3, "colour": "red"}) == merge({"window_days": 3})


def test_valid_layers_always_merge() -> None:
    """Contradictions between two scopes may leave nothing to book, and yet be a policy."""
    site = checked(
        "site", {"shortest_minutes": 60, "transitions": [{"from_layout": "u", "to_layout": "*", "minutes": 1}]}
    )
    body = checked("room", {"longest_minutes": 30, "layouts": LAYOUTS, "default_layout": "rows"})
    assert merge(site, body, checked("group", {"shortest_minutes": None})).longest_minutes == 30


def test_what_is_stored_is_what_was_set() -> None:
    body = {"opening": {"monday": ["09:00-12:00"]}, "window_days": None, "required": ["people"]}
    assert checked("site", body) == body
    assert checked("site", {}) == {}


def test_a_policy_does_not_change_under_its_readers() -> None:
    with pytest.raises(ValueError, match="frozen"):
        NOTHING_SET.lead_minutes = 3  # type: ignore[misc]
