"""The few words beside an answer in a calendar (COMMENT): what was decided, why, and what is free instead."""

# ruff: noqa: RUF001 - the apostrophe of these sentences is the typographic one

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from babel.lists import format_list

from shared.letters.facts import Alternative, Language, Span
from shared.letters.times import day_in_words, slot_in_words
from shared.letters.typography import typeset

Both = dict[Language, str]

MOST_ALTERNATIVES = 3
KINDS: dict[str, Both] = {
    "approval": {
        "fr": "En attente de l’accord de la coordination ; l’espace est retenu jusque-là.",
        "en": "A coordinator has to approve it; the room is held until then.",
    },
    "option": {"fr": "L’espace est retenu.", "en": "The room is held."},
    "offer": {
        "fr": "L’espace s’est libéré et vous est proposé.",
        "en": "The room became free and is offered to you.",
    },
    "waitlisted": {"fr": "En liste d’attente.", "en": "On the waiting list."},
    "declined": {
        "fr": "La coordination n’a pas pu accepter cette demande.",
        "en": "A coordinator declined this request.",
    },
    "expired": {
        "fr": "Personne n’a décidé à temps ; l’espace n’est plus retenu.",
        "en": "Nobody decided in time; the room is no longer held.",
    },
    "withdrawn": {"fr": "Cette réservation a été annulée.", "en": "This reservation was cancelled."},
}
KEPT: Both = {"fr": "Votre réservation reste comme elle était : {slot}.", "en": "Your booking stays as it was: {slot}."}
ALL_KEPT: Both = {
    "fr": "Vos réservations restent comme elles étaient.",
    "en": "Your bookings stay as they were.",
}
FREE: Both = {"fr": "Ce qui est libre : {free}.", "en": "What is free instead: {free}."}
CUT: Both = {
    "fr": "Réservé jusqu’au {day} : l’Atelier ne planifie pas plus loin.",
    "en": "Booked until {day}: the Atelier does not plan any further.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is known of an answer; `reasons` are sentences in the reader's language, `answer` a coordinator's words.

    together: why the other dates of a series are refused as well; `on` is then the date that the reasons are about.
    """

    kind: str
    reasons: tuple[str, ...] = ()
    together: str = ""
    on: Span | None = None
    answer: str = ""
    kept: Span | None = None
    alternatives: tuple[Alternative, ...] = ()
    cut_on: date | None = None


def comment(remark: Remark, zone: str, language: Language) -> str:
    """One paragraph; empty where there is nothing to say."""
    words = " ".join(part for part in _parts(remark, zone, language) if part)
    return typeset(words) if language == "fr" else words


def _parts(remark: Remark, zone: str, language: Language) -> Iterator[str]:
    if remark.cut_on is not None and remark.kind == "granted":
        yield CUT[language].format(day=day_in_words(remark.cut_on, language))
    if remark.kind in KINDS and not (remark.kind == "declined" and remark.answer):
        yield KINDS[remark.kind][language]
    yield remark.together
    if remark.on is not None:
        when = slot_in_words(remark.on.start, remark.on.end, zone, language)
        yield f"{when[:1].upper()}{when[1:]}{' :' if language == 'fr' else ':'}"
    if remark.kind != "declined":
        yield from remark.reasons
    yield remark.answer
    if remark.kind == "kept" and remark.kept is None:
        yield ALL_KEPT[language]
    elif remark.kept is not None:
        yield KEPT[language].format(slot=slot_in_words(remark.kept.start, remark.kept.end, zone, language))
    if remark.alternatives:
        free = [
            f"{format_list(list(a.rooms), locale=language)}, {slot_in_words(a.start, a.end, zone, language)}"
            for a in remark.alternatives[:MOST_ALTERNATIVES]
        ]
        yield FREE[language].format(free=" ; ".join(free) if language == "fr" else "; ".join(free))
