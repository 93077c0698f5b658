"""Why a file, or a line of it, cannot be read, or is left out: a stable code and a sentence in French and English."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.calendar.text import clean_line
from shared.domain.errors import InvalidInputError
from shared.records.sentences import SENTENCES

LONGEST_ECHO: Final = 60


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, and the facts that fill its sentence."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """What is wrong and what to do, in words; French unless English is asked for."""
        return SENTENCES[self.code]["en" if language == "en" else "fr"].format(**self.facts)


class UnreadableError(Exception):
    """What stands here cannot be read; the reading of the line ends."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.reason = reason(code, **facts)


def reason(code: str, **facts: str | int) -> Reason:
    """A reason whose facts are short single lines, whatever the file holds."""
    return Reason(code, {name: fact if isinstance(fact, int) else echo(fact) for name, fact in facts.items()})


def echo(text: str, longest: int = LONGEST_ECHO) -> str:
    """What the file says, as one short line."""
    line = clean_line(text[: 4 * longest])
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def of_domain(error: InvalidInputError, *, time: str = "", zone: str = "") -> UnreadableError:
    """What the domain says of a time or a slot, in our words where there are some."""
    if error.code in SENTENCES:
        return UnreadableError(error.code, time=time, zone=zone)
    return UnreadableError("refused_as_it_is", message=error.message)


def whole_file(code: str, **facts: str | int) -> InvalidInputError:
    """The error for a file of which nothing can be read; `sentences` holds it in both languages."""
    why = reason(code, **facts)
    sentences = {language: why.sentence(language) for language in ("fr", "en")}
    return InvalidInputError(sentences["en"], code=code, sentences=sentences)
