"""The VTIMEZONE that goes with every entry."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.calendar.timezone import UnknownZone, vtimezone

FIXED = {
    "Indian/Reunion": "+0400",
    "America/Guadeloupe": "-0400",
    "America/Martinique": "-0400",
    "America/Cayenne": "-0300",
    "Indian/Mayotte": "+0300",
    "Pacific/Noumea": "+1100",
    "Pacific/Tahiti": "-1000",
}


def test_paris_changes_by_the_european_rule() -> None:
    lines = vtimezone("Europe/Paris").to_ical().decode().split("\r\n")
    daylight = lines[lines.index("BEGIN:DAYLIGHT") : lines.index("END:DAYLIGHT")]
    standard = lines[lines.index("BEGIN:STANDARD") : lines.index("END:STANDARD")]
    assert {"DTSTART:19810329T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"} <= set(daylight)
    assert {"TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"} <= set(daylight)
    assert {"DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"} <= set(standard)
    assert {"TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"} <= set(standard)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Miquelon", *FIXED])
def test_no_zone_is_a_list_of_dates(zone: str) -> None:
    """Thunderbird shows a summer meeting an hour late when the zone is made of RDATEs."""
    assert b"RDATE" not in vtimezone(zone).to_ical()


@pytest.mark.parametrize(("zone", "offset"), FIXED.items())
def test_a_zone_that_never_changes_has_one_offset(zone: str, offset: str) -> None:
    text = vtimezone(zone).to_ical().decode()
    assert f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\n" in text
    assert "RRULE" not in text
    assert "DAYLIGHT" not in text


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Miquelon", *FIXED])
def test_the_rules_agree_with_the_zone_database_every_six_hours_of_four_years(zone: str) -> None:
    ruled = vtimezone(zone).to_tz(lookup_tzid=False)
    moment = datetime(2026, 1, 1, 5, 30, tzinfo=UTC)
    while moment.year < 2030:
        # through local time, as a calendar is read; none of these hours is one that the clocks repeat
        local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert local.replace(tzinfo=ruled).utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset(), local
        moment += timedelta(hours=6)


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Africa/Casablanca", "Europe/Arras", "", "../etc", "UTC\r\nX:1"])
def test_a_zone_without_known_rules_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZone):
        vtimezone(zone)
