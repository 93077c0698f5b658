"""Each date of a series is reminded of on the day before, once, to whoever is still coming."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared import recurring
from tests.house import House
from tests.post_office import Mail, PostOffice

ZOE, YANN = "zoe@college.example", "yann@college.example"
ANNE = "anne@example.org"
FIRST = datetime(2027, 11, 8, 8, tzinfo=UTC)  # 09:00 in Arras on the day before the first date
WEEK = timedelta(weeks=1)


@pytest.fixture
def club(house: House, post: PostOffice) -> int:
    """Four Tuesdays from 9 November on, announced."""
    series = house.series("FREQ=WEEKLY;COUNT=4", guests=[ZOE])
    house.decide()
    post.announce()
    return series


def reminders(house: House, post: PostOffice, now: datetime) -> dict[str, Mail]:
    house.now = now
    house.remind()
    mails = post.collect()
    assert {mail.method for mail in mails} <= {"REMINDER"}
    assert len({mail.recipient for mail in mails}) == len(mails)
    return {mail.recipient: mail for mail in mails}


@pytest.mark.usefixtures("club")
def test_each_date_has_its_reminder(house: House, post: PostOffice) -> None:
    for week, day in enumerate((9, 16, 23, 30)):
        due = FIRST + week * WEEK
        assert reminders(house, post, due - timedelta(seconds=1)) == {}
        mails = reminders(house, post, due)
        assert set(mails) == {ANNE, ZOE}
        assert f"Quand : mardi {day} novembre 2027, de 14 h 00 à 16 h 00\nSérie : chaque mardi" in mails[ZOE].words
        assert reminders(house, post, due + timedelta(minutes=1)) == {}
    assert house.rows("SELECT FROM invitation WHERE remind_at IS NOT NULL") == []


def test_a_date_that_is_cancelled_is_passed_over(house: House, post: PostOffice, club: int) -> None:
    dates = house.dates(club)
    house.cancel(dates[0].id)
    post.announce()
    house.cancel(dates[1].id)  # not announced yet
    assert reminders(house, post, FIRST) == {}
    assert reminders(house, post, FIRST + WEEK) == {}
    assert set(reminders(house, post, FIRST + 2 * WEEK)) == {ANNE, ZOE}


def test_a_date_that_moves_takes_its_reminder_along(house: House, post: PostOffice, club: int) -> None:
    first = house.dates(club)[0]
    house.move(first.id, first.slot.starting(first.starts_at + timedelta(days=2)))
    house.decide()
    assert reminders(house, post, FIRST) == {}  # not announced yet
    post.announce()
    assert reminders(house, post, FIRST + timedelta(days=1)) == {}
    assert "jeudi 11 novembre" in reminders(house, post, FIRST + timedelta(days=2))[ZOE].words
    assert "mardi 16 novembre" in reminders(house, post, FIRST + WEEK)[ZOE].words


def test_a_date_that_moves_after_its_reminder_is_reminded_of_again(house: House, post: PostOffice, club: int) -> None:
    assert set(reminders(house, post, FIRST)) == {ANNE, ZOE}
    first = house.dates(club)[0]
    house.move(first.id, first.slot.starting(first.starts_at + timedelta(days=2)))
    house.decide()
    post.announce()
    assert set(reminders(house, post, FIRST + timedelta(days=2))) == {ANNE, ZOE}


def test_new_words_bring_no_second_reminder(house: House, post: PostOffice, club: int) -> None:
    assert set(reminders(house, post, FIRST)) == {ANNE, ZOE}
    house.change(house.dates(club)[2].id, title="Club radio")
    post.announce()
    assert reminders(house, post, FIRST + timedelta(hours=1)) == {}
    assert set(reminders(house, post, FIRST + WEEK)) == {ANNE, ZOE}


def test_a_date_that_comes_back_is_reminded_of(house: House, post: PostOffice, club: int) -> None:
    house.cancel(house.dates(club)[1].id)
    post.announce()
    with house.book() as db:
        recurring.bring_back(db, club, date(2027, 11, 16), by=house.actors["anne"], now=house.now)
    house.decide()
    post.announce()
    reminders(house, post, FIRST)
    assert "mardi 16 novembre" in reminders(house, post, FIRST + WEEK)[ZOE].words


@pytest.mark.usefixtures("club")
def test_after_an_outage_only_what_is_still_to_come_is_reminded_of(house: House, post: PostOffice) -> None:
    mails = reminders(house, post, FIRST + WEEK + timedelta(hours=3))
    assert "mardi 16 novembre" in mails[ZOE].words


def test_only_who_is_coming_is_reminded(house: House, post: PostOffice, club: int) -> None:
    post.invite(house.dates(club)[2].id, YANN)
    post.answer(house.dates(club)[0].id, ZOE, "DECLINED")
    post.announce()
    assert set(reminders(house, post, FIRST)) == {ANNE, YANN}


def test_a_series_that_goes_on_as_another_one_is_reminded_of_by_that(house: House, post: PostOffice, club: int) -> None:
    with house.book() as db:
        wanted = recurring.SeriesChange(since=date(2027, 11, 23), days_later=1)
        recurring.change_series(db, club, wanted, by=house.actors["anne"], now=house.now)
    house.decide()
    post.announce_all()
    assert set(reminders(house, post, FIRST + WEEK)) == {ANNE, ZOE}
    assert reminders(house, post, FIRST + 2 * WEEK) == {}
    assert "mercredi 24 novembre" in reminders(house, post, FIRST + 2 * WEEK + timedelta(days=1))[ZOE].words


@pytest.mark.usefixtures("club")
def test_a_reminder_that_cannot_be_written_is_tried_again(house: House, post: PostOffice) -> None:
    [[told]] = house.rows("SELECT told::text FROM invitation")
    house.rows("UPDATE invitation SET told = '{\"dates\": []}' RETURNING 1")
    assert reminders(house, post, FIRST) == {}
    house.rows("UPDATE invitation SET told = CAST(:told AS jsonb) RETURNING 1", told=told)
    assert reminders(house, post, FIRST + timedelta(minutes=59)) == {}
    assert set(reminders(house, post, FIRST + timedelta(hours=1))) == {ANNE, ZOE}
