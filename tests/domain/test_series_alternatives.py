"""A series with conflicts: another room or time for each date, or all of it elsewhere, at another hour, or split."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.alternatives import Alternative, RoomOffer, Search
from shared.domain.series_alternatives import SeriesProposal, propose_for_series
from shared.domain.series_plans import Plan
from shared.domain.slots import Slot

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2027, 9, 7, tzinfo=PARIS)
FLEXI_16, FLEXI_19 = RoomOffer(16, 16, "Flexi 16"), RoomOffer(19, 19, "Flexi 19")
FLEXI_36 = RoomOffer(36, 36, "Flexi 36", {"rows": 36, "islands": 24}, "islands")
HALF_AN_HOUR = timedelta(minutes=30)


def at(start: float, end: float, *, week: int = 0, day: int = 0) -> Slot:
    """Hours on the clock of Arras, some weeks and days after the first Tuesday."""
    wall = TUESDAY + timedelta(weeks=week, days=day)
    return Slot(wall + timedelta(hours=start), wall + timedelta(hours=end))


SERIES = [at(9, 12, week=week) for week in range(10)]  # the clock changes before the ninth
SEARCH = Search(
    wanted=(16,),
    slot=SERIES[0],
    people=10,
    rooms=(FLEXI_16, FLEXI_19),
    busy={16: [at(10, 11, week=4)]},
    now=TUESDAY,
    zone=PARIS,
    opens=time(8),
    closes=time(20),
)
ALWAYS = [at(0, 24, week=week, day=day) for week in range(-1, 11) for day in range(7)]


def plan(proposal: SeriesProposal, reason: str) -> Plan:
    [found] = [plan for plan in proposal.plans if plan.reason == reason]
    return found


def pieces(plan: Plan) -> list[tuple[tuple[int, ...], int]]:
    """The rooms, and for how many dates."""
    return [(piece[0].resource_ids, len(piece)) for piece in plan.pieces]


def test_a_series_without_conflicts_needs_no_proposal() -> None:
    assert propose_for_series(replace(SEARCH, busy={}), SERIES) == SeriesProposal({}, ())
    assert propose_for_series(SEARCH, []) == SeriesProposal({}, ())


def test_each_date_in_conflict_has_its_own_alternatives() -> None:
    found = propose_for_series(SEARCH, SERIES).by_date
    assert list(found) == [SERIES[4]]
    assert found[SERIES[4]] == [
        Alternative((19,), SERIES[4]),
        Alternative((16,), at(11, 14, week=4)),
        Alternative((16,), at(9, 12, week=4, day=-1)),
    ]
    assert [a.reason for a in found[SERIES[4]]] == ["other_room", "other_time", "other_day"]


def test_dates_are_never_proposed_onto_each_other() -> None:
    """Morning and afternoon of one day: when both must move, each stays on its side of the other."""
    morning, afternoon, evening = at(8, 11), at(12, 15), at(17, 20)
    search = replace(SEARCH, rooms=(FLEXI_16,), busy={16: [at(10, 10.5), at(14, 14.5)]})
    found = propose_for_series(search, [morning, afternoon, evening], 9).by_date
    assert list(found) == [morning, afternoon]
    assert all(a.slot.end <= afternoon.start for a in found[morning])
    assert all(morning.end <= a.slot.start and a.slot.end <= evening.start for a in found[afternoon])
    early = replace(search, busy={16: [at(9, 10)], 19: []}, rooms=(FLEXI_16,))
    moved = propose_for_series(early, [at(9, 11), at(14, 16)], 9).by_date[at(9, 11)]
    assert at(10, 12) in [a.slot for a in moved], "but it may move as far as the next one"


def test_the_buffers_between_dates_are_kept_too() -> None:
    room = replace(FLEXI_16, setup=HALF_AN_HOUR, clearing=HALF_AN_HOUR)
    search = replace(SEARCH, rooms=(room,), busy={16: [at(8.5, 9.5)]})
    found = propose_for_series(search, [at(9, 11), at(13, 15)], 9).by_date[at(9, 11)]
    assert [a.slot for a in found if a.slot.start < at(13, 15).start] == [at(10, 12)]
    assert propose_for_series(search, [at(9, 11), at(12.5, 14.5)], 9).by_date == {at(9, 11): []}

    later = replace(search, busy={16: [at(14.5, 15.5)]})
    slots = [a.slot for a in propose_for_series(later, [at(9, 11), at(13, 15)], 9).by_date[at(13, 15)]]
    assert at(12, 14) in slots
    longer = propose_for_series(later, [at(9, 11.5), at(13, 15)], 9).by_date[at(13, 15)]
    assert longer[0].slot == at(16, 18), "at 12 the one before would not be cleared away"


def test_when_no_room_is_free_then_another_is_proposed_at_another_time() -> None:
    search = replace(SEARCH, busy={16: ALWAYS, 19: [at(10, 11, week=4)]})
    found = propose_for_series(search, SERIES).by_date
    assert found[SERIES[3]] == [Alternative((19,), SERIES[3])]
    assert found[SERIES[4]][0] == Alternative((19,), at(11, 14, week=4))
    assert found[SERIES[4]][0].reason == "other_room_and_time"


def test_the_whole_series_in_another_room_the_best_fitting_first() -> None:
    found = propose_for_series(replace(SEARCH, rooms=(FLEXI_36, FLEXI_19, FLEXI_16)), SERIES).plans
    elsewhere = [pieces(plan) for plan in found if plan.reason == "series_other_room"]
    assert elsewhere == [[((19,), 10)], [((36,), 10)]]
    assert found[0].dates == tuple(Alternative((19,), slot) for slot in SERIES)
    assert found[0].sentence("fr") == "Toute la série dans un autre espace."
    assert found[0].sentence("en") == "The whole series in another room."


def test_the_whole_series_at_another_hour_keeps_that_hour_across_the_clock_change() -> None:
    busy = {16: [at(10, 11, week=4), at(8, 8.5, week=2)]}
    moved = plan(propose_for_series(replace(SEARCH, busy=busy), SERIES), "series_other_hour")
    assert [a.slot for a in moved.dates] == [at(11, 14, week=week) for week in range(10)]
    assert {a.slot.start.astimezone(PARIS).hour for a in moved.dates} == {11}
    earlier = replace(SEARCH, busy={16: [at(11, 13, week=4)]})
    hours = [a.slot for a in plan(propose_for_series(earlier, SERIES), "series_other_hour").dates]
    assert hours == [at(8, 11, week=week) for week in range(10)], "an hour earlier is less than four hours later"


def test_no_other_hour_is_proposed_at_night_or_in_the_past() -> None:
    late = [at(17, 20, week=week) for week in range(3)]
    busy = {16: [at(8, 18, week=1)], 19: ALWAYS}
    assert propose_for_series(replace(SEARCH, busy=busy), late).plans == []
    first = replace(SEARCH, busy={16: [at(11, 12, week=1)]}, now=SERIES[0].start)
    moved = plan(propose_for_series(first, SERIES[:3]), "series_other_hour")
    assert moved.dates[0].slot == at(12, 15), "not 8 o'clock, which is over"


def test_no_other_hour_is_proposed_that_one_of_the_dates_cannot_have() -> None:
    busy = {16: [at(10, 11, week=4), at(10, 11, week=5), at(8, 9, week=7), at(12, 20, week=7)], 19: ALWAYS}
    assert propose_for_series(replace(SEARCH, busy=busy), SERIES).plans == []


def test_the_rules_of_the_house_are_not_asked_about_every_hour() -> None:
    dates, asked = [at(9, 12, week=week) for week in range(30)], []

    def never_on_the_last_date_but_at_nine(_room_id: int, slot: Slot) -> bool:
        asked.append(slot)
        return slot.start.astimezone(PARIS).hour == 9 or slot.start < dates[-1].start - timedelta(days=4)

    search = replace(SEARCH, rooms=(FLEXI_16,), is_allowed=never_on_the_last_date_but_at_nine)
    assert propose_for_series(search, dates).plans == []
    assert len(asked) < 350


def test_a_series_is_split_into_the_fewest_pieces() -> None:
    """Dates 1 to 7 in one room, and the others in another."""
    busy = {16: [at(0, 24, week=week) for week in (7, 8, 9)], 19: [at(0, 24, week=week) for week in (1, 3)]}
    split = plan(propose_for_series(replace(SEARCH, busy=busy), SERIES), "series_split")
    assert pieces(split) == [((16,), 7), ((19,), 3)]
    assert [a.slot for a in split.dates] == SERIES
    assert [piece[0].reason for piece in split.pieces] == ["as_wished", "other_room"]


def test_of_two_splits_the_one_that_stays_longer_in_the_wanted_room() -> None:
    busy = {16: [at(9, 12, week=9)], 19: [at(9, 12, week=0)]}
    split = plan(propose_for_series(replace(SEARCH, busy=busy), SERIES), "series_split")
    assert pieces(split) == [((16,), 9), ((19,), 1)]


def test_of_two_splits_the_one_in_the_better_fitting_room() -> None:
    """The wanted room on the first date and the last only: a large room for the others, or a small one before."""
    busy = {16: [at(8, 20, week=week) for week in range(1, 9)], 19: [at(9, 12, week=9)], 36: [at(9, 12, week=0)]}
    search = replace(SEARCH, rooms=(FLEXI_16, FLEXI_19, FLEXI_36), busy=busy)
    assert pieces(plan(propose_for_series(search, SERIES), "series_split")) == [((19,), 9), ((16,), 1)]


def test_a_split_into_many_pieces_is_no_plan() -> None:
    odd = [at(8, 20, week=week) for week in range(1, 10, 2)]
    even = [at(8, 20, week=week) for week in range(0, 10, 2)]
    proposal = propose_for_series(replace(SEARCH, busy={16: odd, 19: even}), SERIES)
    assert proposal.plans == []
    assert [found[0].resource_ids for found in proposal.by_date.values()] == [(19,)] * 5


def test_a_date_that_no_room_can_take_is_left_out_of_a_plan() -> None:
    fair = at(0, 24, week=2)
    busy = {16: [fair, at(9, 10, week=6)], 19: [fair]}
    found = propose_for_series(replace(SEARCH, busy=busy), SERIES)
    elsewhere = plan(found, "series_other_room")
    assert (len(elsewhere.dates), elsewhere.left_out) == (9, (SERIES[2],))
    assert found.by_date[SERIES[2]][0].reason == "other_day"


def test_a_plan_that_serves_no_more_dates_than_the_wish_is_none() -> None:
    closed = [at(0, 24, week=2)]
    assert propose_for_series(replace(SEARCH, busy={16: closed, 19: closed}), SERIES).plans == []


def test_too_many_people_for_a_layout_are_proposed_another_for_all_dates() -> None:
    search = replace(SEARCH, wanted=(36,), people=30, layout="islands", rooms=(FLEXI_36, FLEXI_19), busy={})
    found = propose_for_series(search, SERIES)
    assert [options[0] for options in found.by_date.values()] == [Alternative((36,), s, "rows") for s in SERIES]
    assert found.plans[0].reason == "series_other_layout"


def test_a_closed_room_is_not_proposed_at_another_hour() -> None:
    found = propose_for_series(replace(SEARCH, only_elsewhere=True, busy={}), SERIES)
    assert [plan.reason for plan in found.plans] == ["series_other_room"]
    assert all([a.resource_ids for a in options] == [(19,)] for options in found.by_date.values())


def test_the_order_of_the_dates_does_not_matter() -> None:
    assert propose_for_series(SEARCH, SERIES[::-1]) == propose_for_series(SEARCH, SERIES)
