"""The lines of a file on their way into the book."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.booking import Wish
from shared.importing.files import Kind
from shared.records.lines import Booking, Line
from shared.records.report import ReportLine, Sentence, Verdict, about, unasked
from shared.store.places import Resource


@dataclass(slots=True)
class Entry:
    """A line that tells a booking: which rooms and how many of each thing, what is asked for, and what became of it.

    `uid` is the line's own, empty where several rows of a table share one, for then it names none of them.
    """

    line: Line
    booking: Booking
    uid: str
    places: list[tuple[Resource, int]] = field(default_factory=list)
    resource_ids: list[int] = field(default_factory=list)
    wish: Wish | None = None
    remarks: list[Sentence] = field(default_factory=list)
    reservations: list[int] = field(default_factory=list)
    verdict: Verdict | None = None
    reasons: list[Sentence] = field(default_factory=list)

    @property
    def is_wanted(self) -> bool:
        """Whether it is still to be asked for, or decided."""
        return self.verdict is None

    def end(self, verdict: Verdict, *reasons: Sentence) -> None:
        self.verdict = verdict
        self.reasons.extend(reasons)

    def told(self, *, is_written: bool) -> ReportLine:
        """As the report has it; what was not written has no ids, but what was there already keeps them."""
        verdict = self.verdict or Verdict.REFUSED
        if is_written and verdict is Verdict.WOULD_BE_BOOKED:
            verdict = Verdict.BOOKED
        ids = self.reservations if is_written or verdict is Verdict.SKIPPED else ()
        return about(self.line, verdict, *self.reasons, *self.remarks, reservations=tuple(ids))


def entries_of(lines: Iterable[Line], kind: Kind) -> list[Entry]:
    """The lines that tell a booking, in order."""
    found = [(line, line.found) for line in lines if isinstance(line.found, Booking)]
    uses = Counter(booking.uid for _, booking in found) if kind == "csv" else Counter[str]()
    return [Entry(line, booking, booking.uid if uses[booking.uid] <= 1 else "") for line, booking in found]


def told_of(lines: Iterable[Line], entries: Iterable[Entry], *, is_written: bool) -> tuple[ReportLine, ...]:
    """Every line of the file with what became of it."""
    by_line = {entry.line.number: entry for entry in entries}
    return tuple(unasked(line) or by_line[line.number].told(is_written=is_written) for line in lines)
