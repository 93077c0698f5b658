"""The ways in which people write when something is."""

from datetime import UTC, datetime, time

import pytest

from shared.domain.slots import Slot
from shared.records.reasons import UnreadableError
from shared.records.when import HalfDays, Written, slot

PARIS = "Europe/Paris"
USUAL = HalfDays()


def on_the_ninth(start: time, end: time) -> Slot:
    """On Tuesday 9 November 2027, winter time in Arras."""
    return Slot(*(datetime(2027, 11, 9, at.hour - 1, at.minute, tzinfo=UTC) for at in (start, end)))


NINE_TO_NOON = on_the_ninth(time(9), time(12))


@pytest.mark.parametrize(
    "date",
    [
        "09/11/2027",
        "9/11/2027",
        "09-11-2027",
        "09.11.2027",
        "2027-11-09",
        "9 nov. 2027",
        "9 novembre 2027",
        "9 NOVEMBRE 2027",
        "mardi 9 novembre 2027",
        "Mardi 9 novembre 2027",
        "mar. 9 nov. 2027",
        "le 9 novembre 2027",
        "le mardi 9 novembre 2027",
        "9-nov-2027",
        "Tuesday, 9 November 2027",
        "9th November 2027",
        " 09/11/2027\N{NO-BREAK SPACE}",
    ],
)
def test_every_date_that_means_the_ninth_of_november(date: str) -> None:
    assert slot(Written(date=date, start="9h", end="12h"), PARIS, USUAL) == NINE_TO_NOON


@pytest.mark.parametrize("nine", ["9h", "9H", "9 h", "9h00", "9 h 00", "09h00", "9:00", "09:00", "09:00:00"])
@pytest.mark.parametrize("noon", ["12h", "12:00"])
def test_every_time_that_means_nine(nine: str, noon: str) -> None:
    assert slot(Written(date="09/11/2027", start=nine, end=noon), PARIS, USUAL) == NINE_TO_NOON


@pytest.mark.parametrize(
    "span",
    [
        "9h-12h",
        "9h - 12h",
        "9h à 12h",
        "de 9h à 12h",
        "09:00-12:00",
        "9h\N{EN DASH}12h",
        "9h/12h",
        "matin",
        "Matinée",
        "Morning",
    ],
)
def test_a_span_in_one_cell(span: str) -> None:
    assert slot(Written(date="09/11/2027", span=span), PARIS, USUAL) == NINE_TO_NOON


@pytest.mark.parametrize(
    "written",
    [
        Written(start="09/11/2027 09:00", end="09/11/2027 12:00"),
        Written(start="2027-11-09T09:00", end="2027-11-09 12:00:00"),
        Written(start="9 nov. 2027 à 9h", end="12h"),
        Written(start="2027-11-09T09:00:00+01:00", end="2027-11-09T11:00:00Z"),
        Written(date="09/11/2027 matin"),
        Written(date="09/11/2027", start="matin"),
        Written(date="09/11/2027", start="09/11/2027", span="9h-12h"),
        Written(date="09/11/2027", end_date="09/11/2027", start="9h", end="12h"),
    ],
)
def test_date_and_time_may_stand_together_or_apart(written: Written) -> None:
    assert slot(written, PARIS, USUAL) == NINE_TO_NOON


@pytest.mark.parametrize(
    ("word", "start", "end"),
    [
        ("matin", time(8, 30), time(12)),
        ("après-midi", time(13, 30), time(17)),
        ("Apres Midi", time(13, 30), time(17)),
        ("l'après-midi", time(13, 30), time(17)),
        ("soirée", time(18), time(22)),
        ("toute la journée", time(8, 30), time(17)),
    ],
)
def test_half_days_are_those_of_the_venue(word: str, start: time, end: time) -> None:
    house = HalfDays(
        morning=(time(8, 30), time(12)),
        afternoon=(time(13, 30), time(17)),
        evening=(time(18), time(22)),
        day=(time(8, 30), time(17)),
    )
    assert slot(Written(date="09/11/2027", span=word), PARIS, house) == on_the_ninth(start, end)


def test_from_the_morning_to_the_afternoon() -> None:
    written = Written(date="09/11/2027", start="matin", end="après-midi")
    assert slot(written, PARIS, USUAL) == on_the_ninth(time(9), time(17))


def test_over_midnight_with_the_date_of_the_end() -> None:
    written = Written(date="09/11/2027", end_date="10/11/2027", start="20h", end="1h")
    assert slot(written, PARIS, USUAL).end == datetime(2027, 11, 10, 0, tzinfo=UTC)


def test_summer_is_an_hour_earlier() -> None:
    written = Written(date="06/07/2027", span="matin")
    assert slot(written, PARIS, USUAL).start == datetime(2027, 7, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    ["09/11/27", "11-2027", "demain", "9 jui 2027", "2027", "09/11", "9.30", "\N{ARABIC-INDIC DIGIT NINE}/11/2027"],
)
def test_what_could_be_another_day_is_not_guessed(date: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        slot(Written(date=date, start="9h", end="12h"), PARIS, USUAL)
    assert caught.value.reason.code == "bad_date"
