"""ical.js, Thunderbird's reader, agrees on the instants of every kind of mail, across both clock changes of 2027."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.slots import Slot
from tests.house import House
from tests.post_office import Mail, PostOffice
from tests.second_opinion import Read

ZOE, YANN = "zoe@college.example", "yann@college.example"
MOVES = {
    "within winter": (datetime(2027, 11, 8, 9, tzinfo=UTC), datetime(2027, 11, 9, 9, tzinfo=UTC)),
    "into summer time": (datetime(2027, 3, 27, 8, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)),
    "over the lost hour": (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 27, 22, 30, tzinfo=UTC)),
    "out of summer time": (datetime(2027, 10, 30, 7, tzinfo=UTC), datetime(2027, 10, 31, 8, tzinfo=UTC)),
    "within the hour that comes twice": (
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize(("first", "second"), MOVES.values(), ids=MOVES)
def test_every_kind_of_mail_is_read_at_its_instant(
    house: House, post: PostOffice, ical_js: Read, first: datetime, second: datetime
) -> None:
    before, after = (Slot(start, start + timedelta(hours=2)) for start in (first, second))
    house.now = first - timedelta(days=20)
    mine = house.confirmed("flexi-16", at=before, guests=[ZOE, YANN])
    invitation = post.announce()[ZOE]
    house.move(mine, after)
    house.decide()
    moved = post.announce()[ZOE]
    house.change(mine, title="Storyboard ; suite, « fin »")
    retitled = post.announce()[ZOE]
    post.take_off(mine, YANN)
    removal = post.announce()[YANN]
    house.cancel(mine)
    cancellation = post.announce()[ZOE]

    expected = [
        (invitation, "REQUEST", 0, before),
        (moved, "REQUEST", 1, after),
        (retitled, "REQUEST", 1, after),
        (removal, "CANCEL", 2, after),
        (cancellation, "CANCEL", 2, after),
    ]
    read = [ical_js(mail.calendar) for mail, *_ in expected]

    assert [_summary(calendar) for calendar in read] == [
        (method, sequence, _js(mail.dtstamp), _js(at.start), _js(at.end)) for mail, method, sequence, at in expected
    ]
    assert len({calendar["events"][0]["uid"] for calendar in read}) == 1
    assert read[2]["events"][0]["summary"] == "Storyboard ; suite, « fin »"
    for calendar, (mail, *_) in zip(read, expected, strict=True):
        _is_answered_by_its_recipient(calendar, mail)


def _summary(calendar: dict[str, Any]) -> tuple[Any, ...]:
    [event] = calendar["events"]
    return calendar["method"], event["sequence"], event["dtstamp"], event["start"], event["end"]


def _is_answered_by_its_recipient(calendar: dict[str, Any], mail: Mail) -> None:
    [event] = calendar["events"]
    [me] = [who for who in event["attendees"] if who["address"] == f"mailto:{mail.recipient}"]
    assert me["partstat"] == "NEEDS-ACTION"
    assert event["organizer"] == "mailto:reservations@creneau.example"
    assert event["status"] == ("CANCELLED" if mail.method == "CANCEL" else "CONFIRMED")


def _js(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
