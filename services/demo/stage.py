"""How the demo looks: headings, tables and dates in French, at 80 columns and at 200."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.demo.programme import PARIS

console = Console(highlight=False)
Row = Sequence[str | Text]
YES, NO = ("✓", "green"), ("✗", "red")


def act(title: str) -> None:
    """The heading of what comes next."""
    console.print()
    console.rule(f"[bold]{title}", align="left", style="dim")
    console.print()


def say(sentence: str) -> None:
    """A sentence between two tables; it may hold names that people chose, so no markup."""
    console.print(Text(sentence))


def show(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A whole table; what does not fit is folded, never cut."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", border_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(plain, row))
    console.print(table)


def tell(verdicts: Text, asked: str, lines: Iterable[str]) -> None:
    """One request as soon as it is answered: the answer beside what was asked, and what there is to say below it."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=16, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(verdicts, Text("\n").join([Text(asked, "bold"), *map(Text, lines)]))
    console.print(grid)
    console.print()


def plain(cell: str | Text) -> Text:
    """A cell as text: no markup, whatever a title holds."""
    return cell if isinstance(cell, Text) else Text(cell)


def verdict(is_yes: bool, words: str) -> Text:
    """✓ or ✗ before the words."""
    sign, colour = YES if is_yes else NO
    return Text.assemble((f"{sign} ", colour), words)


def span(what: dict[str, Any]) -> str:
    """'mar. 9 nov. 09:00-12:00', from anything with `start` and `end`."""
    start, end = moment(what["start"]), moment(what["end"])
    return f"{day(start)} {start:%H:%M}-{end:%H:%M}"


def day(start: datetime) -> str:
    return str(format_datetime(start, "EEE d MMM", locale="fr"))


def moment(value: str) -> datetime:
    """An instant of the API on the clock of Arras."""
    return datetime.fromisoformat(value).astimezone(PARIS)


def seconds(value: float) -> str:
    return f"{value:.1f}".replace(".", ",") + " s"


def rooms(what: dict[str, Any]) -> str:
    return ", ".join(room["name"] for room in what["resources"])
