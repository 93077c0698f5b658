"""A recurrence in words: each rule as one would say it, in both languages."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.letters.recurrence import Repeats, recurrence_in_words
from tests.letters.reading import plainly

START, END = datetime.fromisoformat("2027-09-07T09:00"), datetime.fromisoformat("2027-09-07T12:00")
"""A Tuesday morning, on the wall clock."""
LAST = date(2028, 6, 20)


def said(**rule: Any) -> tuple[str, str]:
    """A rule in French and in English: each week on Tuesday morning, but for what is said otherwise."""
    usual: dict[str, Any] = {"freq": "WEEKLY", "start": START, "end": END, "last": LAST}
    repeats = Repeats(**usual | rule)
    return plainly(recurrence_in_words(repeats, "fr")), recurrence_in_words(repeats, "en")


def test_a_series_of_the_school_year_is_one_sentence() -> None:
    french, english = said(skipped=[date(2027, 11, 9)], last=date(2028, 6, 21))
    assert french == "chaque mardi, de 9 h à 12 h, du 7 septembre 2027 au 21 juin 2028, sauf le 9 novembre"
    assert english == "every Tuesday, 9:00 to 12:00, from 7 September 2027 to 21 June 2028, except 9 November"


@pytest.mark.parametrize(
    ("rule", "french", "english"),
    [
        ({"freq": "DAILY"}, "chaque jour", "every day"),
        ({"freq": "DAILY", "interval": 2}, "tous les deux jours", "every two days"),
        ({"freq": "DAILY", "interval": 14}, "tous les 14 jours", "every 14 days"),
        ({}, "chaque mardi", "every Tuesday"),
        ({"weekdays": (1,)}, "chaque mardi", "every Tuesday"),
        ({"weekdays": (3, 1)}, "chaque mardi et chaque jeudi", "every Tuesday and Thursday"),
        (
            {"weekdays": (0, 1, 4)},
            "chaque lundi, chaque mardi et chaque vendredi",
            "every Monday, Tuesday and Friday",
        ),
        ({"weekdays": (0, 1, 2, 3, 4)}, "du lundi au vendredi", "Monday to Friday"),
        ({"weekdays": tuple(range(7))}, "chaque jour", "every day"),
        ({"interval": 2}, "toutes les deux semaines, le mardi", "every two weeks, on Tuesday"),
        (
            {"interval": 3, "weekdays": (1, 3)},
            "toutes les trois semaines, le mardi et le jeudi",
            "every three weeks, on Tuesday and Thursday",
        ),
        (
            {"interval": 2, "weekdays": (0, 1, 2, 3, 4)},
            "toutes les deux semaines, du lundi au vendredi",
            "every two weeks, Monday to Friday",
        ),
        ({"freq": "MONTHLY"}, "le 7 de chaque mois", "the 7th of each month"),
        (
            {"freq": "MONTHLY", "month_days": (1, 15)},
            "le 1er et le 15 de chaque mois",
            "the 1st and the 15th of each month",
        ),
        (
            {"freq": "MONTHLY", "month_days": (-1,)},
            "le dernier jour de chaque mois",
            "the last day of each month",
        ),
        (
            {"freq": "MONTHLY", "month_days": (-2,)},
            "le 2e jour avant la fin de chaque mois",
            "the 2nd last day of each month",
        ),
        (
            {"freq": "MONTHLY", "nth": ((0, 5),)},
            "le cinquième lundi de chaque mois",
            "the fifth Monday of each month",
        ),
        (
            {"freq": "MONTHLY", "month_days": (22,), "interval": 2},
            "tous les deux mois, le 22",
            "every two months, on the 22nd",
        ),
        (
            {"freq": "MONTHLY", "nth": ((1, 2),)},
            "le deuxième mardi de chaque mois",
            "the second Tuesday of each month",
        ),
        (
            {"freq": "MONTHLY", "nth": ((0, 1), (4, -1))},
            "le premier lundi et le dernier vendredi de chaque mois",
            "the first Monday and the last Friday of each month",
        ),
        (
            {"freq": "MONTHLY", "nth": ((2, 3), (3, 4)), "interval": 3},
            "tous les trois mois, le troisième mercredi et le quatrième jeudi",
            "every three months, on the third Wednesday and the fourth Thursday",
        ),
    ],
)
def test_a_rule_says_its_days(rule: dict[str, Any], french: str, english: str) -> None:
    spoken = said(**rule)
    assert spoken[0] == f"{french}, de 9 h à 12 h, du 7 septembre 2027 au 20 juin 2028"
    assert spoken[1] == f"{english}, 9:00 to 12:00, from 7 September 2027 to 20 June 2028"


@pytest.mark.parametrize(
    ("start", "end", "french", "english"),
    [
        ("2027-09-07T09:30", "2027-09-07T17:05", "de 9 h 30 à 17 h 05", "9:30 to 17:05"),
        ("2027-09-07T19:00", "2027-09-08T00:00", "de 19 h à minuit", "19:00 to midnight"),
        ("2027-09-07T00:00", "2027-09-07T06:00", "de 0 h à 6 h", "0:00 to 6:00"),
        ("2027-09-07T22:00", "2027-09-08T02:00", "de 22 h à 2 h le lendemain", "22:00 to 2:00 the next day"),
        (
            "2027-09-07T09:00",
            "2027-09-09T17:00",
            "de 9 h à 17 h, deux jours plus tard",
            "9:00 to 17:00, two days later",
        ),
        ("2027-09-07T00:00", "2027-09-08T00:00", "toute la journée", "all day"),
        ("2027-09-07T00:00", "2027-09-10T00:00", "pendant trois jours", "for three days"),
    ],
)
def test_a_rule_says_its_hours(start: str, end: str, french: str, english: str) -> None:
    spoken = said(start=datetime.fromisoformat(start), end=datetime.fromisoformat(end))
    assert f"chaque mardi, {french}, du " in spoken[0]
    assert f"every Tuesday, {english}, from " in spoken[1]


@pytest.mark.parametrize(
    ("last", "french", "english"),
    [
        (None, "à partir du 7 septembre 2027", "from 7 September 2027"),
        (date(2027, 9, 7), "le 7 septembre 2027", "on 7 September 2027"),
        (date(2027, 12, 14), "du 7 septembre au 14 décembre 2027", "from 7 September to 14 December 2027"),
        (date(2029, 5, 1), "du 7 septembre 2027 au 1er mai 2029", "from 7 September 2027 to 1 May 2029"),
    ],
)
def test_a_rule_says_from_when_until_when(last: date | None, french: str, english: str) -> None:
    spoken = said(last=last)
    assert spoken[0].endswith(f"de 9 h à 12 h, {french}")
    assert spoken[1].endswith(f"9:00 to 12:00, {english}")


def test_dates_left_out_are_told_by_month() -> None:
    french, english = said(skipped=[date(2028, 2, 1), date(2027, 11, 16), date(2027, 11, 9)])
    assert french.endswith(", sauf les 9 et 16 novembre et le 1er février")
    assert english.endswith(", except 9 and 16 November and 1 February")


def test_a_day_that_comes_twice_has_its_year() -> None:
    assert said(skipped=[date(2027, 11, 9)], last=date(2029, 6, 19))[0].endswith(", sauf le 9 novembre 2027")
    assert said(skipped=[date(2027, 11, 9)], last=None)[1].endswith(", except 9 November 2027")


def test_a_date_outside_the_series_is_no_exception() -> None:
    french, _ = said(skipped=[date(2027, 8, 31), date(2028, 6, 27)])
    assert "sauf" not in french


@pytest.mark.parametrize(("count", "rest"), [(13, 0), (14, 2), (40, 28)])
def test_many_exceptions_are_counted(count: int, rest: int) -> None:
    french, english = said(skipped=[START.date() + timedelta(weeks=week) for week in range(count)])
    assert french.endswith(f" et {rest} autres dates") == bool(rest)
    assert english.endswith(f" and {rest} other dates") == bool(rest)
    assert "autres dates" in french or not rest
