"""One entry by itself: GET, HEAD, and whether it is still the same."""

from datetime import datetime

from tests.calendars.dav.speaking import Dav
from tests.house import slot
from tests.second_opinion import Expand


def test_an_entry_is_read_once_while_it_stays_the_same(dav: Dav) -> None:
    reservation = dav.house.confirmed("flexi-16")
    dav.publish()
    path = f"{dav.room()}1.ics"
    first = dav.call("GET", path)
    assert first.headers["content-type"].startswith("text/calendar; charset=utf-8")
    assert first.text.startswith("BEGIN:VCALENDAR\r\n")
    assert first.text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert "METHOD" not in first.text
    etag = first.headers["etag"]
    for header in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = dav.call("GET", path, If_None_Match=header)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag), header
    dav.house.change(reservation, title="Autrement")
    dav.publish()
    changed = dav.call("GET", path, If_None_Match=etag)
    assert (changed.status_code, "SUMMARY:Autrement\r\n" in changed.text) == (200, True)
    assert changed.headers["etag"] != etag


def test_its_head_is_that_of_the_whole(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    path = f"{dav.room()}1.ics"
    whole, head = dav.call("GET", path), dav.call("HEAD", path)
    assert head.content == b""
    for name in ("etag", "content-length", "content-type"):
        assert head.headers[name] == whole.headers[name]


def test_a_series_is_one_entry_with_what_is_otherwise(dav: Dav) -> None:
    series = dav.house.series("FREQ=WEEKLY;COUNT=4", "flexi-16")
    dav.house.decide()
    dav.house.change(dav.house.dates(series)[2].id, title="Spectacle")
    dav.publish()
    [text] = dav.entries(dav.room()).values()
    assert text.count("BEGIN:VEVENT") == 2
    assert text.count("RRULE:FREQ=WEEKLY") == 1
    assert text.count("RECURRENCE-ID;TZID=Europe/Paris:20271123T140000") == 1
    assert text.count("BEGIN:VTIMEZONE") == 1


def test_ical_js_repeats_a_series_as_the_book_has_it(dav: Dav, ical_js_expands: Expand) -> None:
    """Thunderbird's library, over the change of the clocks, with dates that moved or were given back."""
    start = datetime(2027, 10, 12, 14)  # noqa: DTZ001  on the clock on the wall
    series = dav.house.series("FREQ=WEEKLY;COUNT=6", "flexi-16", start=start)
    dav.house.decide()
    dates = dav.house.dates(series)
    dav.house.move(dates[1].id, slot(8, 10, day=2))
    dav.house.cancel(dates[4].id)
    dav.house.decide()
    dav.publish()
    shown = ical_js_expands(dav.call("GET", f"{dav.room()}1.ics").content)
    held = [date for date in dav.house.dates(series) if date.state == "confirmed"]
    assert sorted((one["start"], one["end"]) for one in shown) == sorted(
        (f"{date.starts_at:%Y-%m-%dT%H:%M:%S}.000Z", f"{date.ends_at:%Y-%m-%dT%H:%M:%S}.000Z") for date in held
    )
