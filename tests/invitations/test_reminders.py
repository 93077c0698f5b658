"""A reminder comes the day before at nine on the site's clock, once, to whoever is still coming."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.slots import Slot
from shared.invitations.remind import remind_some
from tests.house import House, slot
from tests.post_office import Mail, PostOffice

ZOE, YANN = "zoe@college.example", "yann@college.example"
ANNE = "anne@example.org"
DUE = datetime(2027, 11, 7, 8, tzinfo=UTC)  # 09:00 in Arras on the day before slot()


def test_everybody_is_reminded_the_day_before_at_nine(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16", title="Storyboard", guests=[ZOE])
    post.announce()
    assert _reminders(house, post, DUE - timedelta(seconds=1)) == {}

    reminders = _reminders(house, post, DUE)

    assert set(reminders) == {ANNE, ZOE}
    assert "lundi 8 novembre 2027, de 10 h 00 à 13 h 00" in reminders[ZOE].words
    assert "text/calendar" not in {part.get_content_type() for part in reminders[ZOE].parsed.walk()}
    assert _reminders(house, post, DUE + timedelta(minutes=1)) == {}


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (datetime(2027, 3, 28, 7, tzinfo=UTC), datetime(2027, 3, 27, 8, tzinfo=UTC)),
        (datetime(2027, 3, 29, 7, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)),
        (datetime(2027, 10, 31, 8, tzinfo=UTC), datetime(2027, 10, 30, 7, tzinfo=UTC)),
        (datetime(2027, 11, 1, 8, tzinfo=UTC), datetime(2027, 10, 31, 8, tzinfo=UTC)),
        (datetime(2027, 11, 8, 23, 30, tzinfo=UTC), datetime(2027, 11, 8, 8, tzinfo=UTC)),  # the 9th in Arras
    ],
)
def test_nine_is_nine_on_the_site_s_clock(house: House, post: PostOffice, start: datetime, due: datetime) -> None:
    house.now = start - timedelta(days=20)
    house.confirmed("flexi-16", at=Slot(start, start + timedelta(hours=1)))
    post.announce()
    assert _reminders(house, post, due - timedelta(seconds=1)) == {}
    assert set(_reminders(house, post, due)) == {ANNE}


def test_two_ticks_at_once_remind_once(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16", guests=[ZOE])
    post.announce()
    house.now = DUE
    with house.book() as one, house.book() as other:
        assert (remind_some(one, now=DUE), remind_some(other, now=DUE)) == (1, 0)
    house.remind()
    assert len(post.collect()) == 2


def test_a_reminder_moves_with_its_meeting(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16")
    post.announce()
    house.move(mine, slot(day=3))
    house.decide()
    post.announce()
    assert _reminders(house, post, DUE) == {}
    assert "jeudi 11 novembre" in _reminders(house, post, DUE + timedelta(days=3))[ANNE].words


def test_what_moves_after_its_reminder_is_reminded_again(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16")
    post.announce()
    assert set(_reminders(house, post, DUE)) == {ANNE}
    house.move(mine, slot(day=3))
    house.decide()
    post.announce()
    assert set(_reminders(house, post, DUE + timedelta(days=3))) == {ANNE}


def test_a_move_that_is_not_announced_yet_is_not_reminded_at_its_old_time(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16")
    post.announce()
    house.move(mine, slot(day=3))
    house.decide()
    assert _reminders(house, post, DUE) == {}
    post.announce()
    assert set(_reminders(house, post, DUE + timedelta(days=3))) == {ANNE}


def test_new_words_that_are_not_announced_yet_do_not_cost_the_reminder(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16")
    post.announce()
    house.change(mine, title="Storyboard")
    assert set(_reminders(house, post, DUE)) == {ANNE}


def test_what_is_cancelled_is_not_reminded(house: House, post: PostOffice) -> None:
    announced, silently = house.confirmed("flexi-16"), house.confirmed("flexi-19")
    post.announce_all()
    house.cancel(announced)
    post.announce()
    house.cancel(silently)
    assert _reminders(house, post, DUE) == {}


def test_new_words_after_the_reminder_bring_no_second_one(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16")
    post.announce()
    assert set(_reminders(house, post, DUE)) == {ANNE}
    house.change(mine, title="Storyboard")
    post.announce()
    assert _reminders(house, post, DUE + timedelta(hours=1)) == {}


def test_only_who_is_coming_is_reminded(house: House, post: PostOffice) -> None:
    mine = house.confirmed("flexi-16", guests=[ZOE, YANN])
    post.announce()
    post.answer(mine, ZOE, "DECLINED")
    post.take_off(mine, YANN)
    post.announce()
    post.invite(mine, "untold@college.example")
    assert set(_reminders(house, post, DUE)) == {ANNE}


def test_after_an_outage_a_meeting_that_has_begun_is_not_reminded(house: House, post: PostOffice) -> None:
    house.confirmed("flexi-16", title="begun")
    house.confirmed("flexi-19", title="still to come", at=slot(10, 12))
    post.announce_all()
    [reminder] = _reminders(house, post, slot().start).values()
    assert "« still to come »" in reminder.words


def test_what_is_made_less_than_a_day_before_has_no_reminder(house: House, post: PostOffice) -> None:
    house.now = DUE + timedelta(seconds=1)
    house.confirmed("flexi-16")
    post.announce()
    assert _reminders(house, post, slot().start - timedelta(hours=1)) == {}


def test_what_is_made_early_on_the_day_before_still_has_one(house: House, post: PostOffice) -> None:
    house.now = DUE - timedelta(seconds=1)
    house.confirmed("flexi-16")
    post.announce()
    assert set(_reminders(house, post, DUE)) == {ANNE}


def test_one_reminder_that_cannot_be_written_holds_up_nobody(house: House, post: PostOffice) -> None:
    broken, _ = house.confirmed("flexi-16"), house.confirmed("flexi-19", title="Storyboard")
    post.announce_all()
    house.rows("UPDATE invitation SET told = '{}' WHERE reservation_id = :id RETURNING 1", id=broken)
    assert "Storyboard" in _reminders(house, post, DUE)[ANNE].words
    [[later]] = house.rows("SELECT remind_at FROM invitation WHERE reservation_id = :id", id=broken)
    assert later == DUE + timedelta(hours=1)


def _reminders(house: House, post: PostOffice, now: datetime) -> dict[str, Mail]:
    house.now = now
    house.remind()
    mails = post.collect()
    assert {mail.method for mail in mails} <= {"REMINDER"}
    assert len({mail.recipient for mail in mails}) == len(mails)
    return {mail.recipient: mail for mail in mails}
