"""What matches a calendar-query, and what a calendar-multiget brings."""

from datetime import UTC, datetime, timedelta

from tests.calendars.dav.speaking import Dav, between, clark, events, multiget, of_filter, query, sync
from tests.house import slot

DATA = ("C:calendar-data",)
ABSENT = "<C:is-not-defined/>"


def titled(dav: Dav, body: str, path: str = "") -> set[str]:
    """The titles of what an answer brings."""
    found = dav.report(path or dav.room(), body)
    lines = [line for one in found.values() for line in one.text("C:calendar-data").splitlines()]
    return {line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:")}


def test_what_overlaps_a_range_is_found_and_what_touches_it_is_not(dav: Dav) -> None:
    for hour in (8, 9, 12):
        dav.house.confirmed("flexi-16", at=slot(hour, hour + (1 if hour < 9 else 3)), title=f"à {hour} h")
    dav.publish()
    at_nine = slot(9, 12)
    assert titled(dav, events(between(at_nine.start, at_nine.end), *DATA)) == {"à 9 h"}
    open_end = f'<C:time-range start="{at_nine.start:%Y%m%dT%H%M%SZ}"/>'
    assert titled(dav, events(open_end, *DATA)) == {"à 9 h", "à 12 h"}
    open_start = f'<C:time-range end="{at_nine.start:%Y%m%dT%H%M%SZ}"/>'
    assert titled(dav, events(open_start, *DATA)) == {"à 8 h"}
    ages = '<C:time-range start="00010101T000000Z" end="99991231T235959Z"/>'
    assert len(titled(dav, events(ages, *DATA))) == 3


def test_a_series_is_found_by_each_of_its_dates_and_not_between_them(dav: Dav) -> None:
    series = dav.house.series("FREQ=WEEKLY;COUNT=4", "flexi-16")
    dav.house.decide()
    dates = dav.house.dates(series)
    dav.house.move(dates[2].id, slot(8, 10, day=17))  # the Thursday of the week
    dav.house.cancel(dates[3].id)
    dav.house.decide()
    dav.publish()
    monday = datetime(2027, 11, 8, tzinfo=UTC)
    by_day = {
        day: bool(titled(dav, events(between(monday + timedelta(day), monday + timedelta(day + 1)), *DATA)))
        for day in range(30)
    }
    assert [day for day, is_found in by_day.items() if is_found] == [1, 8, 17]


def test_a_date_that_is_elsewhere_is_not_in_this_room(dav: Dav) -> None:
    series = dav.house.series("FREQ=WEEKLY;COUNT=3", "flexi-16")
    dav.house.decide()
    second = dav.house.dates(series)[1]
    dav.house.move(second.id, second.slot, "flexi-19")
    dav.house.decide()
    dav.publish()
    asked = events(between(second.slot.start, second.slot.end), *DATA)
    assert titled(dav, asked) == set()
    assert titled(dav, asked, dav.room("flexi-19")) == {"Club"}
    assert titled(dav, asked, dav.agenda()) == {"Club"}


def test_what_was_called_off_is_found_where_it_was(dav: Dav) -> None:
    series = dav.house.series("FREQ=WEEKLY;COUNT=2", "flexi-16")
    alone = dav.house.confirmed("flexi-16")
    dav.publish()
    for id_ in [alone, *(one.id for one in dav.house.dates(series))]:
        dav.house.cancel(id_)
    dav.publish()
    found = dav.report(dav.room(), events(between(slot().start, slot(day=2).end), *DATA))
    assert ["STATUS:CANCELLED" in one.text("C:calendar-data") for one in found.values()] == [True, True]


def test_only_events_are_here_each_with_a_time_zone_and_nothing_inside(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()

    def found(inner: str) -> int:
        return len(dav.report(dav.room(), query(inner)))

    assert found("") == 1
    assert found('<C:comp-filter name="VEVENT"/>') == 1
    assert found('<C:comp-filter name="VTIMEZONE"/>') == 1
    assert found('<C:comp-filter name="VTODO"/>') == 0
    assert found(f'<C:comp-filter name="VTODO">{ABSENT}</C:comp-filter>') == 1
    assert found(f'<C:comp-filter name="VEVENT">{ABSENT}</C:comp-filter>') == 0
    assert found(ABSENT) == 0
    assert found('<C:comp-filter name="VEVENT"><C:comp-filter name="VALARM"/></C:comp-filter>') == 0
    assert found(f'<C:comp-filter name="VEVENT"><C:comp-filter name="VALARM">{ABSENT}</C:comp-filter></C:comp-filter>')


def match(name: str, text: str, more: str = "") -> str:
    return f'<C:prop-filter name="{name}"><C:text-match {more}>{text}</C:text-match></C:prop-filter>'


def test_an_entry_is_found_by_its_uid(dav: Dav) -> None:
    first, second = dav.house.confirmed("flexi-16"), dav.house.confirmed("flexi-16", at=slot(13, 14))
    dav.publish()
    uids = {row.reservation_id: row.uid for row in dav.house.rows("SELECT reservation_id, uid FROM calendar_entry")}

    def found(filter_: str) -> set[str]:
        return set(dav.report(dav.room(), events(filter_)))

    one, other = (f"{dav.room()}{n}.ics" for n in (1, 2))
    assert found(match("UID", uids[first])) == {one}
    assert found(match("UID", uids[second].upper())) == {other}
    assert found(match("UID", uids[second].upper(), 'collation="i;octet"')) == set()
    assert found(match("UID", uids[second], 'negate-condition="yes"')) == {one}
    assert found(match("UID", "%")) == set()
    assert found(match("UID", "")) == {one, other}
    assert found(match("UID", uids[first]) + match("UID", uids[second])) == set()
    assert found(f'<C:prop-filter name="UID">{ABSENT}</C:prop-filter>') == set()


def test_an_entry_is_found_by_what_its_reader_sees_of_it(dav: Dav) -> None:
    dav.house.confirmed("flexi-16", title="Montage; son, image", note="Secret")
    dav.house.confirmed("flexi-16", at=slot(13, 14), title="Écriture")
    dav.publish()

    def found(filter_: str, who: str = "anne") -> list[str]:
        return [path.rsplit("/", 1)[1] for path in dav.report(dav.room(who=who), events(filter_), who)]

    assert found(match("SUMMARY", "montage; SON, im")) == ["1.ics"]
    assert found(match("SUMMARY", "montage", 'collation="i;octet"')) == []
    assert found(match("SUMMARY", "Montage", 'negate-condition="yes"')) == ["2.ics"]
    assert found(match("STATUS", "CONFIRMED") + match("SUMMARY", "écri")) == ["2.ics"]
    assert found('<C:prop-filter name="DESCRIPTION"/>') == ["1.ics", "2.ics"]
    assert found(f'<C:prop-filter name="RRULE">{ABSENT}</C:prop-filter>') == ["1.ics", "2.ics"]
    assert found('<C:prop-filter name="ATTENDEE"/>') == []
    # nobody can search for what they may not read
    assert found(match("DESCRIPTION", "Secret")) == ["1.ics"]
    assert found(match("DESCRIPTION", "Secret"), "basile") == []
    assert found(match("SUMMARY", "Montage"), "basile") == ["1.ics"]
    assert found(match("SUMMARY", "Montage"), "pia") == []


WRONG = {
    "": "valid-filter",
    '<C:comp-filter name="VEVENT"/>': "valid-filter",
    '<C:comp-filter name="VCALENDAR"/><C:comp-filter name="VCALENDAR"/>': "valid-filter",
}
WRONG_IN_A_CALENDAR = {
    '<C:time-range start="20271108T090000Z"/>': "supported-filter",
    '<C:prop-filter name="PRODID"/>': "supported-filter",
    '<C:comp-filter name="VTODO"/>' * 40: "supported-filter",
}
WRONG_IN_AN_EVENT = {
    "<C:time-range/>": "valid-filter",
    '<C:time-range start="20271108"/>': "valid-filter",
    '<C:time-range start="20271308T000000Z"/>': "valid-filter",
    '<C:time-range start="20271108T000000Z" end="20271108T000000Z"/>': "valid-filter",
    "<C:prop-filter/>": "valid-filter",
    '<C:prop-filter name="DTSTART"><C:time-range start="20271108T000000Z"/></C:prop-filter>': "supported-filter",
    '<C:prop-filter name="ATTENDEE"><C:param-filter name="PARTSTAT"/></C:prop-filter>': "supported-filter",
    match("SUMMARY", "x", 'collation="i;klingon"'): "supported-collation",
}


def test_what_is_not_evaluated_is_refused_and_named(dav: Dav) -> None:
    bodies = {of_filter(filter_): condition for filter_, condition in WRONG.items()}
    bodies |= {query(inner): condition for inner, condition in WRONG_IN_A_CALENDAR.items()}
    bodies |= {events(inner): condition for inner, condition in WRONG_IN_AN_EVENT.items()}
    for body, condition in bodies.items():
        answer = dav.call("REPORT", dav.room(), body, depth=1)
        assert (answer.status_code, f"<C:{condition}" in answer.text) == (403, True), (body, answer.text)


def test_entries_are_brought_by_their_addresses_in_their_order(dav: Dav) -> None:
    for hour in (9, 10, 11):
        dav.house.confirmed("flexi-16", at=slot(hour, hour + 1))
    dav.publish()
    one, two, three = (f"{dav.room()}{n}.ics" for n in (1, 2, 3))
    whole = f"{dav.client.base_url}{two}".replace("//dav", "/dav")
    found = dav.report(dav.room(), multiget(three, whole, one.replace("room-", "room%2D"), three))
    assert list(found) == [three, two, one]
    for path, entry in found.items():
        alone = dav.call("GET", path)
        assert entry.text("D:getetag") == alone.headers["etag"]
        assert entry.text("C:calendar-data") == alone.text.replace("\r\n", "\n")


def test_what_is_not_here_is_said_to_be_nowhere(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    gone = dav.house.confirmed("flexi-19")
    dav.publish()
    dav.house.move(gone, slot(), "flexi-36")
    dav.house.decide()
    dav.publish()
    room = dav.room("flexi-19")
    missing = [
        f"{room}2.ics",
        f"{room}99.ics",
        f"{dav.room()}1.ics",
        f"{room}../room-flexi-16/1.ics",
        "x",
        "http://[",
        "",
    ]
    found = dav.report(room, multiget(*missing))
    assert {path: one.status for path, one in found.items()}.keys() >= {f"{room}2.ics", f"{room}99.ics", "x"}
    assert {one.status for one in found.values()} == {404}


def test_a_query_may_be_asked_of_one_entry(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.house.confirmed("flexi-16", at=slot(13, 14))
    dav.publish()
    path = f"{dav.room()}2.ics"
    assert dav.report(path, query(), depth=0).keys() == {path}
    assert dav.report(path, events(between(slot().start, slot().end)), depth=0).keys() == set()
    for body in (multiget(path), sync()):
        answer = dav.call("REPORT", path, body, depth=0)
        assert (answer.status_code, "supported-report" in answer.text) == (403, True)


def test_depth_0_asks_for_the_calendar_itself_which_is_no_event(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    assert dav.report(dav.room(), query(), depth=0) == {}
    answer = dav.call("REPORT", dav.room(), query())  # without a depth
    assert f"{dav.room()}1.ics" in answer.text


def expand(start: datetime, end: datetime) -> str:
    inner = f'<C:expand start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>'
    return f"<C:calendar-data>{inner}</C:calendar-data>"


def test_a_series_is_given_date_by_date_to_who_cannot_repeat(dav: Dav) -> None:
    """Over the change of the clocks: at 14 h in Arras, which is 12 h and then 13 h in UTC."""
    start = datetime(2027, 10, 19, 14)  # noqa: DTZ001  on the clock on the wall
    series = dav.house.series("FREQ=WEEKLY;COUNT=6", "flexi-16", start=start)
    dav.house.decide()
    dates = dav.house.dates(series)
    dav.house.move(dates[1].id, slot(8, 10, day=-11))
    dav.house.cancel(dates[3].id)
    dav.house.decide()
    dav.publish()
    data = expand(datetime(2027, 10, 20, tzinfo=UTC), datetime(2027, 11, 17, tzinfo=UTC))
    [one] = dav.report(dav.room(), events("", data=data)).values()
    lines = one.text("C:calendar-data").splitlines()
    assert [line for line in lines if line.startswith(("DTSTART", "DTEND", "RECURRENCE-ID"))] == [
        *("DTSTART:20271028T080000Z", "DTEND:20271028T100000Z", "RECURRENCE-ID:20271026T120000Z"),
        *("DTSTART:20271102T130000Z", "DTEND:20271102T150000Z", "RECURRENCE-ID:20271102T130000Z"),
        *("DTSTART:20271116T130000Z", "DTEND:20271116T150000Z", "RECURRENCE-ID:20271116T130000Z"),
    ]
    assert not [line for line in lines if "RRULE" in line or "EXDATE" in line or "VTIMEZONE" in line]


def test_what_does_not_repeat_is_given_once(dav: Dav) -> None:
    dav.house.confirmed("flexi-16")
    dav.publish()
    [one] = dav.report(dav.room(), events("", data=expand(slot().start, slot().end))).values()
    assert one.text("C:calendar-data").count("DTSTART:20271108T090000Z") == 1
    # who asks for a part of the properties gets them all
    part = '<C:calendar-data><C:comp name="VCALENDAR"><C:comp name="VEVENT"/></C:comp></C:calendar-data>'
    [one] = dav.report(dav.room(), events("", data=part)).values()
    assert one.text("C:calendar-data").count("SUMMARY:Atelier") == 1


def test_another_format_is_refused(dav: Dav) -> None:
    for data, condition in {
        "<C:calendar-data><C:expand/></C:calendar-data>": "valid-filter",
        '<C:calendar-data><C:expand start="20271108T000000Z"/></C:calendar-data>': "valid-calendar-data",
        '<C:calendar-data content-type="application/calendar+json"/>': "supported-calendar-data",
        '<C:calendar-data version="3.0"/>': "supported-calendar-data",
    }.items():
        answer = dav.call("REPORT", dav.room(), events("", data=data), depth=1)
        assert (answer.status_code, condition in answer.text) == (403, True), (data, answer.text)


def test_the_text_of_entries_is_no_property_of_theirs(dav: Dav) -> None:
    """RFC 4791 section 9.6: only a report may ask for it."""
    dav.house.confirmed("flexi-16")
    dav.publish()
    path = f"{dav.room()}1.ics"
    assert dav.propfind(path, "C:calendar-data")[path].other == {clark("C:calendar-data"): 404}
