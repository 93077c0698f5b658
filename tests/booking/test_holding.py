"""What is held: awaiting a coordinator, as an option, or offered from the waiting list; how each comes to its end."""

from datetime import timedelta

import pytest

from shared import holds
from shared.domain.errors import NotAllowedError, WrongStateError
from shared.domain.states import Hold
from tests.house import House, slot


def approve(house: House, reservation_id: int, who: str = "claire") -> None:
    with house.book() as db:
        holds.approve(db, reservation_id, reason="d'accord", by=house.actors[who], now=house.now)


def decline(house: House, reservation_id: int) -> None:
    with house.book() as db:
        holds.decline(db, reservation_id, reason="travaux", by=house.actors["claire"], now=house.now)


def confirm(house: House, reservation_id: int, who: str = "anne") -> None:
    with house.book() as db:
        holds.confirm(db, reservation_id, by=house.actors[who], now=house.now)


@pytest.fixture
def asked(house: House) -> int:
    """A request that awaits approval."""
    house.rule(who_may_book=["coordinators"], who_may_request=["everybody"])
    reservation_id = house.ask("flexi-16")
    house.decide()
    return reservation_id


def test_what_awaits_approval_holds_its_slot(house: House, asked: int) -> None:
    other = house.ask("flexi-16", who="basile")
    house.decide()
    held = house.reservation(asked)
    assert (held.state, held.hold, held.hold_until) == ("tentative", Hold.APPROVAL, house.now + timedelta(hours=72))
    assert house.state(other) == "refused"
    assert house.history(asked) == ["ReservationRequested", "ReservationTentative"]


def test_a_coordinator_approves_and_nobody_else_is_touched(house: House, asked: int) -> None:
    other = house.ask("flexi-19", who="basile")
    house.decide()
    before = house.reservation(other).version
    approve(house, asked)
    assert house.states(asked, other) == ["confirmed", "tentative"]
    assert house.reservation(other).version == before
    assert house.rows("SELECT FROM timer WHERE reservation_id = :id", id=asked) == []
    with pytest.raises(WrongStateError):
        approve(house, asked)


def test_only_a_coordinator_approves(house: House, asked: int) -> None:
    with pytest.raises(NotAllowedError):
        approve(house, asked, who="anne")


def test_what_is_declined_is_free_again(house: House, asked: int) -> None:
    decline(house, asked)
    assert house.state(asked) == "refused"
    assert house.rows("SELECT FROM occupancy") == []
    refused = house.reservation(asked).refused
    assert refused is not None
    assert (refused.code, refused.facts) == ("declined", {"reason": "travaux"})


def test_a_request_that_nobody_answers_is_reminded_of_escalated_and_expires(house: House, asked: int) -> None:
    for hours, event in ((24, "ApprovalReminded"), (24, "ApprovalEscalated"), (24, "ReservationExpired")):
        house.passes(hours=hours - 1)
        house.run_timers()
        assert house.history(asked)[-1] != event
        house.passes(hours=1)
        house.run_timers()
        house.run_timers()
        assert [e for e in house.history(asked) if e == event] == [event]
    assert house.state(asked) == "expired"
    assert house.rows("SELECT FROM occupancy") == []


def test_a_site_may_confirm_what_nobody_answers(house: House) -> None:
    house.rule(who_may_book=[], who_may_request=["everybody"], approval={"on_expiry": "confirm"})
    asked = house.ask("flexi-16")
    house.decide()
    house.passes(hours=72)
    house.run_timers()
    assert house.state(asked) == "confirmed"


def test_an_option_is_confirmed_by_its_owner(house: House) -> None:
    option = house.decided_as("tentative", "flexi-16", option_until=house.now + timedelta(days=7))
    with pytest.raises(NotAllowedError):
        confirm(house, option, who="basile")
    confirm(house, option)
    house.passes(days=8)
    house.run_timers()
    assert house.state(option) == "confirmed"


def test_an_option_that_is_not_confirmed_expires(house: House) -> None:
    option = house.decided_as("tentative", "flexi-16", option_until=house.now + timedelta(days=7))
    house.passes(days=6)
    house.run_timers()
    assert house.history(option)[-1] == "OptionReminded"
    house.passes(days=1)
    house.run_timers()
    assert house.state(option) == "expired"
    with pytest.raises(WrongStateError):
        confirm(house, option)


def test_an_option_lasts_no_longer_than_the_house_allows(house: House) -> None:
    house.rule(option={"longest_days": 3})
    asked = house.ask("flexi-16", option_until=house.now + timedelta(days=4))
    house.decide()
    refused = house.reservation(asked).refused
    assert refused is not None
    assert refused.code == "option_too_long"
    assert "3" in refused.sentence("fr")
    assert refused.advice("fr") != ""


def test_an_approved_option_is_still_an_option(house: House) -> None:
    house.rule(who_may_book=[], who_may_request=["everybody"])
    asked = house.ask("flexi-16", option_until=house.now + timedelta(days=7))
    house.decide()
    approve(house, asked)
    assert house.reservation(asked).hold is Hold.OPTION
    house.passes(days=7)
    house.run_timers()
    assert house.state(asked) == "expired"


def test_two_requests_for_one_slot_cannot_both_be_approved(house: House) -> None:
    house.rule(who_may_book=[], who_may_request=["everybody"])
    one, other = house.ask("flexi-16"), house.ask("flexi-16", who="basile", on_conflict="wait", at=slot(10, 11))
    house.decide()
    approve(house, one)
    with pytest.raises(WrongStateError):
        approve(house, other)
    assert house.states(one, other) == ["confirmed", "waitlisted"]


def test_an_option_that_moves_to_an_earlier_day_ends_when_that_begins(house: House) -> None:
    option = house.decided_as("tentative", "flexi-16", at=slot(day=7), option_until=house.now + timedelta(days=14))
    earlier = slot().starting(house.now + timedelta(days=2))
    house.move(option, earlier)
    house.decide()
    assert house.reservation(option).hold_until == earlier.start
    house.passes(days=2)
    house.run_timers()
    assert house.state(option) == "expired"


def test_an_approved_option_lasts_until_the_end_that_was_asked_for(house: House) -> None:
    """Longer than a coordinator would have had to approve it; and its owner is reminded before its own end."""
    house.rule(who_may_book=[], who_may_request=["everybody"])
    asked = house.ask("flexi-16", option_until=house.now + timedelta(days=7))
    house.decide()
    approve(house, asked)
    house.passes(days=5)
    house.run_timers()
    assert house.state(asked) == "tentative"
    assert house.history(asked)[-1] == "ReservationApproved"
    house.passes(days=1)
    house.run_timers()
    assert house.history(asked)[-1] == "OptionReminded"
    house.passes(days=1)
    house.run_timers()
    assert house.state(asked) == "expired"


def test_an_option_that_nobody_had_to_approve_any_more_comes_to_its_end_too(house: House) -> None:
    house.rule(who_may_book=[], who_may_request=["everybody"], approval={"on_expiry": "confirm"})
    asked = house.ask("flexi-16", option_until=house.now + timedelta(days=7))
    house.decide()
    house.passes(days=3)
    house.run_timers()
    assert house.reservation(asked).hold is Hold.OPTION
    house.passes(days=4)
    house.run_timers()
    assert house.state(asked) == "expired"


def test_who_confirms_an_option_still_wants_to_move_it(house: House) -> None:
    option = house.decided_as("tentative", "flexi-16", option_until=house.now + timedelta(days=7))
    house.move(option, slot(14, 16))
    confirm(house, option)
    house.decide()
    moved = house.reservation(option)
    assert (moved.state, moved.slot) == ("confirmed", slot(14, 16))


def test_a_move_that_waits_while_a_coordinator_approves_is_decided_and_not_forgotten(house: House, asked: int) -> None:
    house.move(asked, slot(14, 16))
    approve(house, asked)
    house.decide()
    assert house.history(asked)[-1] == "MoveRefused"
    assert house.reservation(asked).slot == slot()


def test_a_room_may_have_deadlines_of_its_own_and_the_shortest_of_several_counts(house: House) -> None:
    house.rule(who_may_book=[], who_may_request=["everybody"], waiting_list={"mode": "offer"})
    house.rule("room", "flexi-19", approval={"hours": 12, "remind_hours": 4, "escalate_hours": 8})
    both, one = house.ask("flexi-16", "flexi-19"), house.ask("escapelab")
    house.decide()
    assert house.reservation(both).hold_until == house.now + timedelta(hours=12)
    assert house.reservation(one).hold_until == house.now + timedelta(hours=72)
    timers = house.rows("SELECT kind, due_at FROM timer WHERE reservation_id = :id", id=both)
    hours = {row.kind: (row.due_at - house.now) / timedelta(hours=1) for row in timers}
    assert hours == {"remind": 4, "escalate": 8, "expire": 12}


def test_a_room_may_have_offers_and_options_of_its_own(house: House) -> None:
    waiting_list, option = {"mode": "offer", "offer_hours": 6}, {"longest_days": 2, "remind_hours": 12}
    house.rule("room", "flexi-16", waiting_list=waiting_list, option=option)
    too_long = house.ask("flexi-16", option_until=house.now + timedelta(days=3))
    mine = house.ask("flexi-16")
    waiting = house.ask("flexi-16", who="basile", on_conflict="wait")
    house.decide()
    assert house.states(too_long, mine, waiting) == ["refused", "confirmed", "waitlisted"]
    house.cancel(mine)
    house.decide()
    assert house.reservation(waiting).hold_until == house.now + timedelta(hours=6)


def test_a_room_may_be_confirmed_when_nobody_answers(house: House) -> None:
    house.rule(who_may_book=[], who_may_request=["everybody"])
    house.rule("room", "flexi-16", approval={"on_expiry": "confirm"})
    one, both = house.ask("flexi-16"), house.ask("flexi-16", "flexi-19", at=slot(14, 16))
    house.decide()
    house.passes(hours=72)
    house.run_timers()
    assert house.states(one, both) == ["confirmed", "expired"]


def test_an_option_that_would_be_over_is_refused(house: House) -> None:
    asked = house.ask("flexi-16", option_until=house.now)
    house.decide()
    refused = house.reservation(asked).refused
    assert refused is not None
    assert refused.code == "option_over"


def test_what_was_waited_for_as_an_option_is_offered_when_that_is_over(house: House) -> None:
    mine = house.confirmed("flexi-16")
    until = house.now + timedelta(days=2)
    waiting = house.decided_as("waitlisted", "flexi-16", who="basile", on_conflict="wait", option_until=until)
    house.passes(days=3)
    house.cancel(mine)
    house.decide()
    assert house.reservation(waiting).hold is Hold.OFFER
