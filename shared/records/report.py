"""The report of an import, line by line: what became of each line, or would become of it, and why."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from shared.records.lines import Booking, Line, Skipped
from shared.records.reasons import reason


class Verdict(StrEnum):
    WOULD_BE_BOOKED = "would_be_booked"
    BOOKED = "booked"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"

    def word(self, language: str) -> str:
        """The verdict in a word or three; French unless English is asked for."""
        return _WORDS[self]["en" if language == "en" else "fr"]


_WORDS: Final[Mapping[Verdict, Mapping[str, str]]] = {
    Verdict.WOULD_BE_BOOKED: {"fr": "serait réservé", "en": "would be booked"},
    Verdict.BOOKED: {"fr": "réservé", "en": "booked"},
    Verdict.REFUSED: {"fr": "refusé", "en": "refused"},
    Verdict.UNREADABLE: {"fr": "illisible", "en": "unreadable"},
    Verdict.SKIPPED: {"fr": "laissé de côté", "en": "skipped"},
}


_ENDINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "written": {"fr": "Tout est écrit.", "en": "All of it is written."},
    "trial": {"fr": "C'était un essai : rien n'est écrit.", "en": "This was a trial: nothing is written."},
    "refused": {
        "fr": "Rien n'est écrit tant qu'une ligne est refusée ou illisible.",
        "en": "Nothing is written while a line is refused or unreadable.",
    },
}


class Sentence(Protocol):
    """Whatever says why: a Reason of ours, a Refusal of the domain."""

    @property
    def code(self) -> str: ...

    def sentence(self, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What became of one line; several reasons for a series, whose meetings differ.

    `reservations` are the ids of what it is now, or of what was there already.
    """

    number: int
    text: str
    verdict: Verdict
    reasons: tuple[Sentence, ...] = ()
    reservations: tuple[int, ...] = ()

    def sentences(self, language: str) -> tuple[str, ...]:
        return tuple(why.sentence(language) for why in self.reasons)


@dataclass(frozen=True, slots=True)
class Report:
    """All lines in the order of the file, and whether what they say now stands in the book."""

    lines: tuple[ReportLine, ...]
    is_written: bool = False

    @property
    def counts(self) -> Mapping[Verdict, int]:
        return Counter(line.verdict for line in self.lines)

    @property
    def is_clean(self) -> bool:
        """Whether every line is booked, would be, or has nothing to book."""
        return not self.counts.keys() & {Verdict.REFUSED, Verdict.UNREADABLE}

    def summary(self, language: str) -> str:
        """How many lines have which verdict, and whether anything was written."""
        counts, colon = self.counts, ": " if language == "en" else " : "
        said = ", ".join(f"{verdict.word(language)}{colon}{counts[verdict]}" for verdict in Verdict if counts[verdict])
        case = "written" if self.is_written else "trial" if self.is_clean else "refused"
        return f"{said}. {_ENDINGS[case]['en' if language == 'en' else 'fr']}"


def about(line: Line, verdict: Verdict, *reasons: Sentence, reservations: tuple[int, ...] = ()) -> ReportLine:
    """What became of a line whose booking was asked for; says also what of it nobody read, or was left out."""
    remarks = tuple(_remarks(line.found)) if isinstance(line.found, Booking) else ()
    return ReportLine(line.number, line.text, verdict, (*reasons, *remarks), reservations)


def unasked(line: Line) -> ReportLine | None:
    """What the reading alone says of a line; None when it has a booking, which has to be asked for."""
    if isinstance(line.found, Booking):
        return None
    verdict = Verdict.SKIPPED if isinstance(line.found, Skipped) else Verdict.UNREADABLE
    return ReportLine(line.number, line.text, verdict, (line.found.reason,))


def _remarks(booking: Booking) -> Iterator[Sentence]:
    if booking.repetition and booking.repetition.is_cut:
        yield reason("series_cut", date=f"{booking.repetition.rule.until:%d/%m/%Y}")
    if booking.unread:
        yield reason("unread", names=", ".join(booking.unread))
