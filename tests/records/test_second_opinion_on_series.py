"""recurring-ical-events, which others read calendars with, as a second opinion on the meetings of a series."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from shared.domain.slots import Slot
from shared.records.from_calendar import read_calendar
from shared.records.lines import Booking

PARIS = "Europe/Paris"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

firsts = st.dates(date(2027, 1, 1), date(2027, 12, 31))
ends = st.one_of(
    st.integers(1, 60).map("COUNT={}".format),
    st.dates(date(2027, 6, 1), date(2028, 12, 31)).map("UNTIL={:%Y%m%d}T080000Z".format),
)


@st.composite
def rules(draw: st.DrawFn, first: date) -> str:
    """A rule that the first date follows, as Outlook and Google write them."""
    interval = draw(st.integers(1, 3))
    weekday, nth = DAYS[first.weekday()], (first.day - 1) // 7 + 1
    others = draw(st.sets(st.sampled_from(DAYS), max_size=3))
    form = draw(
        st.sampled_from(
            [
                f"FREQ=DAILY;INTERVAL={interval}",
                f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={','.join(sorted(others | {weekday}))};WKST=MO",
                f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={weekday};WKST=SU",
                f"FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={first.day}",
                f"FREQ=MONTHLY;BYDAY={weekday};BYSETPOS={nth}",
                f"FREQ=MONTHLY;BYDAY={nth}{weekday}",
            ]
        )
    )
    return f"{form};{draw(ends)}"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data(), firsts, st.integers(7, 19), st.sets(st.integers(0, 30), max_size=4))
def test_a_series_has_the_meetings_that_others_expand_it_to(
    data: st.DataObject, first: date, hour: int, places: set[int]
) -> None:
    rule = data.draw(rules(first))
    start = datetime(first.year, first.month, first.day, hour, tzinfo=ZoneInfo(PARIS))
    plain = read(content(rule, start))
    assume(isinstance(plain, Booking))  # not more than 366, nor over before it begins
    assert isinstance(plain, Booking)
    left_out = [o.recurs_at for place, o in enumerate(plain.occurrences) if place in places]
    assume(len(left_out) < len(plain.occurrences))
    written = content(rule, start, left_out)
    series = read(written)
    assert isinstance(series, Booking)
    assert [occurrence.slot for occurrence in series.occurrences] == expanded_by_others(written)


def content(rule: str, start: datetime, left_out: list[datetime] | None = None) -> bytes:
    exdates = "".join(
        f"EXDATE;TZID={PARIS}:{moment.astimezone(ZoneInfo(PARIS)):%Y%m%dT%H%M%S}\n" for moment in left_out or ()
    )
    return (
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20270101T000000Z\nSUMMARY:Atelier\n"
        f"DTSTART;TZID={PARIS}:{start:%Y%m%dT%H%M%S}\nDTEND;TZID={PARIS}:{start + timedelta(hours=2):%Y%m%dT%H%M%S}\n"
        f"RRULE:{rule}\n{exdates}END:VEVENT\nEND:VCALENDAR\n"
    ).encode()


def read(calendar: bytes) -> object:
    (line,) = read_calendar(calendar, PARIS)
    return line.found


def expanded_by_others(calendar: bytes) -> list[Slot]:
    events = recurring_ical_events.of(Calendar.from_ical(calendar)).all()
    return sorted(Slot(event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)) for event in events)
