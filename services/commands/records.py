"""`creneau import` and `creneau export`: bookings from a file, and into one."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.commands.acting import By, acting
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from shared.domain.errors import CreneauError, InvalidInputError
from shared.domain.slots import instant
from shared.exporting import export_file
from shared.importing import MOST_BYTES, File, import_file, kind_of
from shared.records.report import Report, Verdict
from shared.store.places import Site
from shared.store.selection import Selection

BOOKED = {Verdict.BOOKED, Verdict.WOULD_BE_BOOKED}


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    ICS = "ics"


def import_bookings(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, metavar="FILE", help="A .csv or .ics file.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be, and write nothing.")] = False,
    notify: Annotated[bool, typer.Option("--notify", help="Invite everybody; else nobody is told.")] = False,
    by: By = None,
    which: Which = None,
) -> None:
    """Take over existing bookings from a file, all of them or none, and report each line that is not simply booked.

    What is there already is left as it is, so that the same file can come again. Rules of the house are set aside, on
    record; conflicts and safety limits never are. Exit code 1 when a line is refused or unreadable.
    """
    kind = kind_of(file.name)
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    with book() as db:
        site = site_called(db, which)
        language = site.language
        actor = acting(db, site, "import", by)
        found = File(file.name, kind, content)
        report = import_file(db, found, by=actor, now=datetime.now(UTC), dry_run=dry_run, notify=notify)
    _show(report, language)
    raise typer.Exit(0 if report.is_clean else 1)


def export_bookings(
    out: Annotated[Path, typer.Option(dir_okay=False, metavar="FILE", help="Where to write; replaced when it exists.")],
    form: Annotated[Form | None, typer.Option("--format", help="Else by the ending of the file's name.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="What is not over on that day.")
    ] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")] = None,
    which: Which = None,
) -> None:
    """Write all reservations of an Atelier, of whatever state, into one file, in order of time."""
    ending = out.suffix.lower().removeprefix(".")
    if form is None and ending not in set(Form):
        raise CreneauError("Say --format: csv, xlsx or ics.")
    with book() as db:
        site = site_called(db, which)
        selection = Selection(
            site.id,
            after=_midnight(start, site) if start else None,
            before=_midnight(end, site, days_later=1) if end else None,
        )
        content = export_file(db, selection, (form or Form(ending)).value, now=datetime.now(UTC))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CreneauError(f"{out} cannot be written: {error.strerror}.") from error
    typer.echo(f"{out}: {len(content):,} bytes.")


def _show(report: Report, language: str) -> None:
    """A line that is booked, and of which there is nothing to say, is one of thousands."""
    rows = [
        (str(line.number), line.text, line.verdict.word(language), " ".join(line.sentences(language)))
        for line in report.lines
        if line.verdict not in BOOKED or line.reasons
    ]
    if rows:
        show(("line", "booking", "", "why"), rows)
    typer.echo(report.summary(language))


def _midnight(day: datetime, site: Site, *, days_later: int = 0) -> datetime:
    """The beginning of that day there, or of one after it."""
    try:
        return instant(datetime.combine(day.date() + timedelta(days=days_later), time()), site.zone)
    except InvalidInputError as error:
        raise CreneauError(error.message) from error
    except OverflowError as error:
        raise CreneauError("There is no day after that one.") from error
