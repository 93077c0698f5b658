"""What is held, awaits somebody or waits in line: each letter says where things stand, until when, and what to do."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest

from shared.letters.facts import Alternative
from shared.letters.times import moment_in_words
from shared.letters.writing import Kind, write
from tests.letters.facts import DEADLINE, END, FACTS, SLOT, START
from tests.letters.reading import Page, plainly

HELD = replace(FACTS, deadline=DEADLINE, reference="1234")
ASKED = replace(
    HELD,
    recipient="",
    own=False,
    asks="Camille Dûment",
    asks_address="camille@college.example",
    people=24,
    note="Avec deux classes.",
    reasons=("L'Atelier est fermé ce jour-là.", "La salle n'a que 16 places."),
    on_expiry="expire",
)


def read(kind: Kind, **otherwise: object) -> str:
    return plainly(write(kind, "fr", replace(HELD, **otherwise)).text)


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        ("2027-11-04T08:00", "jeudi 4 novembre 2027 à 9 h 00", "Thursday 4 November 2027 at 9:00"),
        ("2027-06-30T22:00", "mercredi 30 juin 2027 à minuit", "Wednesday 30 June 2027 at midnight"),
        ("2027-07-01T10:05", "jeudi 1er juillet 2027 à 12 h 05", "Thursday 1 July 2027 at 12:05"),
    ],
)
def test_a_deadline_reads_as_one_would_say_it(moment: str, french: str, english: str) -> None:
    until = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert plainly(moment_in_words(until, "Europe/Paris", "fr")) == french
    assert moment_in_words(until, "Europe/Paris", "en") == english


@pytest.mark.parametrize(
    "kind", ["pending", "approval", "approval_reminder", "option", "option_reminder", "offer", "expired", "waitlisted"]
)
def test_a_deadline_and_a_reference_are_told(kind: Kind) -> None:
    words = write(kind, "fr", HELD)
    for text in (words.text, Page(words).text):
        assert "jeudi 4 novembre 2027 à 9 h 00" in plainly(text)
        assert "1234" in text
    assert "Thursday 4 November 2027 at 9:00" in write(kind, "en", HELD).text


@pytest.mark.parametrize("kind", ["pending", "approval", "option", "offer", "waitlisted", "expired", "declined"])
@pytest.mark.parametrize(("language", "claim"), [("fr", "est confirmée"), ("en", "is confirmed")])
def test_nothing_is_said_to_be_confirmed_that_is_not(kind: Kind, language: str, claim: str) -> None:
    assert claim not in plainly(write(kind, language, HELD).text)


def test_a_request_that_awaits_a_coordinator_says_why_and_how_long() -> None:
    text = read("pending", reasons=("L'Atelier est fermé ce jour-là.",), on_expiry="expire")
    assert text == (
        "Bonjour Camille,\n"
        "\n"
        "Votre demande pour « Atelier storyboard » est bien notée, et les espaces sont retenus pour vous. "
        "Elle n'est pas encore confirmée : la coordination doit d'abord l'accepter.\n"
        "\n"
        f"Quand : {SLOT}\n"
        "Où : Flexi 16\n"
        "Adresse : Atelier Canopé 62, 37 rue du Temple, Arras\n"
        "Réponse au plus tard : jeudi 4 novembre 2027 à 9 h 00\n"
        "Référence : 1234\n"
        "\n"
        "Pourquoi une validation est nécessaire :\n"
        "- L'Atelier est fermé ce jour-là.\n"
        "\n"
        "Vous n'avez rien à faire : nous vous écrirons dès que la décision sera prise. "
        "Sans réponse d'ici là, la demande expirera et les espaces seront de nouveau libres.\n"
        "\n"
        "Une question ? Écrivez-nous : atelier62@canope.example\n"
        "\n"
        "À bientôt,\n"
        "Atelier Canopé 62"
    )


@pytest.mark.parametrize("kind", ["pending", "approval", "approval_reminder"])
def test_what_silence_means_is_told_as_the_house_has_it(kind: Kind) -> None:
    assert "demande expire" in read(kind, on_expiry="expire")
    assert "confirmée d'office" in read(kind, on_expiry="confirm")
    for silent in (read(kind), read(kind, on_expiry="expire", deadline=None)):
        assert "d'ici là" not in silent
        assert "d'office" not in silent


def test_coordinators_read_all_that_they_decide_on() -> None:
    words = write("approval", "fr", ASKED)
    assert plainly(words.subject) == f"À valider : Atelier storyboard ({SLOT})"
    assert (
        "Bonjour,\n"
        "\n"
        "Camille Dûment souhaite réserver pour « Atelier storyboard » et attend votre décision. "
        "Les espaces sont retenus jusque-là.\n"
        "\n"
        f"Quand : {SLOT}\n"
        "Où : Flexi 16\n"
        "Adresse : Atelier Canopé 62, 37 rue du Temple, Arras\n"
        "À savoir :\n"
        "  Avec deux classes.\n"
        "Personnes : 24\n"
        "Demandé par : Camille Dûment (camille@college.example)\n"
        "À décider au plus tard : jeudi 4 novembre 2027 à 9 h 00\n"
        "Référence : 1234\n"
        "\n"
        "Pourquoi une validation est nécessaire :\n"
        "- L'Atelier est fermé ce jour-là.\n"
        "- La salle n'a que 16 places.\n"
        "\n"
        "Acceptez ou refusez cette demande dans Créneau : la réponse part aussitôt par courriel. "
        "Sans décision d'ici là, la demande expire et les espaces sont de nouveau libres.\n"
        "\n"
        "À bientôt,\n"
    ) in plainly(words.text)
    links = [attributes.get("href") for tag, attributes in Page(words).elements if tag == "a"]
    assert links == ["mailto:camille@college.example"]


def test_coordinators_are_reminded_of_the_same_request() -> None:
    words = write("approval_reminder", "fr", ASKED)
    assert words.subject.startswith("Toujours à valider")
    assert "Camille Dûment attend toujours une décision pour « Atelier storyboard »." in plainly(words.text)
    assert "attend toujours une décision" in read("approval_reminder")
    english = write("approval_reminder", "en", ASKED).text
    assert "Camille Dûment still awaits a decision for “Atelier storyboard”." in english


def test_a_no_comes_with_the_words_of_who_said_it() -> None:
    words = write("declined", "fr", replace(FACTS, answer="C'est la semaine du festival.\nVoyons-nous en mars ?"))
    assert plainly(words.subject).startswith("Demande non acceptée : Atelier storyboard")
    text = plainly(words.text)
    assert "La coordination n'a pas pu accepter votre demande pour « Atelier storyboard »." in text
    assert "Le mot de la coordination :\n  C'est la semaine du festival.\n  Voyons-nous en mars ?\n" in text
    assert f"Créneau demandé : {SLOT}\n" in text
    assert "Adresse" not in text
    assert "nous chercherons volontiers une autre solution" in text
    assert "Voyons-nous en mars ?" in plainly(Page(words).text)


def test_what_a_coordinator_takes_back_was_never_in_a_calendar() -> None:
    words = write("cancellation", "fr", replace(HELD, hold="approval", answer="Les travaux durent."))
    text = plainly(words.text)
    assert "La coordination a annulé votre demande pour « Atelier storyboard »." in text
    assert "Les travaux durent." in text
    assert "invite.ics" not in text
    assert "nothing is booked." in write("cancellation", "en", replace(HELD, hold="option")).text


def test_a_no_may_say_what_is_free() -> None:
    text = read("declined", alternatives=(Alternative(("Flexi 19",), START, END),))
    assert f"Ce qui est libre :\n- Flexi 19 : {SLOT}\n" in text
    assert "Réservez-la tant qu'elle est libre." in text
    assert "une autre solution" not in text


def test_an_option_says_until_when_and_how_to_confirm() -> None:
    text = read("option")
    assert (
        "Votre option pour « Atelier storyboard » est posée : sous réserve de votre confirmation, "
        "les espaces sont retenus pour vous jusqu'au jeudi 4 novembre 2027 à 9 h 00.\n"
    ) in text
    assert "À confirmer au plus tard : jeudi 4 novembre 2027 à 9 h 00\n" in text
    assert (
        "Pour confirmer, ouvrez Créneau ou écrivez à la coordination : atelier62@canope.example. "
        "Sans confirmation à temps, l'option prend fin et les espaces sont de nouveau libres.\n"
    ) in text


def test_an_option_without_a_contact_is_confirmed_in_creneau() -> None:
    assert "Pour confirmer, ouvrez Créneau. Sans" in read("option", contact="")


def test_an_option_is_reminded_of_before_it_ends() -> None:
    assert "ne sont retenus pour vous que jusqu'au jeudi 4 novembre 2027 à 9 h 00." in read("option_reminder")
    assert "elle n'est pas encore confirmée." in read("option_reminder", deadline=None)


@pytest.mark.parametrize(
    ("hold", "subject", "sentence"),
    [
        ("approval", "Demande expirée", "Personne n'a pu se prononcer à temps sur votre demande"),
        ("option", "Option expirée", "Votre option pour « Atelier storyboard » a pris fin"),
        ("offer", "Proposition expirée", "n'a pas été confirmée à temps"),
        ("waitlist", "Fin de l'attente", "votre demande quitte la liste d'attente"),
        ("", "Demande expirée", "a pris fin sans avoir été confirmée"),
    ],
)
def test_what_came_to_its_end_leaves_nothing_booked(
    hold: Literal["", "approval", "option", "offer", "waitlist"], subject: str, sentence: str
) -> None:
    words = write("expired", "fr", replace(HELD, hold=hold))
    text = plainly(words.text)
    assert plainly(words.subject).startswith(f"{subject} : Atelier storyboard")
    assert sentence in text
    assert "rien n'est réservé." in text.lower()
    assert ("plus retenus" in text) == (hold != "waitlist")
    assert "Échéance : jeudi 4 novembre 2027 à 9 h 00\n" in text
    assert "nothing is booked." in write("expired", "en", replace(HELD, hold=hold)).text.lower()


@pytest.mark.parametrize(("rank", "french", "english"), [(1, "1re", "1st"), (2, "2e", "2nd"), (12, "12e", "12th")])
def test_who_waits_knows_their_place(rank: int, french: str, english: str) -> None:
    assert f"Place sur la liste : {french}\n" in read("waitlisted", rank=rank)
    assert f"Place on the list: {english}\n" in write("waitlisted", "en", replace(HELD, rank=rank)).text


def test_who_waits_knows_what_happens_when_something_is_free() -> None:
    assert "ils sont réservés pour vous" in read("waitlisted", on_release="take")
    assert "le temps de confirmer" in read("waitlisted", on_release="offer")
    neither = read("waitlisted")
    assert "Nous vous écrirons dès que" in neither
    assert "rien n'est encore réservé" in neither


def test_an_offer_says_until_when_and_how_to_take_it_or_not() -> None:
    text = read("offer")
    assert (
        "Bonne nouvelle : une place s'est libérée pour « Atelier storyboard ». "
        "Les espaces sont retenus pour vous jusqu'au jeudi 4 novembre 2027 à 9 h 00.\n"
    ) in text
    assert "Pour confirmer, ouvrez Créneau ou écrivez à la coordination : atelier62@canope.example." in text
    assert "Annulez votre demande" in text
