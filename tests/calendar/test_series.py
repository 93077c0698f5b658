"""A series' bytes: each rule of CALENDAR.md under 'Recurrence that every client expands alike', and its mails."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.calendar.entry import ContradictoryEntry, Guest, Party
from shared.calendar.series import SeriesEntry, render_occurrences, render_series
from shared.domain.recurrence import Recurrence

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
NINE = datetime(2027, 11, 9, 8, tzinfo=UTC)  # on a Tuesday in winter, when the ordinary entry starts

Build = Callable[..., SeriesEntry]

CHANGES: dict[str, dict[str, Any]] = {
    "moved": {"start": NINE + WEEK + HOUR, "end": NINE + WEEK + 4 * HOUR},
    "moved behind the next one": {"start": NINE + 2 * WEEK + 5 * HOUR, "end": NINE + 2 * WEEK + 6 * HOUR},
    "shortened": {"end": NINE + WEEK + HOUR},
    "in another room": {"location": "Flexi 19"},
    "under another title": {"summary": "Atelier son"},
    "with another guest": {"guests": (Guest("max@plan-sequence.example"),)},
    "tentative": {"status": "TENTATIVE"},
    "of a later sequence": {"sequence": 4},
}


def events_of(calendar: bytes) -> list[list[str]]:
    """The lines of each VEVENT."""
    text = calendar.decode().replace("\r\n ", "")
    return [part.split("\r\n")[1:-1] for part in _between(text, "BEGIN:VEVENT", "END:VEVENT")]


def said(event: list[str], name: str) -> list[str]:
    return [line for line in event if line.replace(";", ":").split(":")[0] == name]


def _between(text: str, begin: str, end: str) -> list[str]:
    return [part.split(end)[0] for part in text.split(begin)[1:]]


def test_a_series_as_usual_is_one_event_with_a_rule(a_series: Build) -> None:
    calendar = render_series(a_series(), "REQUEST")
    (event,) = events_of(calendar)
    assert said(event, "DTSTART") == ["DTSTART;TZID=Europe/Paris:20271109T090000"]
    assert said(event, "DTEND") == ["DTEND;TZID=Europe/Paris:20271109T123000"]
    assert said(event, "RRULE") == ["RRULE:FREQ=WEEKLY;UNTIL=20271207T080000Z;BYDAY=TU"]
    assert not said(event, "EXDATE") + said(event, "RECURRENCE-ID")
    assert calendar.count(b"BEGIN:VTIMEZONE") == calendar.count(b"BEGIN:VCALENDAR") == 1


def test_nothing_that_some_client_does_not_know(a_series: Build) -> None:
    calendar = render_series(a_series(without=(1,), changed={2: CHANGES["moved"]}), "REQUEST")
    for unknown in (b"DURATION", b"RDATE", b"RANGE", b"COUNT", b"METHOD:ADD"):
        assert unknown not in calendar


@pytest.mark.parametrize(
    ("without", "start", "until", "left_out"),
    [
        ((), "20271109T090000", "20271207T080000Z", []),
        ((2,), "20271109T090000", "20271207T080000Z", ["20271123T090000"]),
        ((1, 3), "20271109T090000", "20271207T080000Z", ["20271116T090000", "20271130T090000"]),
        ((0,), "20271116T090000", "20271207T080000Z", []),
        ((0, 1, 3), "20271123T090000", "20271207T080000Z", ["20271130T090000"]),
        ((3, 4), "20271109T090000", "20271123T080000Z", []),
        ((0, 1, 2, 4), "20271130T090000", "20271130T080000Z", []),
    ],
)
def test_a_series_reaches_from_its_first_to_its_last_live_date(
    a_series: Build, without: tuple[int, ...], start: str, until: str, left_out: list[str]
) -> None:
    """DTSTART is an instance of the rule and is held; UNTIL is in UTC; EXDATE is of DTSTART's type and zone."""
    (event,) = events_of(render_series(a_series(without=without), "REQUEST"))
    assert said(event, "DTSTART") == [f"DTSTART;TZID=Europe/Paris:{start}"]
    assert said(event, "DTEND") == [f"DTEND;TZID=Europe/Paris:{start[:8]}T123000"]
    assert said(event, "RRULE") == [f"RRULE:FREQ=WEEKLY;UNTIL={until};BYDAY=TU"]
    assert said(event, "EXDATE") == [f"EXDATE;TZID=Europe/Paris:{date}" for date in left_out]


def test_every_second_week_stays_the_same_week_when_the_first_date_goes(a_series: Build) -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=6"
    (event,) = events_of(render_series(a_series(rule, without=(0,)), "REQUEST"))
    assert said(event, "DTSTART") == ["DTSTART;TZID=Europe/Paris:20271111T090000"]
    assert said(event, "RRULE") == ["RRULE:FREQ=WEEKLY;UNTIL=20271209T080000Z;INTERVAL=2;BYDAY=TU,TH;WKST=MO"]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_occurrence_that_differs_is_written_out_under_its_original_start(
    a_series: Build, change: dict[str, Any]
) -> None:
    series = a_series(changed={1: change})
    master, override = events_of(render_series(series, "REQUEST"))
    assert said(override, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Paris:20271116T090000"]
    assert not said(override, "RRULE") + said(master, "EXDATE") + said(master, "RECURRENCE-ID")
    assert said(override, "UID") == said(master, "UID")
    assert [override] == events_of(render_occurrences([series.occurrences[1]], "REQUEST"))


def test_the_first_occurrence_moved_leaves_the_rule_where_it_was(a_series: Build) -> None:
    series = a_series(changed={0: {"start": NINE - 24 * HOUR, "end": NINE - 22 * HOUR}})
    master, override = events_of(render_series(series, "REQUEST"))
    assert said(master, "DTSTART") == ["DTSTART;TZID=Europe/Paris:20271109T090000"]
    assert said(override, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Paris:20271109T090000"]
    assert said(override, "DTSTART") == ["DTSTART;TZID=Europe/Paris:20271108T090000"]


def test_a_series_across_the_clock_change_needs_no_more_than_its_rule(a_series: Build) -> None:
    start = datetime(2027, 3, 23, 8, tzinfo=UTC)
    (event,) = events_of(render_series(a_series(start=start, end=start + HOUR), "REQUEST"))
    assert said(event, "RRULE") == ["RRULE:FREQ=WEEKLY;UNTIL=20270420T070000Z;BYDAY=TU"]


def test_the_night_of_the_clock_change_is_written_out(a_series: Build) -> None:
    """From 20:00 to 08:00 are 12 hours, but 11 in that night: clients repeat either the hours or the end."""
    saturday = datetime(2027, 3, 20, 19, tzinfo=UTC)
    series = a_series("FREQ=WEEKLY;COUNT=3", start=saturday, end=saturday + 12 * HOUR)
    master, night = events_of(render_series(series, "REQUEST"))
    assert said(master, "DTEND") == ["DTEND;TZID=Europe/Paris:20270321T080000"]
    assert said(night, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Paris:20270327T200000"]
    assert said(night, "DTEND") == ["DTEND;TZID=Europe/Paris:20270328T080000"]


def test_a_series_that_begins_in_the_night_of_the_clock_change_is_written_out_as_a_whole(a_series: Build) -> None:
    saturday = datetime(2027, 3, 27, 19, tzinfo=UTC)
    series = a_series("FREQ=WEEKLY;COUNT=3", start=saturday, end=saturday + 11 * HOUR)
    master, *nights = events_of(render_series(series, "REQUEST"))
    assert said(master, "RRULE") == ["RRULE:FREQ=WEEKLY;UNTIL=20270410T180000Z;BYDAY=SA"]
    assert [said(night, "DTEND") for night in nights] == [
        [f"DTEND;TZID=Europe/Paris:{day}T080000"] for day in ("20270328", "20270404", "20270411")
    ]


def test_any_occurrence_may_say_what_is_usual(a_series: Build) -> None:
    start = datetime(2027, 10, 26, 7, tzinfo=UTC)
    series = a_series(start=start, end=start + HOUR)
    winter = replace(series.usual, start=start + 5 * WEEK + HOUR, end=start + 5 * WEEK + 2 * HOUR)
    assert render_series(replace(series, usual=winter), "REQUEST") == render_series(series, "REQUEST")


def test_the_same_series_gives_the_same_bytes_in_any_order(a_series: Build) -> None:
    series = a_series(without=(2,), changed={1: CHANGES["moved"], 3: CHANGES["in another room"]})
    turned = replace(series, occurrences=series.occurrences[::-1])
    assert render_series(turned, "REQUEST") == render_series(series, "REQUEST")
    some = series.occurrences[1:3]
    assert render_occurrences(some[::-1], "CANCEL") == render_occurrences(some, "CANCEL")


def test_a_date_that_comes_back_gives_the_bytes_of_before(a_series: Build) -> None:
    whole, series = a_series(), a_series(without=(0, 2))
    again = replace(series, occurrences=(*series.occurrences, whole.occurrences[2], whole.occurrences[0]))
    assert render_series(again, "REQUEST") == render_series(whole, "REQUEST")


@pytest.mark.parametrize("numbers", [(1,), (1, 3)])
def test_cancelled_occurrences_are_named_one_by_one(a_series: Build, numbers: tuple[int, ...]) -> None:
    series = a_series(sequence=3)
    calendar = render_occurrences([series.occurrences[number] for number in numbers], "CANCEL")
    assert b"\r\nMETHOD:CANCEL\r\n" in calendar
    events = events_of(calendar)
    names = {1: "20271116T090000", 3: "20271130T090000"}
    assert [said(event, "RECURRENCE-ID") for event in events] == [
        [f"RECURRENCE-ID;TZID=Europe/Paris:{names[number]}"] for number in numbers
    ]
    for event in events:
        assert {"STATUS:CANCELLED", "SEQUENCE:3", "UID:reservation-42@atelier62.example"} <= set(event)
        assert len(said(event, "ORGANIZER")) == 1
        assert len(said(event, "ATTENDEE")) == 2


def test_a_series_is_cancelled_by_one_event_without_recurrence_id(a_series: Build) -> None:
    series = a_series(sequence=3, without=(1,), changed={2: CHANGES["moved"]})
    calendar = render_series(series, "CANCEL")
    assert b"\r\nMETHOD:CANCEL\r\n" in calendar
    (event,) = events_of(calendar)
    assert {"STATUS:CANCELLED", "SEQUENCE:3", "UID:reservation-42@atelier62.example"} <= set(event)
    assert not said(event, "RECURRENCE-ID")
    assert len(said(event, "ORGANIZER")) == 1
    assert len(said(event, "ATTENDEE")) == 2


def test_a_published_series_keeps_what_was_cancelled_and_names_no_attendees(a_series: Build) -> None:
    series = a_series(changed={1: {"status": "CANCELLED"}})
    calendar = render_series(series, "PUBLISH")
    assert b"ATTENDEE" not in calendar
    assert [said(event, "STATUS") for event in events_of(calendar)] == [["STATUS:CONFIRMED"], ["STATUS:CANCELLED"]]
    with pytest.raises(ContradictoryEntry):
        render_series(series, "REQUEST")


def test_a_contradictory_series_cannot_be_made(a_series: Build) -> None:
    series = a_series()
    first, *others = series.occurrences
    contradictions: list[dict[str, Any]] = [
        {"occurrences": ()},
        {"occurrences": (first, first)},
        {"occurrences": (series.usual,)},
        {"usual": first},
        {"usual": replace(series.usual, uid="another@atelier62.example")},
        {"usual": replace(series.usual, zone="Indian/Reunion")},
        {"occurrences": (replace(first, uid="another@atelier62.example"), *others)},
        {"occurrences": (replace(first, organizer=Party("a@b.example")), *others)},
        {"occurrences": (replace(first, recurrence_id=NINE + HOUR), *others)},
        {"rule": Recurrence("WEEKLY", weekdays=(3,))},
        {"rule": Recurrence("WEEKLY", interval=2)},
    ]
    for contradiction in contradictions:
        with pytest.raises(ContradictoryEntry):
            replace(series, **contradiction)


def test_occurrences_without_a_name_or_of_two_series_are_not_rendered(a_series: Build) -> None:
    one, two, *_ = a_series().occurrences
    for together in ([], [one, one], [replace(one, recurrence_id=None)], [one, replace(two, uid="another@x")]):
        with pytest.raises(ContradictoryEntry):
            render_occurrences(together, "CANCEL")
