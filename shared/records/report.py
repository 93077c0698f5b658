"""The report of an import, line by line: what became of each line, or would become of it, and why."""

from collections import Counter
from collections.abc import Mapping
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


class Sentence(Protocol):
    """Whatever says why: a Reason of ours, a Refusal of the domain."""

    @property
    def code(self) -> str: ...

    def sentence(self, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What became of one line; several reasons for a series, whose meetings differ."""

    number: int
    text: str
    verdict: Verdict
    reasons: tuple[Sentence, ...] = ()

    def sentences(self, language: str) -> tuple[str, ...]:
        return tuple(why.sentence(language) for why in self.reasons)


@dataclass(frozen=True, slots=True)
class Report:
    """All lines in the order of the file."""

    lines: tuple[ReportLine, ...]

    @property
    def counts(self) -> Mapping[Verdict, int]:
        return Counter(line.verdict for line in self.lines)

    @property
    def is_clean(self) -> bool:
        """Whether every line is booked, would be, or has nothing to book."""
        return not self.counts.keys() & {Verdict.REFUSED, Verdict.UNREADABLE}


def about(line: Line, verdict: Verdict, *reasons: Sentence) -> ReportLine:
    """What became of a line whose booking was asked for; says also what of it nobody read."""
    unread = line.found.unread if isinstance(line.found, Booking) else ()
    remarks = (reason("unread", names=", ".join(unread)),) if unread else ()
    return ReportLine(line.number, line.text, verdict, (*reasons, *remarks))


def unasked(line: Line) -> ReportLine | None:
    """What the reading alone says of a line; None when it has a booking, which has to be asked for."""
    if isinstance(line.found, Booking):
        return None
    verdict = Verdict.SKIPPED if isinstance(line.found, Skipped) else Verdict.UNREADABLE
    return ReportLine(line.number, line.text, verdict, (line.found.reason,))
