"""What the doctor finds: one line for each check, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


COLOURS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was found, and what to do about it."""

    check: str
    verdict: Verdict
    found: str
    todo: str = ""


def unless(problems: str, check: str, sound: str, todo: str) -> Finding:
    """A warning that names the problems, or else that it is sound."""
    return Finding(check, Verdict.WARN, problems, todo) if problems else Finding(check, Verdict.OK, sound)


def overdue(check: str, count: str, age: float, *, warn: float, fail: float, todo: str) -> Finding:
    """Something that waits for its turn: how much, and whether the oldest of it (in seconds) waits too long."""
    if age <= warn:
        return Finding(check, Verdict.OK, count)
    verdict = Verdict.FAIL if age > fail else Verdict.WARN
    return Finding(check, verdict, f"{count}, the oldest for {age:.0f} s", todo)


def show(findings: list[Finding]) -> None:
    """Print the findings as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("check", "verdict", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        verdict = Text(finding.verdict, COLOURS[finding.verdict])
        table.add_row(finding.check, verdict, Text(finding.found), Text(finding.todo))
    Console().print(table)
