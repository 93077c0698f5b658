"""A series is announced by one at a time, while others change it, announce it and remind of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import text

from shared import booking
from shared.invitations.announce import announce_some
from shared.invitations.remind import remind_some
from tests.house import House
from tests.post_office import PostOffice

ZOE = "zoe@college.example"
ANNE = "anne@example.org"
WAITING = """
SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'
"""


@pytest.fixture
def club(house: House) -> int:
    """A series of more dates than are announced at once."""
    series = house.series("FREQ=DAILY;COUNT=30", guests=[ZOE])
    house.decide()
    return series


@pytest.mark.usefixtures("club")
def test_two_announcers_at_once_tell_a_series_once(house: House, post: PostOffice) -> None:
    with house.book() as one, house.book() as other:
        assert announce_some(one, now=house.now) == 1
        assert announce_some(other, now=house.now) == 0
    assert sorted(mail.recipient for mail in post.announce_all()) == [ANNE, ZOE]
    assert house.rows("SELECT FROM reservation WHERE unannounced_since IS NOT NULL") == []


def test_a_date_that_changes_at_this_very_moment_is_told_next_time(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    first, second, *_ = house.dates(club)
    house.change(first.id, title="Club radio")
    with house.book() as somebody:
        wanted = booking.Change(title="Club son")
        booking.change(somebody, second.id, wanted, version=None, by=house.actors["anne"], now=house.now)
        assert "Club radio" in post.announce()[ZOE].words
    assert "Club son" in post.announce()[ZOE].words


def test_whoever_reminds_and_whoever_announces_do_not_wait_for_each_other_in_a_circle(
    house: House, post: PostOffice, club: int
) -> None:
    """The one holds the invitation and needs the reservation for its deliveries, the other the other way round."""
    post.announce()
    first = house.dates(club)[0]
    house.now = first.starts_at - timedelta(hours=20)
    house.change(first.id, title="Club radio")
    with ThreadPoolExecutor(1) as pool:
        with house.book() as reminding:
            reminding.execute(text("SELECT FROM invitation FOR NO KEY UPDATE"))
            announcing = pool.submit(house.announce)
            _wait_until(lambda: house.rows(WAITING) != [])
            assert remind_some(reminding, now=house.now) == 1
        announcing.result()
    assert sorted(mail.method for mail in post.collect()) == ["REMINDER", "REMINDER", "REQUEST", "REQUEST"]


def test_a_series_that_cannot_be_announced_holds_up_nobody(house: House, post: PostOffice, club: int) -> None:
    post.announce()
    house.rows("UPDATE invitation SET told = '{\"dates\": 1}' RETURNING 1")
    for a_date in house.dates(club):
        house.change(a_date.id, title="Club radio")
    house.passes(seconds=1)
    house.confirmed("flexi-19", who="basile")
    house.passes(seconds=1)
    house.announce()  # the series goes to the end of the queue
    assert set(post.announce()) == {"basile@example.org"}
    late = house.rows("SELECT DISTINCT unannounced_since FROM reservation WHERE unannounced_since IS NOT NULL")
    assert [row.unannounced_since for row in late] == [house.now]


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 5
    while not condition():
        assert monotonic() < deadline
