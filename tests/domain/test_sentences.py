"""What refusals say: every code in French and in English, with all its values, and an advice where there is one."""

import string
from typing import Any

import pytest

from shared.domain import words
from shared.domain.refusals import Refusal
from shared.domain.rules import RULES
from shared.domain.sentences import SENTENCES, Saying, say
from tests.domain.rules.asking import PARIS, moment

# One value for each placeholder of the sentences, and what must be read of it in French and in English.
VALUES: dict[str, Any] = {
    "people": 20,
    "seats": 16,
    "better": "Îlots",
    "better_en": "Islands",
    "better_seats": 24,
    "name": "EscapeLAB {x}",
    "layout": "circle",
    "choices": "Rangées, Îlots",
    "choices_en": "Rows, Islands",
    "safety_limit": 19,
    "building_limit": 120,
    "others": 110,
    "asked": 3,
    "owned": 2,
    "day": "2028-02-29",
    "last": "2028-03-01",
    "latest": "2029-11-07",
    "until": "2028-02-29T09:30:00+01:00",
    "opening": "08:00-12:00, 13:00-24:00",
    "closure": "2028-02-29T09:00:00+01:00/2028-02-29T12:00:00+01:00",
    "reason": "travaux",
    "holiday": "Armistice",
    "zone": "B",
    "window_days": 180,
    "lead_minutes": 120,
    "shortest_minutes": 30,
    "longest_minutes": 480,
    "step_minutes": 15,
    "hours_per_week": 10,
    "used": 540,
    "week": "2027-11-08",
    "open_requests": 3,
    "concurrent": 2,
    "cancellation_minutes": 1440,
    "most_occurrences": 40,
    "occurrences": 41,
    "horizon_days": 730,
    "conflicts": 5,
    "allowed": 4,
    "refused": 7,
    "count": 42,
    "longest_days": 14,
    "rule": "FREQ=YEARLY",
}
FIX: dict[str, Any] = {
    "start": "2028-02-29T09:30:00+01:00",
    "end": "2028-02-29T12:00:00+01:00",
    "people": 16,
    "count": 40,
    "until": "2028-02-29",
    "option_until": "2028-02-29T09:30:00+01:00",
}


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def unfinished(text: str) -> bool:
    return "…" in text or "None" in text or "  " in text or not text.endswith(".")


@pytest.mark.parametrize("code", SENTENCES)
def test_every_refusal_has_its_sentence_in_french_and_in_english(code: str) -> None:
    saying = SENTENCES[code]
    names = placeholders(saying.fr)
    assert names == placeholders(saying.en)
    no = Refusal(code, {name: VALUES[name] for name in names})
    french, english = no.sentence("fr"), no.sentence("en")
    assert french != english
    assert no.sentence("de") == french
    assert not unfinished(french)
    assert not unfinished(english)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_advice_is_there_in_both_languages(code: str) -> None:
    saying = SENTENCES[code]
    assert len(saying.advice_fr) == len(saying.advice_en)
    if not saying.advice_fr:
        return
    no = Refusal(code, VALUES, fix=FIX)
    for text in (no.advice("fr"), no.advice("en")):
        assert text
        assert not unfinished(text)
    assert no.advice("fr") != no.advice("en")
    fields = {field for text in (*saying.advice_fr, *saying.advice_en) for field in placeholders(text)}
    assert {field for field in fields if not field.startswith("fix")} <= VALUES.keys()


def test_facts_are_read_in_both_languages() -> None:
    no = Refusal("too_many_people", {"people": 20, "seats": 16})
    assert no.sentence("fr") == "Vous attendez 20 personnes, mais il n'y a que 16 places."
    assert no.sentence("en") == "You expect 20 people, but there are only 16 seats."
    assert Refusal("resource_closed", {"name": "a {x} b"}).sentence("fr").startswith("« a {x} b »")


def test_an_advice_whose_values_are_not_known_is_not_given() -> None:
    assert Refusal("too_short", {"name": "Flexi"}).advice("fr") == ""
    assert Refusal("too_many_people", {"people": 9}, fix={"people": 3}).advice("fr") == "3 personnes au plus."


def test_a_code_or_a_fact_of_another_version_is_no_reason_to_fail() -> None:
    """During an upgrade an older process reads what a newer one wrote, and for ever after the other way round."""
    assert Refusal("of_tomorrow", {"x": 1}).sentence("en") == "This request is not possible."
    assert Refusal("of_tomorrow").advice("fr") == ""
    assert Refusal("public_holiday").sentence("en") == "… is a public holiday…."


def test_a_code_is_said_once() -> None:
    with pytest.raises(ValueError, match="room_taken"):
        say("room_taken", Saying("", ""))


def test_a_rule_is_a_file_with_its_sentences() -> None:
    """What a rule can answer stands in its own file, or in the one it belongs to."""
    assert len({rule.__module__ for rule in RULES}) == 14
    assert all(rule.__module__.startswith("shared.domain.rules.") for rule in RULES)


@pytest.mark.parametrize(
    ("start", "end", "french", "english"),
    [
        (
            "2027-11-01 09:00",
            "2027-11-01 12:30",
            "lundi 1er novembre 2027, de 9_h_00 à 12_h_30",
            "Monday 1 November 2027, 9:00 to 12:30",
        ),
        (
            "2027-11-02 20:00",
            "2027-11-03 00:00",
            "mardi 2 novembre 2027, de 20_h_00 à minuit",
            "Tuesday 2 November 2027, 20:00 to midnight",
        ),
        (
            "2027-11-02 20:00",
            "2027-11-03 01:05",
            "du mardi 2 novembre 2027 à 20_h_00 au mercredi 3 novembre 2027 à 1_h_05",
            "Tuesday 2 November 2027, 20:00 to Wednesday 3 November 2027, 1:05",
        ),
    ],
)
def test_a_slot_in_words(start: str, end: str, french: str, english: str) -> None:
    from_, to = (moment(clock).astimezone(PARIS) for clock in (start, end))
    assert words.slot(from_, to, "fr") == french.replace("_", "\u202f")
    assert words.slot(from_, to, "en") == english


@pytest.mark.parametrize(
    ("minutes", "french", "english"),
    [
        (0, "0 minute", "0 minute"),
        (1, "1 minute", "1 minute"),
        (45, "45 minutes", "45 minutes"),
        (60, "1 heure", "1 hour"),
        (90, "1_h_30", "1:30 hours"),
        (480, "8 heures", "8 hours"),
        (1440, "1 jour", "1 day"),
        (1500, "25 heures", "25 hours"),
        (4320, "3 jours", "3 days"),
    ],
)
def test_a_length_in_words(minutes: int, french: str, english: str) -> None:
    assert words.length(minutes, "fr") == french.replace("_", "\u202f")
    assert words.length(minutes, "en") == english
