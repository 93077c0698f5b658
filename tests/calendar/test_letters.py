"""The letters: what they say, in both languages, and that they say it safely."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from shared.letters.facts import Alternative, Change, Conflict, Facts, Instead, Language, SeriesDate, Span
from shared.letters.times import slot_in_words
from shared.letters.writing import Kind, write
from tests.letters.reading import Page, plainly

KINDS: tuple[Kind, ...] = get_args(Kind)
LANGUAGES: tuple[Language, ...] = get_args(Language)
FOR_COORDINATORS = {"approval", "approval_reminder"}

START, END = datetime(2027, 11, 9, 8, tzinfo=UTC), datetime(2027, 11, 9, 11, 30, tzinfo=UTC)
BEFORE = Span(START - timedelta(days=1), END - timedelta(days=1))
FACTS = Facts(
    title="Atelier storyboard",
    start=START,
    end=END,
    zone="Europe/Paris",
    place="Flexi 16 et Flexi 19",
    site="Atelier Canopé 62",
    address="37 rue du Temple, Arras",
    organizer="Camille Dûment",
    contact="atelier62@canope.example",
    note="Apportez une trousse.",
    url="https://creneau.example/r/42",
    recipient="Zoé",
)
REFUSED = replace(
    FACTS,
    reasons=("Il faut demander deux jours avant.",),
    conflicts=(Conflict("Flexi 16", START, END, "Réunion"), Conflict("Flexi 19", START, END)),
    alternatives=tuple(Alternative((f"Flexi {n}", "EscapeLAB"), START, END) for n in range(36, 40)),
)


@pytest.mark.parametrize(
    ("start", "end", "french", "english"),
    [
        (
            "2027-11-09T08:00",
            "2027-11-09T11:30",
            "mardi 9 novembre 2027, de 9 h 00 à 12 h 30",
            "Tuesday 9 November 2027, 9:00 to 12:30",
        ),
        (
            "2027-07-01T07:00",
            "2027-07-01T15:05",
            "jeudi 1er juillet 2027, de 9 h 00 à 17 h 05",
            "Thursday 1 July 2027, 9:00 to 17:05",
        ),
        (
            "2027-10-30T07:00",
            "2027-10-31T16:00",
            "du samedi 30 octobre 2027 à 9 h 00 au dimanche 31 octobre 2027 à 17 h 00",
            "Saturday 30 October 2027, 9:00 to Sunday 31 October 2027, 17:00",
        ),
        (
            "2027-11-09T18:00",
            "2027-11-09T23:00",
            "mardi 9 novembre 2027, de 19 h 00 à minuit",
            "Tuesday 9 November 2027, 19:00 to midnight",
        ),
        (
            "2027-11-08T23:00",
            "2027-11-09T23:00",
            "mardi 9 novembre 2027, toute la journée",
            "Tuesday 9 November 2027, all day",
        ),
        (
            "2027-11-08T23:00",
            "2027-11-11T23:00",
            "du mardi 9 novembre 2027 au jeudi 11 novembre 2027 inclus",
            "Tuesday 9 November 2027 to Thursday 11 November 2027 inclusive",
        ),
    ],
)
def test_a_slot_reads_as_one_would_say_it(start: str, end: str, french: str, english: str) -> None:
    times = tuple(datetime.fromisoformat(f"{moment}+00:00") for moment in (start, end))
    assert plainly(slot_in_words(*times, "Europe/Paris", "fr")) == french
    assert slot_in_words(*times, "Europe/Paris", "en") == english


def test_a_slot_is_told_in_the_hours_of_its_site() -> None:
    assert slot_in_words(START, END, "Indian/Reunion", "en") == "Tuesday 9 November 2027, 12:00 to 15:30"


def test_french_has_its_no_break_spaces() -> None:
    words = write("invitation", "fr", replace(FACTS, note="Prêts ? Oui !"))
    assert "9\u202fh\u202f00" in words.subject
    assert "Invitation\u00a0: Atelier" in words.subject
    for text in (words.text, words.html):
        assert "«\u00a0Atelier storyboard\u00a0»" in text
        assert "Prêts\u202f? Oui\u202f!" in text
        assert not re.search(" [:;!?»]|« ", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_letter_is_a_travel_order(kind: Kind, language: Language) -> None:
    for facts in (FACTS, replace(FACTS, own=True), replace(FACTS, removed=True), replace(REFUSED, kept=BEFORE)):
        words = write(kind, language, facts)
        assert "convo" not in (words.subject + words.text + words.html).lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_says_what_when_where_and_whom_to_ask(kind: Kind, language: Language) -> None:
    words = write(kind, language, FACTS)
    when = plainly(slot_in_words(START, END, "Europe/Paris", language))
    assert "Atelier storyboard" in words.subject
    assert when in plainly(words.subject)
    for text in (words.text, Page(words).text):
        for fact in ("Zoé", "Atelier storyboard", when, "Flexi 16 et Flexi 19"):
            assert fact in plainly(text)
        # coordinators are whom one asks
        assert ("atelier62@canope.example" in text) == (kind not in FOR_COORDINATORS)
        assert text.strip().endswith("Atelier Canopé 62")
    assert "https://creneau.example/r/42" in words.text
    assert ("a", "https://creneau.example/r/42") in [(tag, a.get("href")) for tag, a in Page(words).elements]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_known_leaves_no_trace(kind: Kind, language: Language) -> None:
    words = write(kind, language, Facts(title="Atelier", start=START, end=END, zone="Europe/Paris"))
    lines = plainly(words.text).splitlines()
    assert "\n\n\n" not in words.text
    assert not [line for line in lines if re.search(r":\s*$|,\s+,|^\s+$| ,", line)]
    assert "None" not in words.text + words.html
    assert not [tag for tag, _ in Page(words).elements if tag == "a"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_people_typed_is_text_in_the_page(kind: Kind, language: Language) -> None:
    evil = '<script>alert("1")</script>\n\n<img src=x>'
    texts = {field.name for field in fields(Facts) if field.type in {str, "str"}} - {"zone"}
    facts = replace(
        REFUSED,
        **dict.fromkeys(texts, evil),
        changes=(Change("place", evil, evil),),
        reasons=(evil,),
        conflicts=(Conflict(evil, START, END, evil),),
        alternatives=(Alternative((evil,), START, END),),
        dates=(
            SeriesDate(start=START, end=END, place=evil, outcome="refused", reason={"fr": evil, "en": evil}),
            SeriesDate(start=START, end=END, outcome="moved", replaced_by=Instead(START, END, evil)),
        ),
    )
    words = write(kind, language, facts)
    assert len(texts) == 15
    assert not {"script", "img"} & {tag for tag, _ in Page(words).elements}
    assert '<script>alert("1")</script>' in words.text
    assert "\n" not in words.subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_readable_on_a_phone_and_aloud(kind: Kind, language: Language) -> None:
    page = Page(write(kind, language, replace(REFUSED, changes=(Change("title", "Atelier", "Atelier storyboard"),))))
    tags = [tag for tag, _ in page.elements]
    assert page.elements[0] == ("html", {"lang": language})
    assert page.open == []
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.elements
    assert tags.count("h1") == tags.count("title") == 1
    assert not {"img", "table", "link", "script", "style"} & set(tags)
    assert any("max-width" in (attributes.get("style") or "") for _, attributes in page.elements)


def test_an_update_says_what_was_and_what_is() -> None:
    changes = (
        Change("time", BEFORE, Span(START, END)),
        Change("place", "Flexi 36", "Flexi 16 et Flexi 19"),
        Change("title", "Storyboard", "Atelier storyboard"),
        Change("note"),
    )
    text = plainly(write("update", "fr", replace(FACTS, changes=changes)).text)
    assert (
        "Ce qui change :\n"
        "- Horaire : mardi 9 novembre 2027, de 9 h 00 à 12 h 30\n"
        "  (avant : lundi 8 novembre 2027, de 9 h 00 à 12 h 30)\n"
        "- Lieu : Flexi 16 et Flexi 19\n"
        "  (avant : Flexi 36)\n"
        "- Intitulé : Atelier storyboard\n"
        "  (avant : Storyboard)\n"
        "- À savoir : texte modifié, à lire plus bas\n"
    ) in text
    assert "répondre à nouveau" in text


def test_a_new_text_asks_nobody_to_answer_again() -> None:
    text = write("update", "fr", replace(FACTS, changes=(Change("note"),))).text
    assert "répondre à nouveau" not in text
    assert "Votre réponse reste valable" in text


def test_a_refusal_says_why_and_what_is_free() -> None:
    text = plainly(write("refusal", "fr", REFUSED).text)
    slot = "mardi 9 novembre 2027, de 9 h 00 à 12 h 30"
    assert (
        "Pourquoi :\n"
        "- Il faut demander deux jours avant.\n"
        f"- Flexi 16 : espace déjà occupé {slot} (« Réunion »)\n"
        f"- Flexi 19 : espace déjà occupé {slot}\n"
        "\n"
        "Ce qui est libre :\n"
        f"- Flexi 36 et EscapeLAB : {slot}\n"
        f"- Flexi 37 et EscapeLAB : {slot}\n"
        f"- Flexi 38 et EscapeLAB : {slot}\n"
        "\n"
    ) in text


def test_a_refused_move_leaves_the_slot_that_was() -> None:
    words = write("refusal", "fr", replace(REFUSED, kept=BEFORE))
    assert "reste comme elle était : lundi 8 novembre 2027, de 9 h 00 à 12 h 30." in plainly(words.text)
    assert words.subject.startswith("Déplacement impossible")
    assert "Déplacement" not in write("refusal", "fr", REFUSED).subject


def test_somebody_taken_off_the_list_is_not_told_that_all_is_cancelled() -> None:
    removed = plainly(write("cancellation", "fr", replace(FACTS, removed=True)).text)
    assert "Vous ne figurez plus sur la liste" in removed
    assert "est annulé" not in removed
    assert "est annulé" in write("cancellation", "fr", FACTS).text


def test_who_booked_is_not_invited_by_themselves() -> None:
    own = write("invitation", "fr", replace(FACTS, own=True))
    assert own.subject.startswith("Réservation confirmée")
    assert "Camille" not in own.text
    assert "Camille Dûment a le plaisir de vous inviter" in plainly(write("invitation", "fr", FACTS).text)


@pytest.mark.parametrize(
    ("asked", "spoken"), [("fr", "fr"), ("fr-FR", "fr"), ("en", "en"), ("en-GB", "en"), ("nl", "fr")]
)
def test_a_language_that_is_not_spoken_reads_french(asked: str, spoken: str) -> None:
    assert write("reminder", asked, FACTS) == write("reminder", spoken, FACTS)
