"""One iTIP message: what its properties mean, in whatever way clients write them, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.itip.incoming import Component, Party, Scheduling, UnreadableMail
from shared.itip.scheduling import scheduling
from tests.itip.writing import PARIS, calendar

NINE = datetime(2027, 11, 9, 8, tzinfo=UTC)  # in Paris
START = "DTSTART;TZID=Europe/Paris:20271109T090000"


def read(text: str) -> Scheduling:
    found = scheduling(text.encode(), PARIS)
    assert isinstance(found, Scheduling)
    return found


def one(*lines: str, **more: Any) -> Component:
    [component] = read(calendar(*lines, **more)).components
    return component


def refused(*lines: str, **more: Any) -> str:
    with pytest.raises(UnreadableMail) as caught:
        read(calendar(*lines, **more))
    return caught.value.code


TIMES: dict[str, tuple[list[str], datetime, datetime | None]] = {
    "in UTC": (["DTSTART:20271109T080000Z", "DTEND:20271109T090000Z"], NINE, NINE + timedelta(hours=1)),
    "in a zone": ([START, "DTEND;TZID=Europe/Paris:20271109T100000"], NINE, NINE + timedelta(hours=1)),
    "in two zones": ([START, "DTEND;TZID=America/Miquelon:20271109T060000"], NINE, NINE + timedelta(hours=1)),
    "by Windows' name": (["DTSTART;TZID=Romance Standard Time:20271109T090000"], NINE, None),
    "by a name of Mozilla": (["DTSTART;TZID=/mozilla.org/20050126_1/Europe/Paris:20271109T090000"], NINE, None),
    "with how long": ([START, "DURATION:PT1H30M"], NINE, NINE + timedelta(minutes=90)),
    "for a week": ([START, "DURATION:P1W"], NINE, NINE + timedelta(weeks=1)),
    "without an end": ([START], NINE, None),
    "a day": (["DTSTART;VALUE=DATE:20271109"], NINE - timedelta(hours=9), NINE + timedelta(hours=15)),
    "a day that ends on it": (
        ["DTSTART;VALUE=DATE:20271109", "DTEND;VALUE=DATE:20271109"],
        NINE - timedelta(hours=9),
        NINE + timedelta(hours=15),
    ),
    "two days": (
        ["DTSTART;VALUE=DATE:20271109", "DURATION:P2D"],
        NINE - timedelta(hours=9),
        NINE + timedelta(hours=39),
    ),
    "the day on which clocks change": (
        ["DTSTART;VALUE=DATE:20271031"],
        datetime(2027, 10, 30, 22, tzinfo=UTC),
        datetime(2027, 10, 31, 23, tzinfo=UTC),
    ),
    # RFC 5545 section 3.3.5: the first of two, and as if the clocks had not changed yet
    "an hour that there is twice": (
        ["DTSTART;TZID=Europe/Paris:20271031T023000"],
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        None,
    ),
    "an hour that there is not": (
        ["DTSTART;TZID=Europe/Paris:20270328T023000"],
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        None,
    ),
}


@pytest.mark.parametrize(("lines", "start", "end"), TIMES.values(), ids=TIMES)
def test_times_are_instants(lines: list[str], start: datetime, end: datetime | None) -> None:
    component = one(*lines)
    assert (component.start, component.end) == (start, end)


REFUSED = {
    "a time without a zone": (["DTSTART:20271109T090000"], "floating_time"),
    "a zone that nobody knows": (["DTSTART;TZID=Mars/Olympus:20271109T090000"], "unknown_zone"),
    "a date left out without a zone": ([START, "EXDATE:20271109T090000"], "floating_time"),
    "a day that there is not": (["DTSTART:20270230T090000Z"], "bad_property"),
    "a start that is none": (["DTSTART:soon"], "bad_property"),
    "two starts": ([START, START], "property_twice"),
    "two starts in one": ([START + ",20271110T090000"], "property_twice"),
    "two UIDs": (["UID:another"], "property_twice"),
    "two rules": (["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"], "property_twice"),
    "a year out of range": (["DTSTART:99990101T000000Z"], "time_out_of_range"),
    "an end out of range": (["DTSTART:21991231T230000Z", "DURATION:PT5H"], "time_out_of_range"),
    "a length that is none": ([START, "DURATION:-PT1H"], "bad_property"),
    "no length at all": ([START, "DURATION:P"], "bad_property"),
    "a UID that is very long": ([], "uid_too_long"),
}


@pytest.mark.parametrize(("lines", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_certain_is_refused_and_never_guessed(lines: list[str], code: str) -> None:
    more = {"uid": "x" * 501} if code == "uid_too_long" else {}
    assert refused(*lines, **more) == code


def test_an_event_without_a_uid_is_refused() -> None:
    assert refused(START, uid="") == "no_uid"


PEOPLE = {
    "mailto:zoe@college.example": "zoe@college.example",
    "MAILTO:Zoe@College.Example": "zoe@college.example",
    "zoe@college.example": "zoe@college.example",
    " mailto: zoe@college.example ": "zoe@college.example",
    "mailto:<zoe@college.example>": "zoe@college.example",
    "mailto:mailto:zoe@college.example": "zoe@college.example",
    "mailto:zoe%2Bjury@college.example": "zoe+jury@college.example",
    "mailto:zoe@college.example?subject=x": "zoe@college.example",
    '"mailto:zoe@college.example"': "zoe@college.example",
    "mailto:zoe@collège.example": "zoe@xn--collge-6ua.example",
    "urn:uuid:0a1b": "",
    "invalid:nomail": "",
    "mailto:": "",
    "mailto:zoe": "",
    "mailto:zoe@college.example,max@college.example": "",
    "http://college.example/zoe@college.example": "",
}


@pytest.mark.parametrize(("written", "address"), PEOPLE.items())
def test_an_attendee_is_an_address(written: str, address: str) -> None:
    [party] = one(f"ATTENDEE:{written}").attendees
    assert party == Party(address)


PARAMETERS = {
    "": Party("zoe@college.example"),
    ";EMAIL=max@college.example": Party("zoe@college.example"),
    ";CN=Martin, Zoé": Party("zoe@college.example", "Martin, Zoé"),
    ';CN="Martin: Zoé; a, b"': Party("zoe@college.example", "Martin: Zoé; a, b"),
    ';CN="a",";ROLE=CHAIR"': Party("zoe@college.example", 'a",";ROLE=CHAIR'),
    ";CN=^'Zoé^' ^n^^": Party("zoe@college.example", '"Zoé" ^'),
    ";CN=Zoé: 4e B": Party("zoe@college.example", "Zoé"),
    ";PARTSTAT=accepted;RSVP=true": Party("zoe@college.example", partstat="ACCEPTED", rsvp=True),
    ";PARTSTAT=X-LATER;ROLE=X-Y;CUTYPE=X-Z": Party("zoe@college.example", cutype="UNKNOWN"),
    ";PARTSTAT=IN-PROCESS": Party("zoe@college.example"),
    ";CUTYPE=room;ROLE=non-participant": Party("zoe@college.example", role="NON-PARTICIPANT", cutype="ROOM"),
    ";LANGUAGE=fr-FR": Party("zoe@college.example", language="fr-FR"),
    ';SENT-BY="mailto:MAX@college.example"': Party("zoe@college.example", sent_by="max@college.example"),
    ';DELEGATED-FROM="mailto:a@b.fr","mailto:c@d.fr","x"': Party(
        "zoe@college.example", delegated_from=("a@b.fr", "c@d.fr")
    ),
    ";DELEGATED-TO=mailto:a@b.fr": None,  # a colon outside of quotes ends the parameters: the address is lost
}


@pytest.mark.parametrize(("parameters", "party"), PARAMETERS.items())
def test_an_attendee_has_parameters(parameters: str, party: Party | None) -> None:
    [found] = one(f"ATTENDEE{parameters}:mailto:zoe@college.example").attendees
    assert found.address == "zoe@college.example"
    assert party is None or found == party


def test_an_attendee_without_mail_may_have_it_as_a_parameter() -> None:
    [party] = one('ATTENDEE;EMAIL="Zoe@college.example":urn:uuid:0a1b').attendees
    assert party.address == "zoe@college.example"


@pytest.mark.parametrize(
    ("lines", "sequence"),
    [
        (["SEQUENCE:3"], 3),
        ([], 0),
        (["SEQUENCE:-1"], 0),
        (["SEQUENCE:9999999999"], 0),
        (["SEQUENCE:x", "X-MICROSOFT-CDO-APPT-SEQUENCE:4"], 4),
        (["X-MICROSOFT-CDO-APPT-SEQUENCE:4", "SEQUENCE:5"], 5),
    ],
)
def test_which_version_it_is(lines: list[str], sequence: int) -> None:
    assert one(*lines).sequence == sequence


@pytest.mark.parametrize("line", ["X-A:1", "DTSTAMP:soon", "DTSTAMP:20271109T080000", "DTSTAMP;TZID=X:20271109T080000"])
def test_a_dtstamp_that_cannot_be_read_is_none(line: str) -> None:
    assert one(line).dtstamp is None


@pytest.mark.parametrize(
    ("lines", "is_transparent"),
    [
        (["TRANSP:TRANSPARENT"], True),
        (["TRANSP:OPAQUE", "X-MICROSOFT-CDO-INTENDEDSTATUS:FREE"], False),
        (["X-MICROSOFT-CDO-INTENDEDSTATUS:FREE"], True),
        ([], False),
    ],
)
def test_whether_it_takes_time(lines: list[str], is_transparent: bool) -> None:
    assert one(*lines).is_transparent is is_transparent


def test_a_date_of_a_series_may_be_named_by_its_day() -> None:
    component = one("RECURRENCE-ID;VALUE=DATE:20271109")
    assert component.is_recurrence_id_a_day
    assert component.recurrence_id == NINE - timedelta(hours=9)


def test_dates_left_out_and_added_are_in_lists_and_lines_each_once() -> None:
    component = one(
        START,
        "EXDATE;TZID=Europe/Paris:20271116T090000,20271123T090000",
        "EXDATE:20271123T080000Z",
        "RDATE;VALUE=PERIOD:20271130T080000Z/PT1H,20271201T080000Z/20271201T090000Z",
    )
    assert component.exdates == (NINE + timedelta(days=7), NINE + timedelta(days=14))
    assert component.rdates == (NINE + timedelta(days=21), NINE + timedelta(days=22))


def test_comments_are_put_together() -> None:
    assert one("COMMENT:Oui", "COMMENT;LANGUAGE=fr:à deux\\, merci\\n").comment == "Oui\nà deux, merci"


def test_texts_are_cut_and_clean() -> None:
    component = one("SUMMARY:" + "é" * 900, "DESCRIPTION:a\x0bb\\nc\x1bd", "LOCATION: Flexi\t16 ")
    assert (len(component.summary), component.description, component.location) == (200, "a\nb\ncd", "Flexi 16")


def test_alarms_are_no_part_of_an_event() -> None:
    component = one("BEGIN:VALARM", "DESCRIPTION:x", "DURATION:PT5M", "UID:y", "END:VALARM", "DESCRIPTION:z")
    assert (component.uid, component.description) == ("7@creneau.example", "z")


def test_several_components_are_in_order_and_the_newer_of_two_counts() -> None:
    events = [
        ["SUMMARY:date 2", "RECURRENCE-ID:20271116T080000Z", "SEQUENCE:1"],
        ["SUMMARY:old date 1", "RECURRENCE-ID:20271109T080000Z", "SEQUENCE:1", "DTSTAMP:20271101T080000Z"],
        ["SUMMARY:date 1", "RECURRENCE-ID;TZID=Europe/Paris:20271109T090000", "SEQUENCE:1", "DTSTAMP:20271101T080001Z"],
        ["SUMMARY:whole", START, "RRULE:FREQ=WEEKLY"],
    ]
    found = read(_many(events))
    assert [component.summary for component in found.components] == ["whole", "date 1", "date 2"]
    assert found.master is found.components[0]


def _many(events: list[list[str]]) -> str:
    each = ["\r\n".join(["BEGIN:VEVENT", "UID:7", *lines, "END:VEVENT"]) for lines in events]
    return "\r\n".join(["BEGIN:VCALENDAR", "METHOD:REPLY", *each, "END:VCALENDAR"])


def test_events_of_two_uids_are_refused() -> None:
    text = _many([[START], [START]]).replace("UID:7", "UID:8", 1)
    with pytest.raises(UnreadableMail) as caught:
        read(text)
    assert caught.value.code == "several_uids"


@pytest.mark.parametrize("method", ["reply", "Reply ", "REPLY"])
def test_the_method_is_in_capitals(method: str) -> None:
    assert read(calendar(method=method)).method == "REPLY"
