"""What goes in and out of the API around imports, exports and the audit."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from services.api.outputs import PersonView
from services.api.schemas import Line, Strict, Time, Zone
from shared.records.report import Report, Verdict


class HowToImport(Strict):
    """How a file is taken over."""

    dry_run: Annotated[bool, Field(description="say what would be, and write nothing")] = False
    notify: Annotated[bool, Field(description="invite everybody; else nobody is told of what they know already")] = (
        False
    )
    name: Annotated[Line | None, Field(description="the file's name, for the record", examples=["planning.csv"])] = None


class ReasonView(BaseModel):
    """Why, or what is to be known: a stable code, and a sentence in the caller's language."""

    code: str
    sentence: str


class ReportLineView(BaseModel):
    number: int = Field(description="its row in a spreadsheet, or the how-manieth event of the calendar it is")
    text: str
    verdict: Verdict
    reasons: list[ReasonView]
    reservations: list[int] = Field(description="what it is now, or what was there already")


class ReportView(BaseModel):
    """What became of each line of a file, or would become of it."""

    is_written: bool
    is_clean: bool = Field(description="no line is refused or unreadable")
    summary: str
    counts: dict[Verdict, int]
    lines: list[ReportLineView]

    @classmethod
    def of(cls, report: Report, language: str) -> "ReportView":
        return cls(
            is_written=report.is_written,
            is_clean=report.is_clean,
            summary=report.summary(language),
            counts=dict(report.counts),
            lines=[
                ReportLineView(
                    number=line.number,
                    text=line.text,
                    verdict=line.verdict,
                    reasons=[ReasonView(code=why.code, sentence=why.sentence(language)) for why in line.reasons],
                    reservations=list(line.reservations),
                )
                for line in report.lines
            ],
        )


class AuditFilters(Strict):
    """Which facts; what is left out does not narrow."""

    reservation: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    subject: Annotated[
        Line | None,
        Field(
            description="of facts about the house: one, or all of its sort",
            examples=["policy", "policy:room:flexi-16", "closure:site", "import:planning.csv"],
        ),
    ] = None
    person: Annotated[
        str | None, Field(pattern=r"^(me|[1-9][0-9]{0,17})$", description="who did it, or had it done: an id, or me")
    ] = None
    type: Annotated[str | None, Field(pattern=r"^[A-Za-z]{1,60}$", examples=["ReservationCancelled"])] = None
    start: Annotated[Time | None, Field(alias="from", description="recorded then or later")] = None
    end: Annotated[Time | None, Field(alias="to", description="recorded before that")] = None
    zone: Zone | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int | None, Field(ge=1, lt=2**63, description="from `next` of the page before")] = None


class FactView(BaseModel):
    """One fact of the log: who did what when, whence, why, and on whose behalf."""

    id: int
    recorded_at: AwareDatetime
    type: str
    sentence: str = Field(description="in the caller's language")
    by: PersonView | None = Field(description="null for Créneau itself")
    on_behalf_of: PersonView | None
    source: str = Field(description="whence: an address on the network, a command, a file")
    reason: str
    subject: str = Field(description="of a fact about the house: what it is about; else empty")
    reservation: int | None
    title: str | None = Field(description="of the reservation, as it is now")
    data: dict[str, object] = Field(description="as recorded: before and after, where something changed")
    correlation_id: str


class AuditPage(BaseModel):
    items: list[FactView]
    next: str | None
