"""Taking over a calendar: single events, series with the meetings that differ, and what has no room here."""

from datetime import UTC, date, datetime

from shared.domain.recurrence import Recurrence
from shared.records.report import Verdict
from shared.store.reservations import Reservation, dates_of
from shared.store.series import Series
from tests.house import House, slot
from tests.importing.files import calendar, codes, said, take_over, verdicts

PARIS = "DTSTART;TZID=Europe/Paris:{}|DTEND;TZID=Europe/Paris:{}"
MORNING = PARIS.format("20271109T090000", "20271109T120000")
STORYBOARD = f"UID:a|SUMMARY:Storyboard|LOCATION:Flexi 16|{MORNING}"
CLUB = (
    f"UID:club|SUMMARY:Club webradio|LOCATION:flexi-19|{MORNING}|RRULE:FREQ=WEEKLY;COUNT=4|EXDATE;VALUE=DATE:20271116"
)
MOVED = (
    "UID:club|RECURRENCE-ID;TZID=Europe/Paris:20271123T090000|SUMMARY:Club webradio\\, au studio|LOCATION:EscapeLAB|"
    + PARIS.format("20271124T140000", "20271124T150000")
)


def series_of(house: House) -> tuple[Series, list[Reservation]]:
    with house.book() as db:
        [series] = db.query(Series).all()
        return series, dates_of(db, series)


def test_an_event_is_booked_with_its_organiser_and_its_guests(house: House) -> None:
    people = "ORGANIZER;CN=Basile:mailto:basile@example.org|ATTENDEE;CN=Élève:mailto:Eleve@college.example"
    report = take_over(house, calendar(f"{STORYBOARD}|{people}"), kind="calendar")
    booked = house.reservation(report.lines[0].reservations[0])
    assert (booked.slot, booked.requested_by) == (slot(8, 11, day=1), house.actors["basile"].person_id)
    assert [(g.address, g.name) for g in house.rows("SELECT address, name FROM attendee")] == [
        ("eleve@college.example", "Élève")
    ]


def test_the_same_calendar_again_doubles_nothing(house: House) -> None:
    content = calendar(STORYBOARD, CLUB, MOVED)
    take_over(house, content, kind="calendar")
    again = take_over(house, content, kind="calendar")
    assert verdicts(again) == [Verdict.SKIPPED] * 3
    assert [codes(again, n) for n in range(3)] == [["known"]] * 3
    assert len(house.rows("SELECT 1 FROM reservation")) == 4


def test_a_series_is_one_with_its_rule_and_what_it_leaves_out(house: House) -> None:
    report = take_over(house, calendar(CLUB), kind="calendar")
    series, dates = series_of(house)
    assert report.lines[0].reservations == tuple(date.id for date in dates)
    assert (series.rule, series.zone, series.skipped) == ("FREQ=WEEKLY;COUNT=4", "Europe/Paris", [date(2027, 11, 16)])
    assert [d.starts_at for d in dates] == [datetime(2027, 11, day, 8, tzinfo=UTC) for day in (9, 23, 30)]
    assert {d.state for d in dates} == {"confirmed"}


def test_a_meeting_that_differs_is_a_date_of_its_series(house: House) -> None:
    report = take_over(house, calendar(MOVED, CLUB), kind="calendar")
    series, dates = series_of(house)
    assert [d.recurs_at for d in dates] == [datetime(2027, 11, day, 8, tzinfo=UTC) for day in (9, 23, 30)]
    assert series.skipped == [date(2027, 11, 16)]
    moved = dates[1]
    assert report.lines[0].reservations == (moved.id,)
    assert (moved.title, moved.resource_ids) == ("Club webradio, au studio", [house.rooms["escapelab"]])
    assert moved.slot.start == datetime(2027, 11, 24, 13, tzinfo=UTC)


def test_a_meeting_of_no_series_here_is_a_booking_of_its_own(house: House) -> None:
    report = take_over(house, calendar(MOVED), kind="calendar")
    assert verdicts(report) == [Verdict.BOOKED]
    assert house.reservation(report.lines[0].reservations[0]).series_id is None


def test_a_meeting_that_is_no_date_of_its_series_is_a_booking_of_its_own(house: House) -> None:
    report = take_over(house, calendar(CLUB, MOVED.replace("1123T090000", "1123T080000")), kind="calendar")
    assert verdicts(report) == [Verdict.BOOKED] * 2
    assert house.reservation(report.lines[1].reservations[0]).series_id is None


def test_a_meeting_moved_away_from_the_change_of_the_clocks_is_a_booking_of_its_own(house: House) -> None:
    """Its date of the series does not exist, and neither do others of it refer to it."""
    times = PARIS.format("20271030T023000", "20271030T033000")
    series = f"UID:n|SUMMARY:Rendu|LOCATION:Flexi 16|{times}|RRULE:FREQ=DAILY;COUNT=3"
    moved = f"UID:n|RECURRENCE-ID:20271031T003000Z|SUMMARY:Rendu|LOCATION:Flexi 16|{times}".replace("30T", "31T")
    report = take_over(
        house, calendar(series, moved.replace("T023000", "T050000").replace("T033000", "T060000")), kind="calendar"
    )
    assert verdicts(report) == [Verdict.BOOKED] * 2
    _, dates = series_of(house)
    assert len(dates) == 2
    assert house.reservation(report.lines[1].reservations[0]).series_id is None


def test_a_series_has_one_list_of_people(house: House) -> None:
    guest = "|ATTENDEE:mailto:{}@college.example"
    report = take_over(house, calendar(CLUB + guest.format("a"), MOVED + guest.format("b")), kind="calendar")
    assert codes(report, 1) == ["people_of_series"]
    _, dates = series_of(house)
    listed = house.rows("SELECT reservation_id, address FROM attendee")
    assert [(row.reservation_id, row.address) for row in listed] == [(dates[0].id, "a@college.example")]


def test_an_endless_series_ends_where_the_house_plans_to(house: House) -> None:
    house.rule(series={"horizon_days": 60})
    report = take_over(house, calendar(CLUB.replace(";COUNT=4", "")), kind="calendar")
    assert report.is_written
    assert said(report) == "Cette série n'a pas de fin : elle est reprise jusqu'au 07/12/2027."
    series, dates = series_of(house)
    assert Recurrence.parse(series.rule).until == date(2027, 12, 7)
    assert len(dates) == 4


def test_a_series_with_an_end_is_taken_over_to_its_end(house: House) -> None:
    house.rule(series={"horizon_days": 40, "most_occurrences": 2})
    report = take_over(house, calendar(CLUB.replace("COUNT=4", "COUNT=40")), kind="calendar")
    assert report.is_written
    assert len(report.lines[0].reservations) == 39


def test_a_series_in_somebody_s_way_names_the_dates(house: House) -> None:
    house.confirmed("flexi-19", at=slot(8, 9, day=15), title="Jury")
    report = take_over(house, calendar(CLUB), kind="calendar")
    assert verdicts(report) == [Verdict.REFUSED]
    assert codes(report) == ["room_taken", "taken_by"]
    assert said(report).startswith("mardi 23 novembre 2027 : Cet espace est déjà réservé")
    assert house.rows("SELECT 1 FROM series") == []


def test_of_many_dates_that_are_taken_the_first_are_named(house: House) -> None:
    for week in range(8):
        house.confirmed("flexi-19", at=slot(8, 9, day=15 + 7 * week), title="Jury")
    report = take_over(house, calendar(CLUB.replace("COUNT=4", "COUNT=12")), kind="calendar")
    assert codes(report).count("room_taken") == 5
    assert said(report, language="en").endswith("And 3 more dates of the series are refused.")


def test_a_series_that_somebody_entered_by_hand_is_there(house: House) -> None:
    take_over(house, calendar(CLUB), kind="calendar")
    house.rows("UPDATE reservation SET imported_uid = '' RETURNING 1")
    again = take_over(house, calendar(CLUB), kind="calendar")
    assert codes(again) == ["known"]
    assert len(again.lines[0].reservations) == 3


def test_an_event_that_names_no_room_is_left_out(house: House) -> None:
    report = take_over(house, calendar(STORYBOARD, f"UID:b|SUMMARY:Dentiste|{MORNING}"), kind="calendar")
    assert verdicts(report) == [Verdict.BOOKED, Verdict.SKIPPED]
    assert codes(report, 1) == ["nowhere"]


def test_our_own_invitations_in_somebody_s_calendar_are_known(house: House) -> None:
    booked = house.confirmed("flexi-16", at=slot(8, 11, day=1), guests=("eleve@college.example",))
    house.announce()
    [invitation] = house.rows("SELECT uid FROM invitation")
    report = take_over(house, calendar(STORYBOARD.replace("UID:a", f"UID:{invitation.uid}")), kind="calendar")
    assert (codes(report), report.lines[0].reservations) == (["known"], (booked,))
