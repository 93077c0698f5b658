"""A series is a series: one rule, what is left out and what is otherwise; in each calendar only its own dates."""

from datetime import UTC, datetime, time, timedelta

import recurring_ical_events
from icalendar import Calendar

from shared import recurring
from shared.store.attendees import Attendee
from tests.calendars.conftest import Press, events, start_of
from tests.house import FIRST_TUESDAY, slot
from tests.second_opinion import Expand

SPAN = datetime(2027, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)


def starts(calendar: bytes) -> list[datetime]:
    """When something is on, as recurring-ical-events expands it."""
    return sorted(start_of(event) for event in recurring_ical_events.of(Calendar.from_ical(calendar)).between(*SPAN))


def held(press: Press, *rooms: str) -> list[datetime]:
    """When something is on, as the book says."""
    ids = [press.house.rooms[room] for room in rooms]
    is_held = "state IN ('confirmed', 'tentative') AND resource_ids && CAST(:ids AS bigint[])"
    query = f"SELECT starts_at FROM reservation WHERE {is_held}"
    return sorted(row.starts_at for row in press.house.rows(query, ids=ids))


def club(press: Press, rule: str = "FREQ=WEEKLY;COUNT=6", *rooms: str, **more: object) -> int:
    series = press.house.series(rule, *rooms, **more)
    press.house.decide()
    return series


def test_a_series_is_one_entry_with_its_rule(press: Press, ical_js_expands: Expand) -> None:
    club(press)
    read = press.feed("room", "flexi-16")
    [event] = events(read)
    assert event["RRULE"]["FREQ"] == ["WEEKLY"]
    assert starts(read) == held(press, "flexi-16")
    expanded = [datetime.fromisoformat(one["start"]) for one in ical_js_expands(read)]
    assert sorted(expanded) == held(press, "flexi-16")


def test_a_date_that_is_moved_or_given_back_is_otherwise_in_both_readers(press: Press, ical_js_expands: Expand) -> None:
    dates = press.house.dates(club(press, "FREQ=WEEKLY;COUNT=6"))
    press.house.move(dates[1].id, slot(9, 11, day=8), "flexi-16")
    press.house.decide()
    press.house.cancel(dates[3].id)
    read = press.feed("room", "flexi-16")
    assert len(events(read)) == 2
    assert len(starts(read)) == 5
    assert starts(read) == held(press, "flexi-16")
    assert sorted(datetime.fromisoformat(one["start"]) for one in ical_js_expands(read)) == starts(read)


def test_each_room_has_only_the_dates_that_are_held_there(press: Press) -> None:
    """One date is elsewhere: that room is not taken the whole year, and the other is free that day."""
    dates = press.house.dates(club(press))
    press.house.move(dates[2].id, slot(13, 15, day=15), "flexi-19")
    press.house.decide()
    assert starts(press.feed("room", "flexi-16")) == held(press, "flexi-16")
    assert starts(press.feed("room", "flexi-19")) == held(press, "flexi-19") == [slot(13, day=15, end=15).start]
    assert starts(press.feed("room", "flexi-19", scope="busy")) == held(press, "flexi-19")
    assert starts(press.feed("site")) == held(press, "flexi-16", "flexi-19")
    uids = {str(event["UID"]) for room in ("flexi-16", "flexi-19") for event in events(press.feed("room", room))}
    assert len(uids) == 1


def test_a_series_across_the_clock_change_stays_at_its_hour(press: Press, ical_js_expands: Expand) -> None:
    club(press, "FREQ=WEEKLY;COUNT=30", start=FIRST_TUESDAY)
    read = press.feed("room", "flexi-16")
    assert starts(read) == held(press, "flexi-16")
    assert {start.hour for start in starts(read)} == {12, 13}
    assert sorted(datetime.fromisoformat(one["start"]) for one in ical_js_expands(read)) == starts(read)


def test_this_and_later_is_another_entry_and_the_first_keeps_its_uid(press: Press) -> None:
    series = club(press)
    [before] = {str(event["UID"]) for event in events(press.feed("room", "flexi-16"))}
    since = press.house.dates(series)[2].recurs_at.date()
    with press.house.book() as db:
        wanted = recurring.SeriesChange(since=since, start=time(10))
        recurring.change_series(db, series, wanted, by=press.house.actors["anne"], now=press.house.now)
    press.house.decide()
    read = press.feed("room", "flexi-16")
    first, second = sorted({str(event["UID"]) for event in events(read)}, key=lambda uid: uid != before)
    assert first == before != second
    assert starts(read) == held(press, "flexi-16")
    assert len([start for start in starts(read) if start.hour == 9]) == 4


def test_the_whole_series_may_go_on_as_another_one_from_its_first_date(press: Press) -> None:
    """Its head stays behind with the first dates or goes on; either way no UID is of two entries."""
    series = club(press)
    dates = press.house.dates(series)
    press.publish()
    press.house.cancel(dates[0].id)
    with press.house.book() as db:
        wanted = recurring.SeriesChange(since=dates[1].recurs_at.date(), start=time(10))
        recurring.change_series(db, series, wanted, by=press.house.actors["anne"], now=press.house.now)
    press.house.decide()
    press.house.announce()
    read = press.feed("room", "flexi-16")
    live = [event for event in events(read) if event["STATUS"] != "CANCELLED"]
    assert min(start_of(event) for event in live) == held(press, "flexi-16")[0]


def test_a_series_that_is_given_back_is_called_off_as_it_was(press: Press) -> None:
    series = club(press)
    [before] = events(press.feed("room", "flexi-16"))
    with press.house.book() as db:
        recurring.cancel_series(db, series, since=None, reason="", by=press.house.actors["anne"], now=press.house.now)
    [event] = events(press.feed("room", "flexi-16"))
    assert (event["STATUS"], event["RRULE"], event["UID"]) == ("CANCELLED", before["RRULE"], before["UID"])
    assert event["SEQUENCE"] > before["SEQUENCE"]


def test_a_date_that_is_brought_back_brings_the_series_back(press: Press) -> None:
    series = club(press, "FREQ=WEEKLY;COUNT=1")
    [date] = press.house.dates(series)
    press.publish()
    press.house.cancel(date.id)
    [event] = events(press.feed("room", "flexi-16"))
    assert event["STATUS"] == "CANCELLED"
    with press.house.book() as db:
        recurring.bring_back(db, series, date.recurs_at.date(), by=press.house.actors["anne"], now=press.house.now)
    press.house.decide()
    [again] = events(press.feed("room", "flexi-16"))
    assert (again["STATUS"], again["UID"]) == ("CONFIRMED", event["UID"])
    assert again["SEQUENCE"] > event["SEQUENCE"]


def test_the_answers_to_one_date_are_said_of_that_date(press: Press) -> None:
    series = club(press, "FREQ=WEEKLY;COUNT=4", guests=("basile@example.org", "zoe@example.org"))
    third = press.house.dates(series)[2].recurs_at
    with press.house.book() as db:
        for attendee in db.query(Attendee).filter(Attendee.address.in_(["basile@example.org", "zoe@example.org"])):
            attendee.partstat = "ACCEPTED"
    press.house.rows(
        "INSERT INTO date_answer (attendee_id, recurs_at, partstat)"
        " SELECT id, :third, 'DECLINED' FROM attendee WHERE address = 'zoe@example.org' RETURNING 1",
        third=third,
    )
    usual, other = events(press.feed("room", "flexi-16"))
    assert str(usual["DESCRIPTION"]).endswith("Réponses : 2 oui")
    assert str(other["DESCRIPTION"]).endswith("Réponses : 1 oui, 1 non")
    assert other["RECURRENCE-ID"].dt.astimezone(UTC) == third


def test_who_is_invited_to_a_series_has_all_of_it(press: Press) -> None:
    club(press, guests=("basile@example.org",))
    assert starts(press.feed("person", who="basile")) == held(press, "flexi-16")


def test_a_long_series_reaches_its_last_date(press: Press) -> None:
    club(press, "FREQ=WEEKLY;COUNT=20")
    press.publish()
    [entry] = press.house.rows("SELECT starts_at, ends_at FROM calendar_entry")
    assert entry.ends_at - entry.starts_at == timedelta(weeks=19, hours=2)
