"""Publishing: once for each change, the same bytes for the same entry, and nothing lost between two who do it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from shared.calendars import publishing
from shared.calendars.marks import Marks
from shared.store.attendees import Attendee
from shared.store.base import transaction
from tests.calendars.conftest import Press, events
from tests.house import furnished, slot

ENTRY = "SELECT * FROM calendar_entry ORDER BY id"
MEMBERS = """
SELECT c.kind, c.change AS newest, m.change, m.removed_at IS NOT NULL AS is_gone FROM calendar_member AS m
JOIN calendar AS c ON c.id = m.calendar_id ORDER BY c.id, m.change
"""
MARKED = """
SELECT (SELECT count(*) FROM reservation WHERE unpublished_since IS NOT NULL) + (SELECT count(*) FROM calendar_mark)
AS n
"""


def is_marked(press: Press) -> bool:
    [row] = press.house.rows(MARKED)
    return row.n > 0


def test_what_is_published_is_not_looked_at_again(press: Press) -> None:
    press.house.confirmed("flexi-16")
    assert press.publish() == 1
    assert not is_marked(press)
    assert press.publish() == 0


def test_announcing_and_reminding_change_nothing_that_calendars_show(press: Press) -> None:
    press.house.confirmed("flexi-16", guests=("zoe@example.org",))
    press.publish()
    before = press.house.rows(ENTRY)
    press.house.announce()
    press.publish()
    assert press.house.rows(ENTRY) == before


@pytest.mark.parametrize(
    "column", ["version = version + 1", "people = 12", "correlation_id = 'x'", "unannounced_since = now()"]
)
def test_what_no_calendar_shows_marks_nothing(press: Press, column: str) -> None:
    press.house.confirmed("flexi-16")
    press.publish()
    press.house.rows(f"UPDATE reservation SET {column} RETURNING id")
    assert not is_marked(press)


def test_the_same_entry_is_the_same_bytes_though_it_is_marked(press: Press) -> None:
    press.house.confirmed("flexi-16", guests=("zoe@example.org",))
    press.house.series("FREQ=WEEKLY;COUNT=5", "flexi-19")
    press.house.decide()
    press.publish()
    entries, members = press.house.rows(ENTRY), press.house.rows(MEMBERS)
    press.house.passes(hours=5)
    press.house.rows("UPDATE reservation SET unpublished_since = now() RETURNING id")
    assert press.publish() == 2
    assert (press.house.rows(ENTRY), press.house.rows(MEMBERS)) == (entries, members)


def test_each_change_is_a_later_version_of_one_uid(press: Press) -> None:
    id_ = press.house.confirmed("flexi-16", title="Un")
    seen = []
    for title in ("Deux", "Trois"):
        seen += events(press.feed("site"))
        press.house.change(id_, title=title)
    seen += events(press.feed("site"))
    assert [str(event["SUMMARY"]) for event in seen] == ["Un", "Deux", "Trois"]
    assert [event["SEQUENCE"] for event in seen] == [0, 1, 2]
    assert len({event["DTSTAMP"].dt for event in seen}) == 3
    assert [event["LAST-MODIFIED"].dt for event in seen] == [event["DTSTAMP"].dt for event in seen]
    assert len({str(event["UID"]) for event in seen}) == 1


@pytest.mark.parametrize("is_invited_first", [True, False])
def test_feed_and_invitation_have_one_uid_whichever_is_first(press: Press, is_invited_first: bool) -> None:
    press.house.confirmed("flexi-16", guests=("zoe@example.org",))
    press.house.series("FREQ=WEEKLY;COUNT=5", "flexi-19")
    press.house.decide()
    if is_invited_first:
        press.house.announce()
    press.publish()
    # a house that moves to another domain keeps what it said
    press.house.rows("UPDATE site SET mail_domain = 'other.example' RETURNING id")
    press.house.announce()
    press.publish()
    invited = {row.uid for row in press.house.rows("SELECT uid FROM invitation")}
    assert invited == {row.uid for row in press.house.rows(ENTRY)}
    assert len(invited) == 2


def test_an_invitation_of_an_older_version_gives_its_uid(press: Press) -> None:
    press.house.confirmed("flexi-16")
    press.house.announce()
    press.house.rows("UPDATE invitation SET uid = 'of-old@creneau.example' RETURNING id")
    [event] = events(press.feed("site"))
    assert str(event["UID"]) == "of-old@creneau.example"


def test_each_change_of_a_calendar_has_a_number_and_the_calendar_the_highest(press: Press) -> None:
    first = press.house.confirmed("flexi-16")
    press.house.confirmed("flexi-16", at=slot(14, 16))
    press.publish()
    press.house.change(first, title="Autre")
    press.publish()
    site = [row for row in press.house.rows(MEMBERS) if row.kind == "site"]
    assert [row.change for row in site] == [2, 3]
    assert {row.newest for row in site} == {3}


def test_who_leaves_a_calendar_is_told_by_a_number_of_it(press: Press) -> None:
    id_ = press.house.confirmed("flexi-16")
    press.publish()
    press.house.move(id_, slot(14, 16), "flexi-19")
    press.house.decide()
    press.publish()
    rooms = [(row.change, row.is_gone) for row in press.house.rows(MEMBERS) if row.kind == "room"]
    assert rooms == [(2, True), (1, False)]


def test_what_changes_while_it_is_published_stays_marked(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = press.house.confirmed("flexi-16", title="Un", guests=("basile@example.org",))

    def write_late(*arguments: Any) -> None:
        with transaction() as other:  # neither waits for the publisher, nor the publisher for them
            other.execute(text("UPDATE reservation SET title = 'Deux' WHERE id = :id"), {"id": id_})
            other.execute(text("UPDATE attendee SET removed_at = now() WHERE reservation_id = :id"), {"id": id_})
        write(*arguments)

    write = publishing.write
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(publishing, "write", write_late)
        press.publish_once()
    assert is_marked(press)
    assert press.titles("person", who="basile") == []
    assert press.titles("site") == ["Deux"]


def test_a_row_that_somebody_holds_is_neither_waited_for_nor_forgotten(press: Press) -> None:
    id_ = press.house.confirmed("flexi-16", title="Un")
    with transaction() as other:
        other.execute(text("SELECT FROM reservation WHERE id = :id FOR UPDATE"), {"id": id_})
        assert press.publish_once() == 0  # for now: whoever drains the queue need not turn round and round
    [entry] = press.house.rows(ENTRY)
    assert "SUMMARY:Un" in entry.full_text
    assert press.house.reservation(id_).unpublished_since is not None
    assert press.publish_once() == 1
    assert press.house.reservation(id_).unpublished_since is None


def test_a_second_publisher_finds_the_site_taken_and_goes_home(press: Press) -> None:
    press.house.confirmed("flexi-16")
    with transaction() as other:
        assert Marks.take(other, 10) is not None
        assert press.publish_once() == 0
    assert press.publish_once() == 1


def test_killed_before_its_commit_nothing_happened(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    press.house.confirmed("flexi-16")

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash_point:
        crash_point.setattr(Marks, "clear", die)
        with pytest.raises(KeyboardInterrupt):
            press.publish_once()
    assert press.house.rows(ENTRY) == press.house.rows(MEMBERS) == []
    assert press.publish() == 1


def test_one_that_cannot_be_rendered_holds_up_nobody(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    press.house.confirmed("flexi-16", title="Un")
    poisoned = press.house.confirmed("flexi-19", title="Poison")
    texts = publishing.Rendering.texts

    def fail(self: Any, dates: Any) -> Any:
        if dates[0].title == "Poison":
            raise ZeroDivisionError
        return texts(self, dates)

    with monkeypatch.context() as trouble:
        trouble.setattr(publishing.Rendering, "texts", fail)
        assert press.publish() == 1
        assert press.publish() == 0
    assert is_marked(press)
    assert press.titles("site") == ["Un", "Poison"]
    assert press.house.reservation(poisoned).unpublished_since is None


def test_many_marks_are_done_piece_by_piece(press: Press) -> None:
    for number in range(7):
        press.house.confirmed("flexi-16", at=slot(number, number + 1, day=1))
    assert [press.publish_once(most=3) for _ in range(4)] == [3, 3, 1, 0]


def test_a_series_is_rendered_once_however_many_of_its_dates_changed(press: Press) -> None:
    press.house.series("FREQ=WEEKLY;COUNT=30", "flexi-16")
    press.house.decide()
    assert press.publish_once(most=5) == 1
    assert press.publish_once() == 0


def test_what_is_called_off_stays_for_thirty_days(press: Press) -> None:
    id_ = press.house.confirmed("flexi-16", title="Maquillage")
    [before] = events(press.feed("room", "flexi-16"))
    press.house.cancel(id_)
    [event] = events(press.feed("room", "flexi-16"))
    assert (event["STATUS"], event["TRANSP"], event["UID"]) == ("CANCELLED", "TRANSPARENT", before["UID"])
    assert event["SEQUENCE"] == before["SEQUENCE"] + 1
    press.house.passes(days=29, hours=23)
    assert press.drop() == 0
    press.house.passes(hours=2)
    assert press.drop() == 1
    assert press.drop() == 0
    assert press.titles("room", "flexi-16") == []
    assert all(row.is_gone and row.change == row.newest == 3 for row in press.house.rows(MEMBERS))


def test_what_nobody_saw_is_not_called_off(press: Press) -> None:
    press.house.cancel(press.house.confirmed("flexi-16"))
    assert press.titles("room", "flexi-16") == []


@pytest.mark.parametrize("end", ["declined", "expired"])
def test_what_was_held_and_came_to_nothing_is_called_off_too(press: Press, end: str) -> None:
    until = press.house.now + timedelta(hours=24)
    id_ = press.house.decided_as("tentative", "flexi-16", option_until=until)
    press.publish()
    if end == "expired":
        press.house.passes(hours=25)
        press.house.run_timers()
    else:
        press.house.rows("UPDATE reservation SET state = 'refused', hold = NULL, hold_until = NULL RETURNING id")
    assert press.house.state(id_) in {"expired", "refused"}
    [event] = events(press.feed("room", "flexi-16"))
    assert event["STATUS"] == "CANCELLED"


def test_people_who_only_hold_a_meeting_are_not_counted_as_guests(press: Press) -> None:
    """The owner is put on the list when it is announced; nothing that a calendar shows is otherwise."""
    press.house.confirmed("flexi-16")
    press.publish()
    press.house.announce()
    with press.house.book() as db:
        assert [attendee.role for attendee in db.query(Attendee)] == ["CHAIR"]
    assert not is_marked(press)


LINES = ("SUMMARY:", "DTSTART", "STATUS:", "SEQUENCE:0", "DTSTAMP:19700101T000000Z", "BEGIN:VEVENT", "RRULE:")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(max_size=200).filter(lambda t: "\x00" not in t and t.isprintable()),
    note=st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=80)), max_size=6).map("\r\n".join),
)
def test_whatever_people_write_is_one_entry_with_one_stamp(press: Press, title: str, note: str) -> None:
    press.house = furnished()
    press.house.confirmed("flexi-16", title=title or "-", note=note.replace("\x00", ""))
    [event] = events(press.feed("site"))
    assert event["SEQUENCE"] == 0
    assert event["DTSTAMP"].dt == press.house.now
    [entry] = press.house.rows(ENTRY)
    lines = entry.full_text.split("\r\n")
    assert [line for line in lines if line.startswith("SEQUENCE")] == ["SEQUENCE:0"]
    assert all(len(line.encode()) <= 75 for line in lines)
