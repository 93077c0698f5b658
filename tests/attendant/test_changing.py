"""An entry changes in its organizer's calendar: the room follows, or stays where it was and says so."""

from datetime import timedelta

import pytest

from tests.attendant.organizers import Calendars, Entry, guest, room
from tests.house import slot


def accepted(calendars: Calendars, entry: Entry) -> int:
    """The reservation of an entry whose rooms have all accepted."""
    calendars.send(entry)
    assert {reply.partstat for reply in calendars.replies()} == {"ACCEPTED"}
    return int(calendars.reservations()[-1].id)


def test_a_meeting_that_moves_does_not_stand_in_its_own_way(calendars: Calendars) -> None:
    entry = Entry()
    reservation = accepted(calendars, entry)
    assert calendars.send(entry.next(at=slot(10, 13))).code == "requested"
    reply = calendars.reply()
    assert (reply.partstat, reply.event["SEQUENCE"]) == ("ACCEPTED", 1)
    assert calendars.house.reservation(reservation).slot == slot(10, 13)
    assert len(calendars.reservations()) == 1


def test_a_change_that_cannot_be_had_leaves_the_booking_as_it_was(calendars: Calendars) -> None:
    calendars.house.confirmed("flexi-36", who="basile", at=slot(14, 16))
    entry = Entry()
    reservation = accepted(calendars, entry)
    calendars.send(entry.next(at=slot(14, 16)))
    reply = calendars.reply()
    assert (reply.partstat, reply.event["SEQUENCE"]) == ("DECLINED", 1)
    assert "Votre réservation reste comme elle était : lundi 8 novembre 2027, de 10 h 00 à 13 h 00" in reply.comment
    assert "reste comme elle était" in reply.mail.words
    assert calendars.house.reservation(reservation).slot == slot()
    calendars.send(entry.next(at=slot(), sequence=2))
    assert calendars.reply().partstat == "ACCEPTED"


def test_words_alone_are_answered_under_the_new_sequence(calendars: Calendars) -> None:
    entry = Entry()
    reservation = accepted(calendars, entry)
    assert calendars.send(entry.next(more={"summary": "Montage", "description": "Salle obscure"})).code == "answered"
    reply = calendars.reply()
    assert (reply.partstat, reply.event["SEQUENCE"], reply.event["SUMMARY"]) == ("ACCEPTED", 1, "Montage")
    found = calendars.house.reservation(reservation)
    assert (found.title, found.note) == ("Montage", "Salle obscure")


def test_more_people_than_the_room_has_seats_for_are_not_taken(calendars: Calendars) -> None:
    entry = Entry(rooms=("flexi-16",))
    reservation = accepted(calendars, entry)
    crowd = tuple(guest(f"{n}@x.example") for n in range(40))
    assert calendars.send(entry.next(guests=crowd)).code == "refused"
    reply = calendars.reply()
    assert reply.partstat == "DECLINED"
    assert "places" in reply.comment
    assert calendars.house.reservation(reservation).people == 0


@pytest.mark.parametrize("sequence", [0, 1])
def test_what_is_older_is_not_looked_at(calendars: Calendars, sequence: int) -> None:
    entry = Entry(sequence=1)
    accepted(calendars, entry)
    older = entry.next(sequence=sequence, dtstamp=entry.dtstamp - timedelta(minutes=5), at=slot(14, 15))
    assert calendars.send(older).code == "stale"
    assert calendars.replies() == []


def test_the_same_sequence_with_a_later_dtstamp_is_an_update(calendars: Calendars) -> None:
    entry = Entry()
    reservation = accepted(calendars, entry)
    calendars.send(entry.next(sequence=0, at=slot(14, 15)))
    assert calendars.reply().partstat == "ACCEPTED"
    assert calendars.house.reservation(reservation).slot == slot(14, 15)


def test_an_update_that_comes_before_the_decision(calendars: Calendars) -> None:
    """Only the last of what was asked is answered."""
    entry = Entry()
    calendars.send(entry)
    calendars.send(entry.next(at=slot(14, 15)))
    reply = calendars.reply()
    assert (reply.partstat, reply.event["SEQUENCE"]) == ("ACCEPTED", 1)
    assert [(r.state, r.starts_at) for r in calendars.reservations()] == [("confirmed", slot(14, 15).start)]


def test_an_update_whose_first_request_is_refused_asks_anew(calendars: Calendars) -> None:
    calendars.house.confirmed("flexi-36", who="basile")
    entry = Entry()
    calendars.send(entry)
    calendars.send(entry.next(at=slot(14, 15)))
    assert calendars.reply().partstat == "ACCEPTED"
    assert sorted(r.state for r in calendars.reservations()) == ["confirmed", "refused"]


def test_two_updates_in_a_row_end_as_the_last_one(calendars: Calendars) -> None:
    entry = Entry()
    accepted(calendars, entry)
    second = entry.next(at=slot(14, 15))
    calendars.send(second)
    calendars.send(second.next(at=slot(16, 17)))
    reply = calendars.reply()
    assert (reply.partstat, reply.event["SEQUENCE"]) == ("ACCEPTED", 2)
    [only] = calendars.reservations()
    assert calendars.house.reservation(only.id).slot == slot(16, 17)


def test_whoever_asked_before_the_update_is_decided_before(calendars: Calendars) -> None:
    entry = Entry()
    reservation = accepted(calendars, entry)
    before = calendars.house.ask("flexi-36", who="basile", at=slot(14, 15))
    calendars.send(entry.next(at=slot(14, 15)))
    after = calendars.house.ask("flexi-36", who="basile", at=slot(9, 10))
    assert calendars.reply().partstat == "DECLINED"
    assert calendars.house.states(reservation, before, after) == ["confirmed", "confirmed", "refused"]


def test_a_room_comes_and_a_room_goes(calendars: Calendars) -> None:
    entry = Entry(rooms=("flexi-16",))
    reservation = accepted(calendars, entry)
    both = entry.next(rooms=("flexi-16", "flexi-19"))
    calendars.send(both)
    assert {reply.room: reply.partstat for reply in calendars.replies()} == {
        room("flexi-16"): "ACCEPTED",
        room("flexi-19"): "ACCEPTED",
    }
    calendars.send(both.next(rooms=("flexi-19",)))
    assert {reply.room: reply.partstat for reply in calendars.replies()} == {room("flexi-19"): "ACCEPTED"}
    assert calendars.house.reservation(reservation).resource_ids == [calendars.house.rooms["flexi-19"]]


def test_a_room_that_is_taken_does_not_come_and_the_other_one_stays(calendars: Calendars) -> None:
    calendars.house.confirmed("flexi-19", who="basile")
    entry = Entry(rooms=("flexi-16",))
    reservation = accepted(calendars, entry)
    calendars.send(entry.next(rooms=("flexi-16", "flexi-19")))
    assert {reply.partstat for reply in calendars.replies()} == {"DECLINED"}
    assert calendars.house.reservation(reservation).resource_ids == [calendars.house.rooms["flexi-16"]]


def test_what_awaits_approval_may_move_and_still_awaits_it(calendars: Calendars) -> None:
    calendars.house.rule("room", "flexi-36", who_may_book=[], who_may_request=["everybody"])
    entry = Entry()
    calendars.send(entry)
    assert calendars.reply().partstat == "TENTATIVE"
    calendars.send(entry.next(at=slot(14, 15)))
    assert calendars.reply().partstat == "TENTATIVE"
    [only] = calendars.reservations()
    calendars.house.approve(only.id)
    reply = calendars.reply()
    assert (reply.partstat, reply.event["SEQUENCE"]) == ("ACCEPTED", 1)


def test_a_confirmed_booking_does_not_become_tentative_by_a_change(calendars: Calendars) -> None:
    entry = Entry()
    reservation = accepted(calendars, entry)
    calendars.house.rule("room", "flexi-36", who_may_book=[], who_may_request=["everybody"])
    calendars.send(entry.next(at=slot(14, 15)))
    reply = calendars.reply()
    assert reply.partstat == "DECLINED"
    assert "accord de la coordination" in reply.comment
    assert calendars.house.reservation(reservation).slot == slot()


def test_an_answer_that_is_lost_is_sent_again_after_an_hour(calendars: Calendars) -> None:
    entry = Entry()
    calendars.send(entry)
    [first] = calendars.replies()
    assert calendars.send(entry).code == "already_known"
    calendars.house.passes(minutes=61)
    assert calendars.send(entry).code == "answered_again"
    [again] = calendars.answers()
    assert again.mail.message == first.mail.message
    assert calendars.send(entry).code == "already_known"


def test_two_machines_that_answer_each_other_come_to_an_end(calendars: Calendars) -> None:
    entry = Entry()
    calendars.send(entry)
    calendars.replies()
    codes = []
    for _ in range(70):
        entry = entry.next()
        codes.append(calendars.send(entry).code)
    assert codes[:50] == ["answered"] * 50
    assert codes[-1] == "too_often"
    calendars.house.passes(hours=2)
    assert calendars.send(entry.next()).code == "answered"
