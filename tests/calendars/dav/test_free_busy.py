"""When a calendar is busy, as a VFREEBUSY."""

from datetime import timedelta

from tests.calendars.dav.speaking import DECLARED, Dav, between
from tests.house import slot


def busy(dav: Dav, path: str, inner: str, who: str = "anne") -> list[str]:
    """The FREEBUSY lines."""
    answer = dav.call("REPORT", path, f"<C:free-busy-query {DECLARED}>{inner}</C:free-busy-query>", who, depth=1)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8"), answer.text
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    return [line for line in answer.text.splitlines() if line.startswith("FREEBUSY")]


def test_when_a_room_is_taken_and_when_perhaps(dav: Dav) -> None:
    dav.house.confirmed("flexi-16", at=slot(9, 10))
    dav.house.confirmed("flexi-16", at=slot(10, 11), who="basile")
    dav.house.confirmed("flexi-16", at=slot(13, 14))
    dav.house.confirmed("flexi-19", at=slot(15, 16))
    dav.house.cancel(dav.house.confirmed("flexi-16", at=slot(16, 17)))
    dav.house.decided_as("tentative", "flexi-16", at=slot(17, 18), option_until=dav.house.now + timedelta(days=7))
    dav.publish()
    for who in ("anne", "basile", "pia"):
        assert busy(dav, dav.room(who=who), between(slot(8, 9).start, slot(18, 19).end), who) == [
            "FREEBUSY;FBTYPE=BUSY:20271108T090000Z/20271108T110000Z",
            "FREEBUSY;FBTYPE=BUSY:20271108T130000Z/20271108T140000Z",
            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20271108T170000Z/20271108T180000Z",
        ]
    assert busy(dav, dav.agenda(), between(slot(15, 17).start, slot(15, 17).end)) == [
        "FREEBUSY;FBTYPE=BUSY:20271108T150000Z/20271108T160000Z"
    ]


def test_only_what_is_in_the_range_is_said(dav: Dav) -> None:
    series = dav.house.series("FREQ=WEEKLY;COUNT=3", "flexi-16")
    dav.house.decide()
    second = dav.house.dates(series)[1]
    dav.house.move(second.id, second.slot, "flexi-19")
    dav.house.decide()
    dav.publish()
    assert busy(dav, dav.room(), between(slot(14, 15, day=1).start, slot(16, 17, day=10).start)) == [
        "FREEBUSY;FBTYPE=BUSY:20271109T140000Z/20271109T150000Z"
    ]


def test_a_room_is_taken_from_setting_up_to_clearing_and_with_what_it_is_made_of(dav: Dav) -> None:
    dav.house.furnish("plateau", parts=("flexi-16", "flexi-19"))
    dav.house.rule("room", "flexi-16", setup_minutes=30, clearing_minutes=15)
    dav.house.confirmed("flexi-16", at=slot(9, 10))
    dav.publish()
    taken = ["FREEBUSY;FBTYPE=BUSY:20271108T083000Z/20271108T101500Z"]
    day = between(slot(0, 1).start, slot(23, 24).end)
    assert busy(dav, dav.room(), day) == busy(dav, dav.room("plateau"), day) == taken
    # its owner is busy while it lasts
    assert busy(dav, dav.agenda(), day) == ["FREEBUSY;FBTYPE=BUSY:20271108T090000Z/20271108T100000Z"]


def test_it_is_asked_between_two_moments(dav: Dav) -> None:
    for inner in (
        "",
        "<C:time-range/>",
        between(slot().start, slot(day=400).start),
        '<C:time-range start="20271108T000000Z"/>',
    ):
        body = f"<C:free-busy-query {DECLARED}>{inner}</C:free-busy-query>"
        answer = dav.call("REPORT", dav.room(), body, depth=1)
        assert (answer.status_code, "valid-filter" in answer.text) == (403, True)
