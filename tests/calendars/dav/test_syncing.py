"""What changed since the last time: tokens, what went, and calendars that are read in parts (RFC 6578)."""

import pytest

from shared.calendars import contents
from tests.calendars.dav.speaking import Dav, clark, sync
from tests.house import slot


def test_at_first_everything_and_then_nothing_until_something_changes(dav: Dav) -> None:
    first = dav.house.confirmed("flexi-16")
    dav.house.confirmed("flexi-16", at=slot(13, 14))
    dav.publish()
    one, two = (f"{dav.room()}{n}.ics" for n in (1, 2))
    at_first = dav.report(dav.room(), sync())
    assert at_first.keys() == {one, two}
    assert at_first[one].text("D:getcontenttype").startswith("text/calendar")
    again = dav.report(dav.room(), sync(at_first.sync_token))
    assert (again.keys(), again.sync_token) == (set(), at_first.sync_token)

    dav.house.change(first, title="Autrement")
    dav.publish()
    then = dav.report(dav.room(), sync(again.sync_token))
    assert then.keys() == {one}
    assert then[one].text("D:getetag") != at_first[one].text("D:getetag")
    assert then.sync_token != again.sync_token
    assert dav.report(dav.room(), sync(then.sync_token)) == {}


def test_the_token_is_also_a_property_and_tells_whether_anything_changed(dav: Dav) -> None:
    def now() -> set[str]:
        found = dav.propfind(dav.room(), "D:sync-token", "CS:getctag")[dav.room()]
        return {found.text("D:sync-token"), found.text("CS:getctag")}

    before = now()
    assert dav.report(dav.room(), sync()).sync_token in before
    dav.house.confirmed("flexi-19")
    dav.publish()
    assert now() == before
    dav.house.confirmed("flexi-16")
    dav.publish()
    assert not now() & before


def test_what_leaves_a_room_is_gone_from_it_and_new_in_the_other(dav: Dav) -> None:
    moved = dav.house.confirmed("flexi-16")
    dav.publish()
    rooms = dav.room(), dav.room("flexi-19")
    tokens = [dav.report(room, sync()).sync_token for room in rooms]
    dav.house.move(moved, slot(), "flexi-19")
    dav.house.decide()
    dav.publish()
    left, entered = (dav.report(room, sync(token)) for room, token in zip(rooms, tokens, strict=True))
    assert {path: one.status for path, one in left.items()} == {f"{rooms[0]}1.ics": 404}
    assert {path: one.status for path, one in entered.items()} == {f"{rooms[1]}1.ics": 200}
    # who comes for the first time need not hear of what went
    assert dav.report(rooms[0], sync()) == {}
    assert dav.call("GET", f"{rooms[0]}1.ics").status_code == 404


def test_what_was_called_off_is_read_as_such_and_goes_after_thirty_days(dav: Dav) -> None:
    called_off = dav.house.confirmed("flexi-16")
    dav.publish()
    path = f"{dav.room()}1.ics"
    before = dav.report(dav.room(), sync()).sync_token
    dav.house.cancel(called_off)
    dav.publish()
    then = dav.report(dav.room(), sync(before, names=("D:getetag", "C:calendar-data")))
    assert "STATUS:CANCELLED" in then[path].text("C:calendar-data")
    dav.house.passes(days=29)
    dav.publish()
    assert dav.report(dav.room(), sync(then.sync_token)) == {}
    dav.house.passes(days=2)
    dav.publish()
    assert dav.report(dav.room(), sync(then.sync_token))[path].status == 404
    assert dav.entries(dav.room()) == {}


NOT_OURS = (
    "x",
    "data:,room-2-99-0",
    "data:,room-2-1",
    "data:,room-2--1-0",
    f"data:,room-2-{9**30}-0",
    "data:,room-3-1-0",
    "data:,person-2-1-0",
    "http://example.org/sync/1",
    "data:,room-2-1-0\n\n; DROP TABLE calendar",
)


def test_a_token_that_is_not_of_this_calendar_is_refused(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    for token in NOT_OURS:
        answer = dav.call("REPORT", dav.room(), sync(token), depth=0)
        assert (answer.status_code, "<D:valid-sync-token/>" in answer.text) == (403, True), token


def test_a_calendar_may_be_read_in_parts(dav: Dav) -> None:
    for hour in range(9, 16):
        dav.house.confirmed("flexi-16", at=slot(hour, hour + 1))
    dav.publish()
    token, read, parts = "", [], 0
    while True:
        part = dav.report(dav.room(), sync(token, limit=3))
        token, parts = part.sync_token, parts + 1
        read += [path for path in part if path != dav.room()]
        if dav.room() not in part:
            break
        assert part[dav.room()].status == 507
    assert (len(read), len(set(read)), parts) == (7, 7, 3)
    assert dav.report(dav.room(), sync(token)) == {}
    assert dav.room() not in dav.report(dav.room(), sync(limit=7))


def test_a_limit_is_a_number_above_0(dav: Dav) -> None:
    for wrong in ("0", "-1", "many", "\N{ARABIC-INDIC DIGIT ONE}", "1.5"):
        body = sync(limit=7).replace(">7<", f">{wrong}<")
        assert dav.call("REPORT", dav.room(), body, depth=0).status_code == 400, wrong


def test_levels_and_depths(dav: Dav) -> None:
    """Thunderbird says Depth: 1; a calendar has no calendars inside, so that infinite means the same as 1."""
    infinite = sync().replace("<D:sync-level>1", "<D:sync-level>infinite")
    for body, depth, status in (
        (sync(), "0", 207),
        (sync(), "1", 207),
        (infinite, "0", 207),
        (sync(), "infinity", 400),
        (sync().replace("<D:sync-level>1", "<D:sync-level>2"), "0", 400),
    ):
        assert dav.call("REPORT", dav.room(), body, depth=depth).status_code == status, (body, depth)


def test_a_calendar_in_which_nothing_ever_was_is_empty_and_fills(dav: Dav) -> None:
    empty = dav.report(dav.room("escapelab"), sync())
    assert empty == {}
    dav.house.confirmed("escapelab")
    dav.publish()
    assert len(dav.report(dav.room("escapelab"), sync(empty.sync_token))) == 1


def test_what_changes_while_a_calendar_is_read_comes_the_next_time(dav: Dav, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token was told before: nothing is read twice, and nothing is missed."""
    first = dav.house.confirmed("flexi-16")
    dav.house.confirmed("flexi-16", at=slot(13, 14))
    dav.publish()
    read = contents.changes
    begun = []

    def changes_meanwhile(*arguments: object, **more: object) -> object:
        if not begun:
            begun.append(1)
            dav.house.change(first, title="Pendant ce temps")
            dav.publish()
        return read(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("services.calendars.dav.reports.changes", changes_meanwhile)
    part = dav.report(dav.room(), sync())
    assert part.keys() == {f"{dav.room()}2.ics"}
    assert dav.report(dav.room(), sync(part.sync_token)).keys() == {f"{dav.room()}1.ics"}


def test_many_are_read_page_by_page(dav: Dav, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.calendars.dav.reports.PAGE", 2)
    monkeypatch.setattr("services.calendars.dav.reports.PAGE_WITH_CONTENT", 3)
    monkeypatch.setattr("services.calendars.dav.writing.PIECE", 500)
    for hour in range(9, 16):
        dav.house.confirmed("flexi-16", at=slot(hour, hour + 1))
    dav.publish()
    paths = {f"{dav.room()}{n}.ics" for n in range(1, 8)}
    assert dav.report(dav.room(), sync()).keys() == paths
    assert dav.report(dav.room(), sync(names=("C:calendar-data",))).keys() == paths
    assert dav.propfind(dav.room(), "D:getetag", depth=1).keys() == paths | {dav.room()}
    assert dav.entries(dav.room()).keys() == paths
    listed = dav.propfind(dav.room(), "D:getetag", "D:resourcetype", depth=1)
    assert clark("D:getetag") in listed[f"{dav.room()}7.ics"].found
