"""What goes in and out of the API around imports, exports and the audit."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.api.schemas import Line, Strict
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
