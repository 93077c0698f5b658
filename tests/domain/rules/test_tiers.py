"""The three tiers: who books, who asks, who may ask for what the rules forbid, and what a coordinator overrides."""

from typing import Any

import pytest

from shared.domain.rules import Asker, Finding, Outcome, Request, Verdict, is_among, judge, outcome
from tests.domain.rules.asking import TOMORROW, ask, between, room

STAFF, PARTNER = Asker(1, "staff"), Asker(2, "partners", 7)
COORDINATOR = Asker(3, "staff", is_coordinator=True)
NIGHT = between("2027-11-09 22:00", "23:00")
OPENING = {"opening": {"tuesday": ["08:00-18:00"]}}


def decide(request: Request) -> Outcome:
    return outcome(request, judge(request))


@pytest.mark.parametrize(
    ("asker", "who", "expected"),
    [
        (PARTNER, ["everybody"], True),
        (PARTNER, ["nobody"], False),
        (PARTNER, [], False),
        (PARTNER, ["group:staff", "group:partners"], True),
        (STAFF, ["group:partners"], False),
        (STAFF, ["coordinators"], False),
        (COORDINATOR, ["coordinators"], True),
        (Asker(), ["group:staff", "coordinators"], False),
    ],
)
def test_who_is_meant(asker: Asker, who: list[str], expected: bool) -> None:
    assert is_among(asker, who) == expected


# within the policy: may book, may request
WITHIN = [
    ({}, PARTNER, Verdict.CONFIRM),
    ({"who_may_book": ["group:staff"]}, STAFF, Verdict.CONFIRM),
    ({"who_may_book": ["group:staff"]}, PARTNER, Verdict.REFUSE),
    ({"who_may_book": ["group:staff"], "who_may_request": ["everybody"]}, PARTNER, Verdict.APPROVE),
    ({"who_may_book": ["group:staff"], "who_may_request": ["everybody"]}, STAFF, Verdict.CONFIRM),
    ({"who_may_book": [], "who_may_request": ["group:partners"]}, PARTNER, Verdict.APPROVE),
    ({"who_may_book": [], "who_may_exceed": ["everybody"]}, PARTNER, Verdict.REFUSE),
]


@pytest.mark.parametrize(("knobs", "asker", "verdict"), WITHIN)
def test_within_the_policy(knobs: dict[str, Any], asker: Asker, verdict: Verdict) -> None:
    found = decide(ask(TOMORROW, room(**knobs), asker=asker))
    assert found.verdict == verdict
    assert (found.refusal.code if found.refusal else None) == ("may_not_book" if verdict == Verdict.REFUSE else None)


@pytest.mark.parametrize(
    ("knobs", "asker", "verdict"),
    [
        ({}, PARTNER, Verdict.REFUSE),
        ({"who_may_request": ["everybody"]}, PARTNER, Verdict.REFUSE),
        ({"who_may_exceed": ["group:partners"]}, PARTNER, Verdict.APPROVE),
        ({"who_may_exceed": ["group:partners"]}, STAFF, Verdict.REFUSE),
        ({"who_may_book": [], "who_may_exceed": ["everybody"]}, PARTNER, Verdict.APPROVE),
    ],
)
def test_outside_the_policy(knobs: dict[str, Any], asker: Asker, verdict: Verdict) -> None:
    found = decide(ask(NIGHT, room(**OPENING, **knobs), asker=asker))
    assert found.verdict == verdict
    refusals = [found.refusal] if found.refusal else list(found.exceeded)
    assert [no.code for no in refusals] == ["outside_opening"]


def test_every_resource_has_its_say() -> None:
    free, asking, closed = room(1), room(2, who_may_book=[], who_may_request=["everybody"]), room(3, who_may_book=[])
    assert decide(ask(TOMORROW, free, asking, asker=PARTNER)).verdict == Verdict.APPROVE
    assert decide(ask(TOMORROW, asking, closed, free, asker=PARTNER)).verdict == Verdict.REFUSE
    lax = room(4, who_may_exceed=["everybody"], **OPENING)
    assert decide(ask(NIGHT, lax, asker=PARTNER)).verdict == Verdict.APPROVE
    assert decide(ask(NIGHT, lax, free, asker=PARTNER)).verdict == Verdict.REFUSE


@pytest.mark.parametrize(
    ("by_coordinator", "override", "verdict"),
    [
        (True, "porte ouverte", Verdict.CONFIRM),
        (True, "", Verdict.REFUSE),
        (False, "porte ouverte", Verdict.REFUSE),
    ],
)
def test_a_coordinator_overrides_a_rule_with_a_reason(by_coordinator: bool, override: str, verdict: Verdict) -> None:
    found = decide(ask(NIGHT, room(**OPENING), people=99, by_coordinator=by_coordinator, override=override))
    assert found.verdict == verdict
    overridden = ["too_many_people", "outside_opening"] if verdict == Verdict.CONFIRM else []
    assert [no.code for no in found.overridden] == overridden


def test_nobody_overrides_what_is_final() -> None:
    more: dict[str, Any] = {"by_coordinator": True, "override": "porte ouverte", "people": 41, "asker": COORDINATOR}
    found = decide(ask(NIGHT, room(seats=9, safety_limit=40, who_may_exceed=["everybody"], **OPENING), **more))
    assert (found.verdict, found.refusal and found.refusal.code) == (Verdict.REFUSE, "room_safety_limit")


def test_a_coordinator_asks_nobody() -> None:
    closed = room(who_may_book=[])
    assert decide(ask(TOMORROW, closed, by_coordinator=True)).verdict == Verdict.CONFIRM
    assert decide(ask(TOMORROW, closed, by_coordinator=False, asker=COORDINATOR)).verdict == Verdict.REFUSE


def test_a_warning_does_not_stop_anybody() -> None:
    warned = room(outside_opening="warn", **OPENING)
    found = decide(ask(NIGHT, warned, asker=PARTNER))
    assert (found.verdict, [no.code for no in found.warnings]) == (Verdict.CONFIRM, ["outside_opening"])
    asking = room(2, who_may_book=[], who_may_request=["everybody"])
    found = decide(ask(NIGHT, warned, asking, asker=PARTNER))
    assert (found.verdict, len(found.warnings)) == (Verdict.APPROVE, 1)


def test_a_session_without_rooms_needs_nobody() -> None:
    assert decide(ask(TOMORROW)) == Outcome(Verdict.CONFIRM)


def test_nobody_but_a_coordinator_enters_what_has_begun_even_who_may_exceed() -> None:
    past = between("2027-11-08 08:00", "09:00")
    lax = room(who_may_exceed=["everybody"])
    found = decide(ask(past, lax))
    assert (found.verdict, found.refusal and found.refusal.override) == (Verdict.REFUSE, "coordinator")
    assert decide(ask(past, lax, by_coordinator=True)).verdict == Verdict.CONFIRM


def test_findings_come_in_the_order_of_the_table() -> None:
    found: tuple[Finding, ...] = judge(ask(NIGHT, room(lead_minutes=9999, **OPENING), people=17))
    assert [finding.refusal.code for finding in found] == ["too_many_people", "outside_opening", "too_late_to_book"]
