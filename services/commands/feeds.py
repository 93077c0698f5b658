"""`creneau feed`: secret addresses of calendars, for whoever subscribes to one."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from services.commands import words
from services.commands.acting import By, acting
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from shared.calendars import feeds
from shared.calendars.listing import listed
from shared.calendars.subjects import Wanted
from shared.settings import settings
from shared.store.base import Db
from shared.store.calendars import CalendarKind, FeedScope
from shared.store.outbox import Actor

app = typer.Typer(no_args_is_help=True, help="Feeds: secret addresses under which calendars are read.")
MOST_LISTED = 1000

Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1)]


@app.command("new")
def new_feed(
    kind: Annotated[CalendarKind, typer.Argument(help="Of what; person is the agenda of who makes it (--by).")],
    of: Annotated[
        str | None, typer.Argument(parser=words.line, help="A room's slug, an activity's id, a partner's name.")
    ] = None,
    scope: Annotated[FeedScope, typer.Option(help="All of it, or only when something is there.")] = FeedScope.FULL,
    label: Annotated[str | None, typer.Option(parser=words.line, help="What the calendar is called.")] = None,
    which: Which = None,
    by: By = None,
) -> None:
    """Make a feed and print its address, this once; only its digest is kept."""
    with book() as db:
        actor = _acting(db, which, "feed new", by)
        feed, secret = feeds.make(db, Wanted(kind, of or "", scope, label or ""), by=actor, now=datetime.now(UTC))
    addresses = feeds.addresses_of(settings().public_url, secret, kind)
    typer.echo(
        f"Feed {feed.id} ({kind}, {scope}), shown this once; whoever has the address reads the calendar:", err=True
    )
    typer.echo(addresses.https)


@app.command("list")
def list_feeds(which: Which = None) -> None:
    """List the feeds that lead somewhere: of what, whose, when last read; never the addresses themselves."""
    with book() as db:
        found = listed(db, site_called(db, which).id, most=MOST_LISTED)
    rows = [
        (str(f.id), f.kind, f.of, f.scope, f.label, f.person, f"{f.created_at:%Y-%m-%d}", str(f.last_read_on or "-"))
        for f in found
    ]
    show(("id", "kind", "of", "scope", "label", "made by", "made", "last read"), rows)


@app.command("rotate")
def rotate_feed(feed_id: Id, which: Which = None, by: By = None) -> None:
    """Move a feed to another address and print it; the one before leads nowhere."""
    with book() as db:
        actor = _acting(db, which, "feed rotate", by)
        _, secret = feeds.rotate(db, feed_id, by=actor, now=datetime.now(UTC))
        [feed] = listed(db, actor.site_id, feed_id=feed_id, most=1)
    typer.echo(feeds.addresses_of(settings().public_url, secret, feed.kind).https)


@app.command("revoke")
def revoke_feed(feed_id: Id, which: Which = None, by: By = None) -> None:
    """Take a feed back: its address leads nowhere."""
    with book() as db:
        feeds.revoke(db, feed_id, by=_acting(db, which, "feed revoke", by), now=datetime.now(UTC))
    typer.echo(f"Feed {feed_id} is revoked.")


def _acting(db: Db, which: str | None, command: str, by: str | None) -> Actor:
    return acting(db, site_called(db, which), command, by)
