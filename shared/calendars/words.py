"""What an entry says in words besides what people wrote, in the language of its site."""

from collections.abc import Mapping

from shared.letters.facts import Language

BUSY: dict[Language, str] = {"fr": "Occupé", "en": "Busy"}
HELD_BY: dict[Language, str] = {"fr": "Organisé par {name}", "en": "Held by {name}"}
ANSWERS: dict[Language, str] = {"fr": "Réponses : {counts}", "en": "Answers: {counts}"}

# PARTSTAT → for one, for several, in the order in which they are said
COUNTED: dict[Language, dict[str, tuple[str, str]]] = {
    "fr": {
        "ACCEPTED": ("{n} oui", "{n} oui"),
        "TENTATIVE": ("{n} peut-être", "{n} peut-être"),
        "DECLINED": ("{n} non", "{n} non"),
        "DELEGATED": ("{n} délégué", "{n} délégués"),
        "NEEDS-ACTION": ("{n} sans réponse", "{n} sans réponse"),
    },
    "en": {
        "ACCEPTED": ("{n} yes", "{n} yes"),
        "TENTATIVE": ("{n} maybe", "{n} maybe"),
        "DECLINED": ("{n} no", "{n} no"),
        "DELEGATED": ("{n} delegated", "{n} delegated"),
        "NEEDS-ACTION": ("{n} not answered", "{n} not answered"),
    },
}


def answers_in_words(counts: Mapping[str, int], language: Language) -> str:
    """How many said what; empty when nobody was asked."""
    said = [
        (one if counts[partstat] == 1 else several).format(n=counts[partstat])
        for partstat, (one, several) in COUNTED[language].items()
        if counts.get(partstat, 0) > 0
    ]
    return ANSWERS[language].format(counts=", ".join(said)) if said else ""
