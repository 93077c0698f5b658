"""Letters of a series: its rule in words, and each date with what became of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.letters.facts import Change, Facts, Instead, Outcome, SeriesDate, Span
from shared.letters.writing import Kind, write
from tests.letters.facts import END, FACTS, SLOT, START
from tests.letters.reading import Page, plainly

RULE = "chaque mardi, de 9 h à 12 h 30, du 9 novembre 2027 au 20 juin 2028"
SERIES = replace(FACTS, recurrence=RULE)
TAKEN = {"fr": "Cet espace est déjà réservé.", "en": "This room is already booked."}


def on(week: int, **otherwise: Any) -> SeriesDate:
    """The date of the week, confirmed, but for what is said otherwise."""
    usual = {"start": START + timedelta(weeks=week), "end": END + timedelta(weeks=week), "place": "Flexi 16"}
    return SeriesDate(**usual | otherwise)


def read(kind: Kind, facts: Facts, dates: Sequence[SeriesDate] = ()) -> str:
    return plainly(write(kind, "fr", replace(facts, dates=tuple(dates))).text)


def test_a_series_is_told_by_its_rule_and_its_subject_by_its_first_date() -> None:
    words = write("invitation", "fr", SERIES)
    assert plainly(words.subject) == f"Réservation confirmée : Atelier storyboard (première date : {SLOT})"
    assert f"Quand : {RULE}\n" in plainly(words.text)
    assert f"Quand\n{RULE}\n" in plainly(Page(words).text)
    assert "votre série de réservations pour « Atelier storyboard » est confirmée." in plainly(words.text)


def test_guests_are_invited_to_several_dates() -> None:
    text = read("invitation", replace(SERIES, own=False))
    assert "Camille Dûment a le plaisir de vous inviter à « Atelier storyboard », à plusieurs dates." in text


def test_each_date_is_told_with_what_became_of_it() -> None:
    words = write(
        "invitation",
        "fr",
        replace(
            SERIES,
            dates=(
                on(0),
                on(1),
                on(2),
                on(3, outcome="refused", reason=TAKEN),
                on(4, outcome="replaced", reason=TAKEN, replaced_by=Instead(on(4).start, on(4).end, "Flexi 19")),
                on(5, outcome="skipped"),
                on(6, end=on(6).end - timedelta(hours=1)),
                on(7, outcome="moved", replaced_by=Instead(on(7).start + timedelta(1), on(7).end + timedelta(1))),
                on(8, place="EscapeLAB"),
            ),
        ),
    )
    assert words.subject.startswith("Réservation confirmée en partie")
    text = plainly(words.text)
    assert "est confirmée en partie : 7 dates sur 8. Voici ce que devient chacune.\n" in text
    assert (
        "Date refusée (1) :\n"
        "- mardi 30 novembre 2027 : Cet espace est déjà réservé.\n"
        "\n"
        "Date laissée de côté (1) :\n"
        "- mardi 14 décembre 2027\n"
        "\n"
        "Date changée pour éviter un conflit (1) :\n"
        "- mardi 7 décembre 2027 : désormais Flexi 19. Cet espace est déjà réservé.\n"
        "\n"
        "Date déplacée (1) :\n"
        "- mardi 28 décembre 2027 : désormais mercredi 29 décembre 2027, de 9 h 00 à 12 h 30\n"
        "\n"
        "Dates confirmées (5) :\n"
        "- 9, 16 et 23 novembre 2027\n"
        "- mardi 21 décembre 2027 : de 9 h 00 à 11 h 30\n"
        "- mardi 4 janvier 2028 : EscapeLAB\n"
        "\n"
    ) in text
    page = plainly(Page(words).text)
    assert "Date refusée (1)\n\nmardi 30 novembre 2027 : Cet espace est déjà réservé.\n" in page
    assert "Dates confirmées (5)\n\n9, 16 et 23 novembre 2027\n" in page


def test_the_english_list_says_the_same() -> None:
    dates = (on(0), on(1), on(3, outcome="refused", reason=TAKEN))
    text = write("invitation", "en", replace(SERIES, dates=dates)).text
    assert "is partly confirmed: 2 of 3 dates." in text
    assert "Refused date (1):\n- Tuesday 30 November 2027: This room is already booked.\n" in text
    assert "Confirmed dates (2):\n- 9 and 16 November 2027\n" in text


def test_dates_of_one_month_with_one_reason_share_a_line() -> None:
    dates = [on(week, outcome="refused", reason=TAKEN) for week in range(3)]
    assert "- 9, 16 et 23 novembre 2027 : Cet espace est déjà réservé.\n" in read("invitation", SERIES, dates)


def test_the_clock_change_makes_no_date_peculiar() -> None:
    """9:00 in Arras is 8:00 UTC in winter and 7:00 UTC in summer."""
    summer = timedelta(weeks=26) - timedelta(hours=1)
    assert "- mardi 9 mai 2028\n" in read("invitation", SERIES, [on(0, start=START + summer, end=END + summer)])


def test_a_year_of_days_is_a_line_a_month() -> None:
    days = [
        on(0, start=START + timedelta(day), end=END + timedelta(day))
        for day in range(366)
        if (START + timedelta(day)).month in {11, 12, 1, 2, 3}  # winter time
    ]
    text = read("invitation", SERIES, days)
    assert f"Dates confirmées ({len(days)}) :\n- 9, 10, 11, 12" in text
    assert "\n- 1er, 2, 3, 4, 5" in text
    assert "autres dates" not in text


@pytest.mark.parametrize(("count", "lines", "rest"), [(30, 30, 0), (31, 31, 0), (32, 30, 2), (350, 30, 320)])
def test_a_long_list_of_different_fates_is_cut_short(count: int, lines: int, rest: int) -> None:
    dates = [on(week, outcome="refused", reason={"fr": f"Raison {week}."}) for week in range(count)]
    words = write("refusal", "fr", replace(SERIES, dates=tuple(dates)))
    assert words.text.count("Raison") == Page(words).text.count("Raison") == lines
    assert (f"- et {rest} autres dates\n" in words.text) == bool(rest)
    assert f"({count})" in words.text


@pytest.mark.parametrize(
    ("outcome", "one", "several"),
    [
        ("confirmed", "Date confirmée (1)", "Dates confirmées (2)"),
        ("held", "Date retenue, pas encore confirmée (1)", "Dates retenues, pas encore confirmées (2)"),
        ("waitlisted", "Date en liste d'attente (1)", "Dates en liste d'attente (2)"),
        ("replaced", "Date changée pour éviter un conflit (1)", "Dates changées pour éviter un conflit (2)"),
        ("moved", "Date déplacée (1)", "Dates déplacées (2)"),
        ("refused", "Date refusée (1)", "Dates refusées (2)"),
        ("skipped", "Date laissée de côté (1)", "Dates laissées de côté (2)"),
        ("expired", "Date expirée (1)", "Dates expirées (2)"),
        ("cancelled", "Date annulée (1)", "Dates annulées (2)"),
    ],
)
def test_every_outcome_has_its_words(outcome: Outcome, one: str, several: str) -> None:
    assert f"{one} :\n" in read("update", SERIES, [on(0, outcome=outcome)])
    assert f"{several} :\n" in read("update", SERIES, [on(0, outcome=outcome), on(1, outcome=outcome)])


def test_a_date_that_nobody_wanted_is_not_missing() -> None:
    assert "en partie" not in read("invitation", SERIES, [on(0), on(1, outcome="skipped"), on(2, outcome="cancelled")])
    assert "1 date sur 2" in read("invitation", SERIES, [on(0), on(1, outcome="skipped", reason=TAKEN)])


def test_a_series_changes_by_its_rule() -> None:
    before = "chaque mardi, de 9 h à 12 h, du 9 novembre 2027 au 20 juin 2028"
    text = read("update", replace(SERIES, own=False, changes=(Change("recurrence", before, RULE),)))
    assert "La série de rendez-vous « Atelier storyboard » a changé." in text
    assert f"- Dates : {RULE}\n  (avant : {before})\n" in text
    assert "répondre à nouveau" in text


def test_dates_that_moved_ask_for_new_answers() -> None:
    dates = [on(1, outcome="moved", replaced_by=Instead(on(2).start, on(2).end)), on(3, outcome="moved")]
    assert "répondre à nouveau" in read("update", replace(SERIES, own=False, asks_again=True), dates)
    assert "Votre réponse reste valable" in read("update", replace(SERIES, own=False), dates)


def test_one_date_changes_and_is_told_alone() -> None:
    later = Span(START + timedelta(hours=1), END + timedelta(hours=1))
    date_only = replace(SERIES, only_this_date=True, changes=(Change("time", Span(START, END), later),))
    words = write("update", "fr", date_only)
    text = plainly(words.text)
    assert plainly(words.subject) == f"Une date change : Atelier storyboard ({SLOT})"
    assert "Une date de votre série de réservations « Atelier storyboard » a changé." in text
    assert f"Quand : {SLOT}\nSérie : {RULE}\n" in text


@pytest.mark.parametrize("own", [True, False])
def test_one_date_is_cancelled_and_no_more(*, own: bool) -> None:
    words = write("cancellation", "fr", replace(SERIES, only_this_date=True, own=own))
    assert words.subject.startswith("Une date annulée")
    assert "Ce message ne concerne que cette date." in words.text
    assert "One date cancelled" in write("cancellation", "en", replace(SERIES, only_this_date=True, own=own)).subject


def test_somebody_taken_off_for_a_date_is_not_told_that_it_is_cancelled() -> None:
    text = read("cancellation", replace(SERIES, only_this_date=True, own=False, removed=True))
    assert "Vous ne figurez plus sur la liste des participants de « Atelier storyboard » pour cette date." in text
    assert "est annulé" not in text


def test_a_whole_series_is_cancelled() -> None:
    own = read("cancellation", SERIES)
    assert "Votre série de réservations pour « Atelier storyboard » est annulée." in own
    guests = read("cancellation", replace(SERIES, own=False))
    assert "La série de rendez-vous « Atelier storyboard » est annulée. Nous sommes désolés" in guests


def test_all_or_nothing_names_the_dates_that_were_not_possible() -> None:
    text = read("refusal", SERIES, [on(3, outcome="refused", reason=TAKEN)])
    assert "« Atelier storyboard » : aucune de ses dates n'est réservée." in text
    assert f"Créneau demandé : {RULE}\n" in text
    assert "Date impossible (1) :\n- mardi 30 novembre 2027 : Cet espace est déjà réservé.\n" in text


def test_a_refused_change_of_a_series_leaves_it() -> None:
    words = write("refusal", "fr", replace(SERIES, kept=Span(START, END)))
    assert plainly(words.subject).startswith("Changement impossible : Atelier storyboard")
    assert "Elle reste comme elle était." in plainly(words.text)
    one = write("refusal", "fr", replace(SERIES, only_this_date=True, kept=Span(START, END)))
    assert f"Votre réservation reste comme elle était : {SLOT}." in plainly(one.text)


def test_a_reminder_is_of_one_date_or_of_all() -> None:
    assert "Cette date ne vous sert plus ? Annulez-la" in read("reminder", replace(SERIES, only_this_date=True))
    assert "votre série de réservations pour « Atelier storyboard » approche." in read("reminder", SERIES)
