"""An entry is cancelled: the whole, one date, one room; also before anybody has heard of it."""

from datetime import timedelta

from shared.attendant.cancelling import forget_held
from tests.attendant.organizers import Calendars, Entry, as_room, room
from tests.attendant.test_series import booked, club, dates, on, weekly
from tests.house import slot


def test_it_is_given_back_and_nobody_is_answered(calendars: Calendars) -> None:
    entry = Entry()
    booked(calendars, entry)
    assert calendars.send(entry.next(), method="CANCEL").code == "cancelled"
    assert calendars.replies() == []
    [gone] = calendars.reservations()
    assert gone.state == "cancelled"
    assert calendars.house.rows("SELECT 1 FROM occupancy") == []


def test_whoever_waits_for_it_is_served(calendars: Calendars) -> None:
    entry = Entry()
    booked(calendars, entry)
    waiting = calendars.house.ask("flexi-36", who="basile", on_conflict="wait")
    calendars.house.decide()
    calendars.send(entry.next(), method="CANCEL")
    calendars.house.decide()
    assert calendars.house.state(waiting) == "confirmed"


def test_only_its_organizer_cancels_it(calendars: Calendars) -> None:
    entry = Entry()
    booked(calendars, entry)
    assert calendars.send(entry.next(), method="CANCEL", sender="basile@example.org").code == "not_the_organizer"
    assert [r.state for r in calendars.reservations()] == ["confirmed"]


def test_a_cancel_that_is_older_than_what_is_known_does_nothing(calendars: Calendars) -> None:
    entry = Entry(sequence=3)
    booked(calendars, entry)
    assert calendars.send(Entry(sequence=2).next(sequence=2), method="CANCEL").code == "stale"
    assert [r.state for r in calendars.reservations()] == ["confirmed"]


def test_one_that_comes_before_its_request_is_kept_in_mind(calendars: Calendars) -> None:
    entry = Entry()
    assert calendars.send(entry.next(), method="CANCEL").code == "held"
    assert calendars.send(entry).code == "stale"
    assert calendars.replies() == []
    assert calendars.reservations() == []
    assert calendars.send(entry.next().next()).code == "requested"
    assert calendars.reply().partstat == "ACCEPTED"


def test_what_is_kept_in_mind_is_forgotten_after_a_month(calendars: Calendars) -> None:
    calendars.send(Entry(uid="held").next(), method="CANCEL")
    booked(calendars, Entry(uid="booked"))
    house = calendars.house
    for days, uids in ((29, ["booked", "held"]), (2, ["booked"])):
        house.passes(days=days)
        with house.book() as db:
            forget_held(db, now=house.now)
        assert sorted(row.uid for row in house.rows("SELECT uid FROM external_entry")) == uids


def test_one_date_is_cancelled(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    later = entry.next()
    assert calendars.send(later, on(later, 1), method="CANCEL").code == "cancelled"
    assert calendars.replies() == []
    assert [state for state, _ in dates(calendars)] == ["confirmed", "cancelled", "confirmed", "confirmed"]


def test_and_comes_back(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    later = entry.next()
    calendars.send(later, on(later, 1), method="CANCEL")
    again = later.next()
    calendars.send(again, on(again, 1, at=weekly(1, 16, 17)))
    assert calendars.reply().by_date == {weekly(1).start: "ACCEPTED"}
    assert ("confirmed", weekly(1, 16, 17)) in dates(calendars)


def test_a_date_that_is_cancelled_before_its_series_is_known(calendars: Calendars) -> None:
    entry = club()
    later = entry.next()
    assert calendars.send(later, on(later, 1), method="CANCEL").code == "held"
    calendars.send(entry)
    assert calendars.reply().by_date == {None: "ACCEPTED"}
    assert dates(calendars) == [("confirmed", weekly(n)) for n in (0, 2, 3)]


def test_a_series_is_cancelled_and_what_is_over_stays_as_it_was(calendars: Calendars) -> None:
    entry = club()
    booked(calendars, entry)
    calendars.house.now = weekly(1).end
    calendars.send(entry.next(), method="CANCEL")
    assert [state for state, _ in dates(calendars)] == ["confirmed", "confirmed", "cancelled", "cancelled"]


def test_one_room_is_taken_off_and_the_meeting_goes_on(calendars: Calendars) -> None:
    entry = Entry(rooms=("flexi-16", "flexi-19"))
    booked(calendars, entry)
    later = entry.next()
    waiting = calendars.house.ask("flexi-19", who="basile", on_conflict="wait")
    calendars.house.decide()
    off = later.component(attendees=(as_room("flexi-19"),))
    assert calendars.send(later, off, method="CANCEL", to=("flexi-19",)).code == "cancelled"
    assert calendars.replies() == []
    assert calendars.house.state(waiting) == "confirmed"
    [kept] = [r for r in calendars.reservations() if r.state == "confirmed"]
    assert kept.resource_ids == [calendars.house.rooms["flexi-16"]]
    # the request that lists it still is older, and the others heard of nothing: their SEQUENCE is as it was
    calendars.send(entry.next(sequence=0, more={"summary": "Plus court"}), to=("flexi-16",))
    assert {reply.room: reply.partstat for reply in calendars.replies()} == {room("flexi-16"): "ACCEPTED"}


def test_one_room_is_taken_off_one_date(calendars: Calendars) -> None:
    entry = Entry(rooms=("flexi-16", "flexi-19"), at=weekly(), more={"rule": "FREQ=WEEKLY;COUNT=2"})
    booked(calendars, entry)
    later = entry.next()
    off = on(later, 1, attendees=(as_room("flexi-19"),))
    calendars.send(later, off, method="CANCEL", to=("flexi-19",))
    calendars.replies()
    assert dates(calendars) == [("confirmed", weekly(0)), ("confirmed", weekly(1))]
    assert [len(r.resource_ids) for r in calendars.reservations()] == [2, 1]


def test_it_is_cancelled_before_it_is_decided(calendars: Calendars) -> None:
    calendars.send(Entry())
    calendars.send(Entry().next(), method="CANCEL")
    assert calendars.replies() == []
    assert [r.state for r in calendars.reservations()] == ["cancelled"]


def test_it_is_cancelled_while_it_is_asked_to_move(calendars: Calendars) -> None:
    entry = Entry()
    booked(calendars, entry)
    moving = entry.next(at=slot(14, 15))
    calendars.send(moving)
    calendars.send(moving.next(), method="CANCEL")
    assert calendars.replies() == []
    assert [r.state for r in calendars.reservations()] == ["cancelled"]


def test_however_late_it_is_cancelled(calendars: Calendars) -> None:
    calendars.house.rule(cancellation_minutes=1440)
    entry = Entry()
    booked(calendars, entry)
    calendars.house.now = slot().start - timedelta(minutes=5)
    calendars.send(entry.next(), method="CANCEL")
    assert [r.state for r in calendars.reservations()] == ["cancelled"]


def test_dates_that_are_added_are_answered_with_a_question(calendars: Calendars) -> None:
    entry = Entry()
    booked(calendars, entry)
    calendars.house.passes(minutes=1)
    later = entry.next(at=slot(14, 15))
    assert calendars.send(later, method="ADD").code == "asked_back"
    [question] = calendars.replies()
    assert question.calendar["METHOD"] == "REFRESH"
    assert question.room == room("flexi-36")
    assert str(question.event["ORGANIZER"]) == "mailto:anne@example.org"
    assert "Renvoyez l" in question.mail.words
    assert calendars.send(later.next(), method="ADD").code == "too_often"
    assert [r.state for r in calendars.reservations()] == ["confirmed"]


def test_dates_that_are_added_to_an_unknown_entry(calendars: Calendars) -> None:
    assert calendars.send(Entry(), method="ADD").code == "asked_back"
    assert [reply.calendar["METHOD"] for reply in calendars.replies()] == ["REFRESH"]
    calendars.send(Entry())
    assert calendars.reply().partstat == "ACCEPTED"
