"""What a refusal says: for each code a sentence and an advice, in French and in English.

A sentence stands in the file of its rule (`say`), so that a rule is one file; here they are gathered and filled.
"""

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.domain import words

Advice = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """The sentences of one code; of the advices the first counts whose values are all known."""

    fr: str
    en: str
    advice_fr: Advice = ()
    advice_en: Advice = ()


SENTENCES: dict[str, Saying] = {}

# During an upgrade an older process reads what a newer one wrote.
NOT_KNOWN = Saying("Cette demande n'est pas possible.", "This request is not possible.")


def say(code: str, saying: Saying) -> str:
    """Enter the sentences of a code, and return the code; raises ValueError when it has some already."""
    if code in SENTENCES:
        raise ValueError(f"{code} has its sentences already")
    SENTENCES[code] = saying
    return code


def sentence(code: str, language: str, facts: Mapping[str, Any]) -> str:
    """The reason in words; French unless English is asked for; a fact that is not known leaves '…'."""
    saying = SENTENCES.get(code, NOT_KNOWN)
    return _Filling(language).fill(saying.en if language == "en" else saying.fr, facts)


def advice(code: str, language: str, facts: Mapping[str, Any], fix: Mapping[str, Any]) -> str:
    """What would help, in words; '' when nothing is known that would."""
    saying = SENTENCES.get(code, NOT_KNOWN)
    slot = {"slot": f"{fix['start']}/{fix['end']}"} if "start" in fix else {}
    known = {**facts, "fix": {**fix, **slot}}
    return _first_that_fits(saying.advice_en if language == "en" else saying.advice_fr, language, known)


def _first_that_fits(advices: Sequence[str], language: str, known: Mapping[str, Any]) -> str:
    for text in advices:
        filling = _Filling(language)
        filled = filling.fill(text, known)
        if filling.is_complete:
            return filled
    return ""


class _Filling(string.Formatter):
    """Fills `{day:day}` and the like; the words after the colon are the functions of shared/domain/words.py."""

    def __init__(self, language: str) -> None:
        self._language = "en" if language == "en" else "fr"
        self.is_complete = True

    def fill(self, text: str, values: Mapping[str, Any]) -> str:
        return self.vformat(text, (), values)

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        try:
            return super().get_field(field_name, args, kwargs)
        except (KeyError, IndexError):
            self.is_complete = False
            return None, field_name

    def format_field(self, value: Any, format_spec: str) -> Any:
        if value is None:
            return "…"
        return _IN_WORDS[format_spec](value, self._language) if format_spec else str(value)


def _slot(value: str, language: str) -> str:
    """Of '<start>/<end>'."""
    start, end = (datetime.fromisoformat(edge) for edge in value.split("/"))
    return words.slot(start, end, language)


_IN_WORDS: dict[str, Callable[[Any, str], str]] = {
    "day": lambda value, language: words.day(date.fromisoformat(value), language),
    "moment": lambda value, language: words.moment(datetime.fromisoformat(value), language),
    "slot": _slot,
    "length": words.length,
    "days": words.days,
    "spans": words.spans,
    "aside": words.aside,
}
