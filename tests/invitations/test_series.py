"""A series in the mail: one invitation for all its dates, then whatever differs, and never more mails than news."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from shared import recurring
from shared.store.reservations import Reservation
from tests.house import House
from tests.post_office import Mail, PostOffice

ZOE, YANN = "zoe@college.example", "yann@college.example"
ANNE, CLAIRE = "anne@example.org", "claire@example.org"
WEEKLY = "FREQ=WEEKLY;COUNT=6"


@pytest.fixture
def club(house: House) -> int:
    """Six Tuesdays of Anne's from 9 November on, from 14 to 16 h, to which Zoé and Yann are invited."""
    series = house.series(WEEKLY, guests=[ZOE, YANN])
    house.decide()
    return series


def change(house: House, series: int, **what: Any) -> None:
    with house.book() as db:
        wanted = recurring.SeriesChange(**what)
        recurring.change_series(db, series, wanted, by=house.actors["anne"], now=house.now)
    house.decide()


def cancel(house: House, series: int, since: date | None = None) -> None:
    with house.book() as db:
        recurring.cancel_series(db, series, since=since, reason="", by=house.actors["anne"], now=house.now)


def bring_back(house: House, series: int, *days: date) -> None:
    for day in days:
        with house.book() as db:
            recurring.bring_back(db, series, day, by=house.actors["anne"], now=house.now)
    house.decide()


def move(house: House, a_date: Reservation, hours: int, *rooms: str) -> None:
    house.move(a_date.id, a_date.slot.starting(a_date.starts_at + timedelta(hours=hours)), *rooms)
    house.decide()


def events(mail: Mail) -> list[Event]:
    return list(Calendar.from_ical(mail.calendar).walk("VEVENT"))  # type: ignore[arg-type]


def test_a_series_is_one_invitation_with_its_rule(house: House, post: PostOffice, club: int) -> None:
    mails = post.announce()
    assert {to: (mail.method, mail.sequence) for to, mail in mails.items()} == dict.fromkeys(
        (ANNE, ZOE, YANN), ("REQUEST", 0)
    )
    for mail in mails.values():
        assert mail.event["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20271214T130000Z;BYDAY=TU"
    assert "chaque mardi, de 14 h à 16 h, du 9 novembre au 14 décembre 2027" in mails[ZOE].words
    assert "Dates confirmées (6)" in mails[ANNE].words
    assert "Dates" not in mails[ZOE].words
    again = "UPDATE reservation SET unannounced_since = now() WHERE series_id = :id RETURNING 1"
    house.rows(again, id=club)
    assert post.announce() == {}


def test_one_moved_date_is_told_alone_and_asks_again(house: House, post: PostOffice, club: int) -> None:
    first = post.announce()[ZOE]
    moved = house.dates(club)[2]
    post.answer(house.dates(club)[0].id, ZOE, "ACCEPTED")
    move(house, moved, 2)
    mails = post.announce()
    assert set(mails) == {ANNE, ZOE, YANN}
    event = mails[ZOE].event
    assert (mails[ZOE].method, mails[ZOE].sequence, event["SEQUENCE"]) == ("REQUEST", 1, 1)
    assert event["UID"] == first.event["UID"]
    assert event["RECURRENCE-ID"].dt == moved.recurs_at
    assert event["RECURRENCE-ID"].params["TZID"] == event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event.decoded("DTSTART") == moved.starts_at + timedelta(hours=2)
    assert "RRULE" not in event
    assert "Ce message ne concerne que cette date." in mails[ZOE].words
    assert "répondre à nouveau" in mails[ZOE].words
    assert "ACCEPTED" in post.answers(house.dates(club)[0].id)  # for the other dates


def test_one_date_under_another_title_keeps_the_sequence(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    house.change(house.dates(club)[2].id, title="Club radio")
    mail = post.announce()[ZOE]
    assert (mail.sequence, mail.event["SUMMARY"]) == (0, "Club radio")
    assert mail.event["RECURRENCE-ID"].dt == house.dates(club)[2].recurs_at
    assert "Votre réponse reste valable" in mail.words


def test_one_cancelled_date_is_cancelled_alone(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    gone = house.dates(club)[3]
    house.cancel(gone.id)
    mails = post.announce()
    assert {to: (mail.method, mail.sequence) for to, mail in mails.items()} == dict.fromkeys(
        (ANNE, ZOE, YANN), ("CANCEL", 1)
    )
    assert mails[ZOE].event["RECURRENCE-ID"].dt == gone.recurs_at
    assert mails[ZOE].event["STATUS"] == "CANCELLED"
    assert "Cette date de la série « Club » est annulée." in mails[ZOE].words
    [row] = house.rows("SELECT DISTINCT recurrence FROM delivery WHERE method = 'CANCEL'")
    assert row.recurrence == "20271130T130000Z"


def test_a_moved_date_is_cancelled_where_people_know_it(house: House, post: PostOffice, club: int) -> None:
    moved = house.dates(club)[3]
    move(house, moved, 3)
    post.announce()
    house.cancel(moved.id)
    event = post.announce()[ZOE].event
    assert (event["RECURRENCE-ID"].dt, event.decoded("DTSTART")) == (
        moved.recurs_at,
        moved.starts_at + timedelta(hours=3),
    )


def test_a_date_that_comes_back_is_told_with_all_others(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    gone = house.dates(club)[3]
    house.cancel(gone.id)
    post.announce()
    bring_back(house, club, date(2027, 11, 30))
    mail = post.announce()[ZOE]
    assert (mail.method, mail.sequence) == ("REQUEST", 2)
    assert "RRULE" in mail.event
    assert "EXDATE" not in mail.event
    assert "Date confirmée (1) :\n- mardi 30 novembre 2027\n" in mail.words


def test_a_date_that_was_given_back_and_came_back_meanwhile_makes_no_mail(
    house: House, post: PostOffice, club: int
) -> None:
    post.announce()
    house.cancel(house.dates(club)[3].id)
    bring_back(house, club, date(2027, 11, 30))
    assert post.announce() == {}


def test_several_changes_make_one_mail_with_all_dates(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    dates = house.dates(club)
    post.answer(dates[0].id, ZOE, "ACCEPTED")
    move(house, dates[1], 2)
    move(house, dates[2], 0, "flexi-36")
    house.cancel(dates[4].id)

    mail = post.announce()[ZOE]

    master, *overrides = events(mail)
    assert (mail.method, mail.sequence, len(overrides)) == ("REQUEST", 1, 2)
    assert master["EXDATE"].dts[0].dt == dates[4].recurs_at
    assert (
        "Dates déplacées (2) :\n- mardi 16 novembre 2027 : désormais mardi 16 novembre 2027, de 16 h 00" in mail.words
    )
    assert "- mardi 23 novembre 2027 : désormais Flexi 36\n" in mail.words
    assert "Date annulée (1) :\n- mardi 7 décembre 2027\n" in mail.words
    assert post.answers(dates[0].id) == {"NEEDS-ACTION"}


def test_another_title_for_all_keeps_the_sequence_and_the_answers(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    head = house.dates(club)[0].id
    post.answer(head, ZOE, "ACCEPTED")
    change(house, club, words={"title": "Club radio"})
    mail = post.announce()[ZOE]
    assert (mail.method, mail.sequence, mail.event["SUMMARY"]) == ("REQUEST", 0, "Club radio")
    assert "RRULE" in mail.event
    assert "Intitulé : Club radio\n" in mail.words
    assert "Votre réponse reste valable" in mail.words
    assert "ACCEPTED" in post.answers(head)


def test_another_hour_for_all_is_another_rule_under_the_same_uid(house: House, post: PostOffice, club: int) -> None:
    first = post.announce()[ZOE]
    change(house, club, start=time(9), length=timedelta(hours=1))
    mail = post.announce()[ZOE]
    assert mail.event["UID"] == first.event["UID"]
    assert mail.sequence == 1
    assert mail.event.decoded("DTSTART") == datetime(2027, 11, 9, 8, tzinfo=UTC)
    assert "- Dates : chaque mardi, de 9 h à 10 h, du 9 novembre au 14 décembre 2027\n" in mail.words
    assert "(avant : chaque mardi, de 14 h à 16 h, du 9 novembre au 14 décembre 2027)" in mail.words


def test_a_date_moves_with_its_rule_to_where_another_one_was_cancelled(house: House, post: PostOffice) -> None:
    series = house.series("FREQ=DAILY;COUNT=2", guests=[ZOE])
    house.decide()
    post.announce()
    house.cancel(house.dates(series)[1].id)
    post.announce()
    change(house, series, days_later=1)
    mail = post.announce()[ZOE]
    assert (mail.method, mail.sequence) == ("REQUEST", 2)
    assert mail.event.decoded("DTSTART") == datetime(2027, 11, 10, 13, tzinfo=UTC)


def test_another_room_for_all_is_told_once_and_not_date_by_date(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    change(house, club, resources=("flexi-36",))
    mail = post.announce()[ZOE]
    assert mail.sequence == 1
    assert len(events(mail)) == 1
    assert "- Lieu : Flexi 36\n  (avant : Flexi 16)\n" in mail.words
    assert "Dates déplacées" not in mail.words


def test_a_split_ends_the_first_series_earlier_and_begins_a_second(house: House, post: PostOffice, club: int) -> None:
    first = post.announce()[ZOE]
    change(house, club, since=date(2027, 11, 30), start=time(9), length=timedelta(hours=1))
    mails = [mail for mail in post.announce_all() if mail.recipient == ZOE]
    old, new = sorted(mails, key=lambda mail: mail.event["UID"] != first.event["UID"])
    assert (old.method, old.sequence, new.method, new.sequence) == ("REQUEST", 1, "REQUEST", 0)
    assert old.event["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20271123T130000Z;BYDAY=TU"
    assert new.event["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20271214T080000Z;BYDAY=TU"
    assert new.event["UID"] != old.event["UID"] == first.event["UID"]
    assert "annulée" not in old.words
    assert "chaque mardi, de 9 h à 10 h, du 30 novembre au 14 décembre 2027" in new.words


def test_a_series_given_back_as_a_whole_is_cancelled_as_a_whole(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    cancel(house, club)
    mails = post.announce()
    assert {to: (mail.method, mail.sequence) for to, mail in mails.items()} == dict.fromkeys(
        (ANNE, ZOE, YANN), ("CANCEL", 1)
    )
    assert "RECURRENCE-ID" not in mails[ZOE].event
    assert "La série de rendez-vous « Club » est annulée." in mails[ZOE].words
    assert post.announce() == {}


def test_a_series_that_comes_back_after_all_outranks_its_cancellation(
    house: House, post: PostOffice, club: int
) -> None:
    post.announce()
    cancel(house, club)
    cancelled = post.announce()[ZOE]
    bring_back(house, club, date(2027, 11, 16), date(2027, 11, 23))
    mail = post.announce()[ZOE]
    assert mail.method == "REQUEST"
    assert mail.sequence > cancelled.sequence
    assert mail.event["UID"] == cancelled.event["UID"]


def test_the_later_dates_given_back_end_the_series_earlier(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    cancel(house, club, since=date(2027, 11, 30))
    mail = post.announce()[ZOE]
    assert (mail.method, mail.sequence) == ("REQUEST", 1)
    assert mail.event["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20271123T130000Z;BYDAY=TU"
    assert "Dates annulées (3) :\n- mardi 30 novembre 2027\n- 7 et 14 décembre 2027\n" in mail.words


def test_who_is_invited_later_gets_the_whole_series_and_nobody_else_a_mail(
    house: House, post: PostOffice, club: int
) -> None:
    post.announce()
    move(house, house.dates(club)[1], 2)
    post.announce()
    post.invite(house.dates(club)[4].id, "sam@college.example")
    mails = post.announce()
    assert set(mails) == {"sam@college.example"}
    [mail] = mails.values()
    assert (mail.method, mail.sequence, len(events(mail))) == ("REQUEST", 1, 2)


def test_who_is_taken_off_gets_one_cancel_for_all_dates(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    post.take_off(house.dates(club)[0].id, ZOE)
    mails = post.announce()
    assert {to: (mail.method, mail.sequence) for to, mail in mails.items()} == {ZOE: ("CANCEL", 1)}
    assert "RECURRENCE-ID" not in mails[ZOE].event
    assert "Vous ne figurez plus sur la liste" in mails[ZOE].words


def test_the_series_goes_on_when_its_first_date_is_cancelled(house: House, post: PostOffice, club: int) -> None:
    """Its list of people and its invitation are those of that date."""
    post.announce()
    first = house.dates(club)[0]
    house.cancel(first.id)
    assert post.announce()[ZOE].event["RECURRENCE-ID"].dt == first.recurs_at
    change(house, club, words={"title": "Club radio"})
    mail = post.announce()[ZOE]
    assert mail.event.decoded("DTSTART") == house.dates(club)[1].recurs_at


def test_a_trainer_of_any_date_is_invited_and_freed_with_the_last(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    basile = house.trainer("basile")
    dates = house.dates(club)
    move(house, dates[1], 0, "flexi-16", basile)
    assert post.announce()["basile@example.org"].method == "REQUEST"
    move(house, house.dates(club)[1], 0, "flexi-16")
    assert post.announce()["basile@example.org"].method == "CANCEL"
