"""A room is invited to a series: by its rule, with dates that are different, changed as a whole or one by one."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.domain.slots import Slot
from shared.itip.incoming import Component
from tests.attendant.organizers import Calendars, Entry, as_room, room
from tests.house import slot

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)


def weekly(n: int = 0, start: float = 13, end: float = 15) -> Slot:
    """The Tuesday so many weeks after 9 November 2027."""
    return slot(start, end, day=1 + 7 * n)


def club(count: int = 4, **what: Any) -> Entry:
    rule = {"rule": f"FREQ=WEEKLY;COUNT={count};WKST=SU"}
    return Entry(rooms=("flexi-16",), at=weekly(), more=rule | what.pop("more", {}), **what)


def on(entry: Entry, n: int, **what: Any) -> Component:
    """One date of a series, as its calendar sends it by itself or beside the rest."""
    at = what.pop("at", weekly(n))
    found = {"start": at.start, "end": at.end, "rule": "", "exdates": (), "recurrence_id": weekly(n).start}
    return entry.component(**(found | what))


def dates(calendars: Calendars) -> list[tuple[str, Slot]]:
    """What is in the book of the entry's last series, by original start."""
    [entry] = calendars.house.rows("SELECT series_id FROM external_entry")
    found = calendars.house.dates(entry.series_id)
    return [(r.state.value, r.slot) for r in found]


def booked(calendars: Calendars, entry: Entry, *parts: Component) -> None:
    calendars.send(entry, *parts)
    assert {reply.partstat for reply in calendars.replies()} == {"ACCEPTED"}


def test_a_series_is_booked_and_answered_as_one(calendars: Calendars) -> None:
    entry = club()
    assert calendars.send(entry).code == "requested"
    reply = calendars.reply()
    assert reply.by_date == {None: "ACCEPTED"}
    assert reply.event["RRULE"]["FREQ"] == ["WEEKLY"]
    assert reply.event["DTSTART"].dt.astimezone(PARIS).hour == 14
    assert dates(calendars) == [("confirmed", weekly(n)) for n in range(4)]
    assert calendars.replies() == []


def test_dates_that_are_left_out_moved_cancelled_or_elsewhere(calendars: Calendars) -> None:
    entry = club(5, more={"exdates": (weekly(1).start,)})
    elsewhere = on(entry, 4, attendees=(as_room("flexi-19"),))
    parts = (entry.component(), on(entry, 2, at=weekly(2, 16, 18)), on(entry, 3, status="CANCELLED"), elsewhere)
    calendars.send(entry, *parts, to=("flexi-16", "flexi-19"))
    replies = {reply.room: reply.by_date for reply in calendars.replies()}
    assert replies == {
        room("flexi-16"): {None: "ACCEPTED", weekly(2).start: "ACCEPTED"},
        room("flexi-19"): {weekly(4).start: "ACCEPTED"},
    }
    assert dates(calendars) == [("confirmed", weekly(0)), ("confirmed", weekly(2, 16, 18)), ("confirmed", weekly(4))]
    assert [r.resource_ids for r in calendars.reservations()][-1] == [calendars.house.rooms["flexi-19"]]


def test_all_dates_or_none(calendars: Calendars) -> None:
    calendars.house.confirmed("flexi-16", who="basile", at=weekly(2))
    calendars.send(club())
    reply = calendars.reply()
    assert reply.by_date == {None: "DECLINED"}
    assert "dates impossibles : 1 sur 4" in reply.mail.words
    assert "Mardi 23 novembre 2027, de 14 h 00 à 16 h 00 : Cet espace est déjà réservé" in reply.comment
    assert reply.event["REQUEST-STATUS"].startswith("4.1")
    assert {state for state, _ in dates(calendars)} == {"refused"}


def test_where_some_dates_may_be_missing_each_is_declined_by_itself(calendars: Calendars) -> None:
    calendars.house.rule("room", "flexi-16", series={"conflicts_by_mail": "skip"})
    calendars.house.confirmed("flexi-16", who="basile", at=weekly(2))
    calendars.send(club())
    reply = calendars.reply()
    assert reply.by_date == {None: "ACCEPTED", weekly(2).start: "DECLINED"}
    [_, declined] = reply.events
    assert declined["RECURRENCE-ID"].params["TZID"] == "Europe/Paris"
    assert declined["REQUEST-STATUS"].startswith("4.1")
    assert [state for state, _ in dates(calendars)] == ["confirmed", "confirmed", "refused", "confirmed"]


def test_where_too_many_dates_are_missing_all_is_declined(calendars: Calendars) -> None:
    calendars.house.rule("room", "flexi-16", series={"conflicts_by_mail": "skip", "conflicts_count": 1})
    for n in (1, 2):
        calendars.house.confirmed("flexi-16", who="basile", at=weekly(n))
    calendars.send(club())
    assert calendars.reply().by_date == {None: "DECLINED"}


def test_an_endless_series_is_declined_or_cut_at_the_horizon(calendars: Calendars) -> None:
    endless = club(more={"rule": "FREQ=WEEKLY"})
    calendars.send(endless)
    reply = calendars.reply()
    assert reply.by_date == {None: "DECLINED"}
    assert "Une série va jusqu" in reply.comment
    calendars.house.rule("room", "flexi-16", series={"horizon_by_mail": "cut", "horizon_days": 60})
    calendars.send(endless.next())
    reply = calendars.reply()
    assert reply.by_date == {None: "ACCEPTED"}
    assert "Réservé jusqu" in reply.comment
    assert "7 décembre 2027" in reply.comment
    assert "7 décembre 2027" in reply.mail.words
    assert dates(calendars) == [("confirmed", weekly(n)) for n in range(5)]


def test_a_series_that_is_cut_has_no_more_dates_than_the_room_allows(calendars: Calendars) -> None:
    calendars.house.rule("room", "flexi-16", series={"horizon_by_mail": "cut", "most_occurrences": 3})
    calendars.send(club(more={"rule": "FREQ=DAILY"}))
    reply = calendars.reply()
    assert reply.partstat == "ACCEPTED"
    assert len(dates(calendars)) == 3


def test_of_a_series_that_runs_already_only_what_is_to_come_is_asked_for(calendars: Calendars) -> None:
    calendars.house.now = weekly(1).start + MINUTE
    calendars.send(club())
    assert calendars.reply().by_date == {None: "ACCEPTED"}
    assert dates(calendars) == [("confirmed", weekly(2)), ("confirmed", weekly(3))]


def test_a_series_that_is_over_is_declined(calendars: Calendars) -> None:
    calendars.house.now = weekly(9).start
    assert calendars.send(club()).code == "refused"
    assert calendars.reply().by_date == {None: "DECLINED"}


def test_one_date_moves(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    later = entry.next()
    assert calendars.send(later, on(later, 1, at=weekly(1, 16, 17))).code == "requested"
    reply = calendars.reply()
    assert reply.by_date == {weekly(1).start: "ACCEPTED"}
    assert reply.event["SEQUENCE"] == 1
    assert "RRULE" not in reply.event
    assert dates(calendars)[1] == ("confirmed", weekly(1, 16, 17))


def test_one_date_cannot_move_and_stays(calendars: Calendars) -> None:
    calendars.house.confirmed("flexi-16", who="basile", at=weekly(1, 16, 17))
    entry = club()
    booked(calendars, entry)
    later = entry.next()
    calendars.send(later, on(later, 1, at=weekly(1, 16, 17)))
    reply = calendars.reply()
    assert reply.by_date == {weekly(1).start: "DECLINED"}
    assert "reste comme elle était" in reply.comment
    assert dates(calendars) == [("confirmed", weekly(n)) for n in range(4)]


def test_each_date_has_a_sequence_of_its_own(calendars: Calendars) -> None:
    """As Google counts: the second change of one date does not make the first one of another stale."""
    entry = club()
    booked(calendars, entry)
    calendars.send(entry, on(entry, 1, at=weekly(1, 16, 17), sequence=2, dtstamp=entry.dtstamp + 2 * MINUTE))
    calendars.send(entry, on(entry, 2, at=weekly(2, 16, 17), sequence=1, dtstamp=entry.dtstamp + 3 * MINUTE))
    stale = on(entry, 1, at=weekly(1, 17, 18), sequence=1, dtstamp=entry.dtstamp + 4 * MINUTE)
    assert calendars.send(entry, stale).code == "stale"
    replies = calendars.replies()
    assert {name: said for reply in replies for name, said in reply.by_date.items()} == {
        weekly(1).start: "ACCEPTED",
        weekly(2).start: "ACCEPTED",
    }
    assert [at for _, at in dates(calendars)] == [weekly(0), weekly(1, 16, 17), weekly(2, 16, 17), weekly(3)]


def test_this_and_all_later_dates_are_refused_with_the_reason(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    later = entry.next()
    calendars.send(later, on(later, 1, at=weekly(1, 16, 17), this_and_future=True))
    reply = calendars.reply()
    assert reply.by_date == {weekly(1).start: "DECLINED"}
    assert "cette date et les suivantes" in reply.comment
    assert dates(calendars) == [("confirmed", weekly(n)) for n in range(4)]


@pytest.mark.parametrize("hours", [(14, 16), (13, 16), (13, 14)])
def test_all_dates_move(calendars: Calendars, hours: tuple[int, int]) -> None:
    """Half of the time it is the old one: nothing stands in its own way."""
    entry = club()
    booked(calendars, entry)
    calendars.send(entry.next(at=weekly(0, *hours)))
    reply = calendars.reply()
    assert (reply.by_date, reply.event["SEQUENCE"]) == ({None: "ACCEPTED"}, 1)
    assert dates(calendars) == [("confirmed", weekly(n, *hours)) for n in range(4)]
    held = calendars.house.rows("SELECT count(*) FROM occupancy")
    assert held == [(4,)]


def test_where_one_of_the_new_dates_is_taken_the_old_series_stays(calendars: Calendars) -> None:
    calendars.house.confirmed("flexi-16", who="basile", at=weekly(3, 15, 16))
    entry = club()
    booked(calendars, entry)
    assert calendars.send(entry.next(at=weekly(0, 14, 16))).code == "refused"
    reply = calendars.reply()
    assert (reply.by_date, reply.event["SEQUENCE"]) == ({None: "DECLINED"}, 1)
    assert "restent comme elles étaient" in reply.mail.words
    assert dates(calendars) == [("confirmed", weekly(n)) for n in range(4)]
    assert [r.state for r in calendars.reservations()] == ["confirmed"] * 4
    assert not {"ReservationCancelled"} & set(calendars.house.history(calendars.reservations()[0].id))


def test_whoever_waits_for_the_series_does_not_get_in_between(calendars: Calendars) -> None:
    """The old dates are the entry's own until it has the new ones; what is left of them is the waiting list's."""
    entry = club()
    booked(calendars, entry)
    inside = calendars.house.ask("flexi-16", who="basile", at=weekly(1, 14, 15), on_conflict="wait")
    before = calendars.house.ask("flexi-16", who="basile", at=weekly(1, 13, 14), on_conflict="wait")
    calendars.house.decide()
    assert calendars.house.states(inside, before) == ["waitlisted", "waitlisted"]
    calendars.send(entry.next(at=weekly(0, 14, 16)))
    assert calendars.reply().by_date == {None: "ACCEPTED"}
    assert calendars.house.states(inside, before) == ["waitlisted", "confirmed"]


def test_a_single_meeting_becomes_a_series_and_again_a_single_one(calendars: Calendars) -> None:
    single = Entry(rooms=("flexi-16",), at=weekly())
    booked(calendars, single)
    series = single.next(more={"rule": "FREQ=WEEKLY;COUNT=3"})
    booked(calendars, series)
    assert dates(calendars) == [("confirmed", weekly(n)) for n in range(3)]
    booked(calendars, series.next(more={"rule": ""}))
    held = calendars.house.rows("SELECT starts_at FROM reservation WHERE state = 'confirmed'")
    assert held == [(weekly().start,)]
    assert calendars.house.rows("SELECT count(*) FROM occupancy") == [(1,)]


def test_a_series_that_becomes_shorter_gives_the_rest_back_at_once(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    assert calendars.send(entry.next(more={"rule": "FREQ=WEEKLY;COUNT=2"})).code == "answered"
    assert calendars.reply().by_date == {None: "ACCEPTED"}
    assert [state for state, _ in dates(calendars)] == ["confirmed", "confirmed", "cancelled", "cancelled"]


def test_words_of_a_series_do_not_ask_for_it_again(calendars: Calendars) -> None:
    calendars.house.rule("room", "flexi-16", series={"conflicts_by_mail": "skip"})
    calendars.house.confirmed("flexi-16", who="basile", at=weekly(2))
    entry = club()
    calendars.send(entry)
    calendars.replies()
    assert calendars.send(entry.next(more={"summary": "Autre club"})).code == "answered"
    assert calendars.reply().by_date == {None: "ACCEPTED", weekly(2).start: "DECLINED"}
    assert {r.title for r in calendars.reservations() if r.state == "confirmed"} == {"Autre club"}


def test_a_series_gets_another_room(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    calendars.send(entry.next(rooms=("flexi-19",)))
    assert {reply.room: reply.by_date for reply in calendars.replies()} == {room("flexi-19"): {None: "ACCEPTED"}}
    assert {tuple(r.resource_ids) for r in calendars.reservations()} == {(calendars.house.rooms["flexi-19"],)}


def test_a_room_of_one_date_only(calendars: Calendars) -> None:
    """The room was added to one date of a series of which it knows nothing."""
    entry = club()
    calendars.send(entry, on(entry, 1))
    reply = calendars.reply()
    assert reply.by_date == {weekly(1).start: "ACCEPTED"}
    [only] = calendars.reservations()
    assert (only.series_id, only.starts_at) == (None, weekly(1).start)
    later = entry.next()
    calendars.send(later, on(later, 1, at=weekly(1, 16, 17)))
    assert calendars.reply().by_date == {weekly(1).start: "ACCEPTED"}
    assert calendars.house.reservation(only.id).slot == weekly(1, 16, 17)


def test_then_the_room_is_invited_to_the_whole_series(calendars: Calendars) -> None:
    entry = club()
    calendars.send(entry, on(entry, 1))
    calendars.replies()
    later = entry.next()
    booked(calendars, later, later.component(), on(later, 1))
    assert dates(calendars) == [("confirmed", weekly(n)) for n in range(4)]
    assert calendars.house.rows("SELECT count(*) FROM occupancy") == [(4,)]


def test_a_date_that_comes_before_the_series_it_belongs_to_is_not_lost(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    second, third = entry.next(at=weekly(0, 16, 18)), entry.next().next()
    date = on(third, 2, at=weekly(2, 18, 19), sequence=2, recurrence_id=weekly(2, 16, 18).start)
    calendars.send(third, date)
    calendars.send(second)
    calendars.replies()
    assert [at for state, at in dates(calendars) if state == "confirmed"] == [
        weekly(0, 16, 18),
        weekly(1, 16, 18),
        weekly(2, 18, 19),
        weekly(3, 16, 18),
    ]


def test_one_date_needs_approval(calendars: Calendars) -> None:
    """The whole is held, and each date is answered when it is decided."""
    house = calendars.house
    house.rule("room", "flexi-16", who_may_book=[], who_may_request=["everybody"])
    calendars.send(club(3))
    house.decide()
    mails = calendars.post.announce_all()
    assert sorted(mail.recipient for mail in mails) == ["anne@example.org", "claire@example.org"]
    ids = [r.id for r in calendars.reservations()]
    house.approve(ids[0])
    assert calendars.reply().by_date == {weekly(0).start: "ACCEPTED"}
    house.decline(ids[1], reason="Ce jour-là, non.")
    assert calendars.reply().by_date == {weekly(1).start: "DECLINED"}
    house.approve(ids[2])
    assert calendars.reply().by_date == {None: "ACCEPTED", weekly(1).start: "DECLINED"}


def test_a_date_named_by_its_day(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    later = entry.next()
    day = datetime.combine(weekly(1).start.date(), datetime.min.time(), PARIS).astimezone(UTC)
    part = on(later, 1, at=weekly(1, 16, 17), recurrence_id=day, is_recurrence_id_a_day=True)
    calendars.send(later, part)
    reply = calendars.reply()
    assert reply.event["RECURRENCE-ID"].dt == weekly(1).start.date()
    assert dates(calendars)[1] == ("confirmed", weekly(1, 16, 17))


def test_the_clock_changes_and_the_hour_stays(calendars: Calendars) -> None:
    start = datetime(2027, 10, 26, 14, tzinfo=PARIS)
    at = Slot(start, start + timedelta(hours=2))
    calendars.send(Entry(rooms=("flexi-16",), at=at, more={"rule": "FREQ=WEEKLY;COUNT=2"}))
    assert calendars.reply().by_date == {None: "ACCEPTED"}
    assert [at.start.astimezone(PARIS).hour for _, at in dates(calendars)] == [14, 14]
