"""`creneau close`, `closures` and `reopen`: when the Atelier, a room or a trainer is not to be had."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import select

from services.commands import words
from services.commands.acting import By, acting
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from shared import ruling
from shared.domain.errors import CreneauError
from shared.domain.slots import Slot, instant
from shared.store.house import Closure
from shared.store.places import Resource, Site


def close(
    start: Annotated[
        str, typer.Option("--from", metavar="WHEN", help="A day, 2027-12-24, or a time, 2027-12-24T13:30.")
    ],
    end: Annotated[
        str, typer.Option("--to", metavar="WHEN", help="The last day, or the time at which it opens again.")
    ],
    reason: Annotated[str, typer.Option(parser=words.line, help="Why; whoever is refused reads it.")],
    slug: Annotated[
        str | None, typer.Argument(parser=words.slug, metavar="[SLUG]", help="A room or trainer; else all of it.")
    ] = None,
    by: By = None,
    which: Which = None,
) -> None:
    """Close the Atelier, a room, or say that a trainer is away, for a while; what is booked stays booked."""
    with book() as db:
        site = site_called(db, which)
        slot = Slot(_instant(start, site), _instant(end, site, is_end=True))
        row = ruling.close(db, slug, slot, reason, by=acting(db, site, "close", by), now=datetime.now(UTC))
        told = _told(row, slug, site)
    typer.echo(f"Closure {row.id}: {', '.join(told)}.")


def closures(which: Which = None) -> None:
    """List the closures and absences that are not over."""
    with book() as db:
        site = site_called(db, which)
        found = db.execute(
            select(Closure, Resource.slug)
            .outerjoin(Resource, Resource.id == Closure.resource_id)
            .where(Closure.site_id == site.id, Closure.ends_at > datetime.now(UTC))
            .order_by(Closure.starts_at, Closure.id)
        ).all()
        rows = [(str(row.id), *_told(row, slug, site)) for row, slug in found]
    show(("id", "what", "from", "to", "reason"), rows)


def reopen(
    closure_id: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1)], by: By = None, which: Which = None
) -> None:
    """Take a closure back."""
    with book() as db:
        site = site_called(db, which)
        ruling.reopen(db, closure_id, by=acting(db, site, "reopen", by), now=datetime.now(UTC))
    typer.echo(f"Closure {closure_id} is taken back.")


def _instant(text: str, site: Site, *, is_end: bool = False) -> datetime:
    """A time on the clock of the site; a day begins at midnight, and as an end it is included."""
    try:
        if len(text) == len("2027-12-24"):
            day = date.fromisoformat(text) + timedelta(days=is_end)
            return instant(datetime.combine(day, time()), site.zone)
        return instant(datetime.fromisoformat(text), site.zone)
    except (ValueError, OverflowError) as error:
        raise CreneauError(
            f"{text[:40]!r} is no day such as 2027-12-24, and no time such as 2027-12-24T13:30."
        ) from error


def _told(row: Closure, slug: str | None, site: Site) -> tuple[str, str, str, str]:
    start, end = (moment.astimezone(ZoneInfo(site.zone)) for moment in (row.starts_at, row.ends_at))
    return slug or "all", f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}", row.reason
