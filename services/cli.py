"""The `creneau` command: everything that is done to an installation from a terminal."""

import os
from pathlib import Path
from typing import Annotated

import typer
from dotenv import dotenv_values

from deploy import parts, running, supervision
from deploy.errors import StartError
from deploy.valkey import free_port, is_free
from services import doctor, findings
from services.commands import closures, feeds, groups, mails, people, policies, records, rooms, site
from services.commands.edge import Plain, checked_settings, fail
from services.demo import play
from shared.seed import first_start
from shared.settings import settings
from shared.store.base import engine
from shared.store.migrate import is_current, upgrade

VAR = supervision.CHECKOUT / "var"

app = typer.Typer(
    cls=Plain,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # with it an error is a box of several lines
    pretty_exceptions_enable=False,
    help="Books the rooms of a teacher-training venue and tells everybody's calendar.",
)
app.add_typer(people.tokens, name="token")
app.add_typer(people.partners, name="partner")
app.add_typer(rooms.rooms, name="room")
app.add_typer(rooms.equipment, name="equipment")
app.add_typer(rooms.trainers, name="trainer")
app.add_typer(policies.app, name="policy")
app.add_typer(groups.app, name="group")
app.command("close", short_help="Close the Atelier or a room for a while; a trainer is away.")(closures.close)
app.command("closures", short_help="List the closures that are not over.")(closures.closures)
app.command("reopen", short_help="Take a closure back.")(closures.reopen)
app.add_typer(mails.app, name="mail")
app.add_typer(site.app, name="site")
app.add_typer(feeds.app, name="feed")
app.command("import", short_help="Take over existing bookings from a CSV or iCalendar file.")(records.import_bookings)
app.command("export", short_help="Write the reservations into a CSV, XLSX or iCalendar file.")(records.export_bookings)


def main() -> None:
    app(prog_name="creneau")


@app.callback()
def find_engines(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Option(
            help="Where embedded engines, logs and mails live.", file_okay=False, show_default="var/ of the checkout"
        ),
    ] = VAR,
) -> None:
    """Books the rooms of a teacher-training venue and tells everybody's calendar.

    Without DATABASE_URL and REDIS_URL the engines that `creneau run` started in the folder are used.
    """
    context.obj = folder.resolve()
    if context.invoked_subcommand in {"run", "part"}:
        return
    _take_over(context.obj)


@app.command(short_help="Run all of Créneau on this machine until Ctrl-C.")
def run(
    context: typer.Context,
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="Where the API listens.")] = 8000,
) -> None:
    """Run all of Créneau on this machine, engines included, until Ctrl-C."""
    raise typer.Exit(supervision.run(port, context.obj))


@app.command(short_help="Run one part of Créneau, for systemd and containers.")
def part(
    name: Annotated[str, typer.Argument(help="api, relay, decide, mail, mailbox, inbox, publish or schedule")],
) -> None:
    """Run one part of Créneau, for systemd and containers; HOST and PORT say where the API listens."""
    port = os.environ.get("PORT", "8000")
    if not port.isdecimal():
        fail("PORT must be a number.")
    known = [known.name for known in parts.parts(host="", port=int(port))]
    if name.partition("-")[0] not in known:
        fail(f"There is no part {name!r}: {', '.join(known)}.")
    checked_settings()
    try:
        parts.execute(name)
    except KeyError:
        fail(f"There is no part {name!r}.")


@app.command(short_help="Bring the database to the newest schema; fill an empty one.")
def migrate() -> None:
    """Bring the database to the newest schema, and fill an empty one with the Atelier and a first token."""
    url = checked_settings().database_url.get_secret_value()
    with engine().connect() as connection:
        was_current = is_current(connection)
    upgrade(url)
    typer.echo("The database was at the newest schema." if was_current else "The database is now at the newest schema.")
    token = first_start(url)
    if token:
        typer.echo("It was empty and now holds the Atelier of Arras: `creneau room list`, `creneau policy show`.")
        typer.echo("The coordinator's token, shown this once:", err=True)
        typer.echo(token)


@app.command("doctor", short_help="Check everything it stands on, and say what to do.")
def examine() -> None:
    """Check settings, database, broker, mail, clock, backlog and policies; exit code 1 when one fails."""
    found = doctor.examine()
    findings.show(found)
    raise typer.Exit(1 if any(finding.verdict is findings.Verdict.FAIL for finding in found) else 0)


@app.command(short_help="Show Créneau at work, with mails, in French.")
def demo(
    context: typer.Context,
    url: Annotated[
        str | None, typer.Option(help="A Créneau that runs; else the one here, started when needed.")
    ] = None,
    token: Annotated[str | None, typer.Option(help="A coordinator's token; else the demo makes its own.")] = None,
) -> None:
    """Show Créneau at work: a film festival, a training, a partner's day, and requests that collide."""
    port = running.port_of(context.obj)
    if url or port:
        play.play(url or f"http://127.0.0.1:{port}", token=token)
        return
    free = 8000 if is_free(8000) else free_port()
    typer.echo("Aucun Créneau ne tourne ici : il démarre le temps de la démonstration…")
    try:
        with running.in_background(context.obj, free):
            _take_over(context.obj)
            play.play(f"http://127.0.0.1:{free}", token=token)
    except StartError as error:
        fail(str(error))


def _take_over(folder: Path) -> None:
    """Let this process find the engines of the folder as the parts do; what the operator set goes before."""
    given = {k: v for k, v in {**dotenv_values(supervision.CHECKOUT / ".env"), **os.environ}.items() if v}
    try:
        found = running.environment_of(folder)
    except StartError as error:
        fail(str(error))
    # another database is another installation: its mails and broker are not those of this folder
    if given.get("DATABASE_URL", found.get("DATABASE_URL")) == found.get("DATABASE_URL"):
        os.environ.update({name: value for name, value in found.items() if name not in given})
        settings.cache_clear()


if __name__ == "__main__":
    main()
