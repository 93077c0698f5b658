"""Facts to words: one template per kind and language, laid out once as plain text and once as HTML."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from babel.lists import format_list
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shared.letters.counting import ordinal
from shared.letters.dates import booked_of, grouped
from shared.letters.facts import Alternative, Conflict, Facts, Language, Span
from shared.letters.times import day_in_words, moment_in_words, slot_in_words
from shared.letters.typography import one_line, typeset

Kind = Literal[
    "invitation",
    "update",
    "cancellation",
    "refusal",
    "reminder",
    "pending",
    "approval",
    "approval_reminder",
    "declined",
    "option",
    "option_reminder",
    "expired",
    "waitlisted",
    "offer",
    "room_answer",
    "room_question",
    "answers",
    "proposal_declined",
]

_FOR_COORDINATORS: frozenset[Kind] = frozenset({"approval", "approval_reminder"})
_TO_APPROVE: frozenset[Kind] = _FOR_COORDINATORS | {"pending"}
# nobody has to go anywhere: a letter of these kinds tells when and where as what was asked for, and no more
_NOTHING_HELD: frozenset[Kind] = frozenset({"refusal", "declined", "expired", "waitlisted"})
_MOST_ALTERNATIVES = 3
_FIRST_DATE: dict[Language, str] = {"fr": "première date : ", "en": "first date: "}


@dataclass(frozen=True)
class Words:
    """A letter as written: a subject of one line, a plain text, and a whole HTML page that says the same."""

    subject: str
    text: str
    html: str


def write(kind: Kind, language: str, facts: Facts) -> Words:
    """The words of one letter; a language that is not spoken here reads French."""
    spoken: Language = "en" if language.lower().startswith("en") else "fr"
    name, told = f"{spoken}/{kind}.jinja", _told(kind, facts, spoken)
    plain, page = _environment(html=False).get_template(name), _environment(html=True).get_template(name)
    heading = "".join(plain.blocks["heading"](plain.new_context(told)))
    words = Words(
        subject=one_line(f"{heading} ({told['short_when']})"),
        text=plain.render(told, layout="layout.txt"),
        html=page.render(told, layout="layout.html"),
    )
    return _typeset_french(words) if spoken == "fr" else words


def _typeset_french(words: Words) -> Words:
    html = re.sub("(?<=>)[^<]+", lambda between_tags: typeset(between_tags[0]), words.html)
    return Words(subject=typeset(words.subject), text=typeset(words.text), html=html)


def _told(kind: Kind, facts: Facts, language: Language) -> dict[str, object]:
    def slot(span: Span | Facts | Conflict | Alternative) -> str:
        return slot_in_words(span.start, span.end, facts.zone, language)

    def listed(names: tuple[str, ...]) -> str:
        return format_list(names, locale=language)

    is_series = bool(facts.recurrence) and not facts.only_this_date
    booked, asked = booked_of(facts.dates)
    return {
        "kind": kind,
        "facts": facts,
        "title": one_line(facts.title),
        "when": facts.recurrence if is_series else slot(facts),
        # a subject has no room for a whole rule
        "short_when": (_FIRST_DATE[language] if is_series else "") + slot(facts),
        "is_series": is_series,
        "is_date_of_series": bool(facts.recurrence) and facts.only_this_date,
        "booked": booked,
        "asked": asked,
        "groups": grouped(facts, language),
        "deadline": moment_in_words(facts.deadline, facts.zone, language) if facts.deadline else "",
        "rank": ordinal(facts.rank, language) if facts.rank else "",
        "is_to_approve": kind in _TO_APPROVE,
        "is_for_coordinators": kind in _FOR_COORDINATORS,
        "is_held": kind not in _NOTHING_HELD and facts.partstat != "DECLINED",
        "cut_on": day_in_words(facts.cut_on, language) if facts.cut_on else "",
        # a new time or place puts every answer back (RFC 5546 section 3.2.2.1); a new text does not
        "asks_again": facts.asks_again or any(c.what in {"time", "recurrence", "place"} for c in facts.changes),
        "alternatives": facts.alternatives[:_MOST_ALTERNATIVES],
        "language": language,
        "slot": slot,
        "listed": listed,
    }


@cache
def _environment(*, html: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("shared.letters"),
        autoescape=html,  # noqa: S701 - the plain text is read as it stands
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["paragraphs"] = _paragraphs
    return environment


def _paragraphs(text: str) -> list[str]:
    """What blank lines part, each on one line."""
    paragraphs = (one_line(paragraph) for paragraph in re.split("\n[ \t]*\n", str(text)))
    kind = Markup if isinstance(text, Markup) else str
    return [kind(paragraph) for paragraph in paragraphs if paragraph]
