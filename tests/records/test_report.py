"""The report of an import: each line with what became of it, and why, in two languages."""

from shared.domain.errors import InvalidInputError
from shared.domain.refusals import Refusal
from shared.records.from_csv import read_csv
from shared.records.reasons import LONGEST_ECHO, of_domain, reason
from shared.records.report import Report, ReportLine, Verdict, about, unasked
from shared.records.sentences import SENTENCES

FILE = """titre;salle;date;créneau;état;couleur
Atelier storyboard;Flexi 16;09/11/2027;matin;;orange
Réunion;Flexi 19;09/11/2027;neuf heures;;
Ancienne réunion;Flexi 19;10/11/2027;matin;annulée;
"""


def test_each_line_has_its_verdict_and_its_reasons() -> None:
    booking, unreadable, cancelled = read_csv(FILE.encode(), "Europe/Paris")
    assert unasked(booking) is None
    refused = about(booking, Verdict.REFUSED, Refusal("room_taken"))
    report = Report((refused, unasked(unreadable) or refused, unasked(cancelled) or refused))
    assert [(line.number, line.verdict) for line in report.lines] == [
        (2, Verdict.REFUSED),
        (3, Verdict.UNREADABLE),
        (4, Verdict.SKIPPED),
    ]
    assert report.lines[0].text == "Atelier storyboard, Flexi 16, 09/11/2027, matin"
    assert report.lines[0].sentences("fr") == (
        "Cet espace est déjà réservé à ce moment-là.",
        "Ceci n'est pas repris : couleur.",
    )
    assert report.lines[1].sentences("en") == (
        "“neuf heures” is not a time: write 9h30 or 09:30, for instance, or “morning”.",
    )
    assert report.lines[2].sentences("fr") == ("L'état est « annulée » : il n'y a rien à réserver.",)


def test_a_report_is_clean_when_nothing_is_refused_or_unreadable() -> None:
    fine = (ReportLine(2, "", Verdict.BOOKED), ReportLine(3, "", Verdict.SKIPPED))
    assert Report(fine).is_clean
    assert Report(fine).counts == {Verdict.BOOKED: 1, Verdict.SKIPPED: 1}
    for verdict in (Verdict.REFUSED, Verdict.UNREADABLE):
        assert not Report((*fine, ReportLine(4, "", verdict))).is_clean


def test_every_verdict_has_a_word_in_both_languages() -> None:
    for verdict in Verdict:
        assert verdict.word("fr") != verdict.word("en")


def test_every_sentence_has_the_same_facts_in_both_languages() -> None:
    for languages in SENTENCES.values():
        assert languages.keys() == {"fr", "en"}
        used = [{part.split("}")[0] for part in sentence.split("{")[1:]} for sentence in languages.values()]
        assert used[0] == used[1]


def test_what_the_file_says_is_quoted_short_and_in_one_line() -> None:
    facts = reason("bad_time", text="neuf\nheures " * 40).facts
    assert isinstance(facts["text"], str)
    assert facts["text"].startswith("neuf heures neuf")
    assert len(facts["text"]) == LONGEST_ECHO


def test_what_the_domain_may_say_one_day_is_told_in_its_own_words() -> None:
    why = of_domain(InvalidInputError("Not on a Sunday.", code="not_on_sundays")).reason
    assert why.sentence("fr") == "Cette ligne ne peut pas être réservée telle quelle (Not on a Sunday.)."
