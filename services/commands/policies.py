"""`creneau policy`: what the house lays down about bookings, knob by knob, each change a version with its reason."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_origin

import typer

from services.commands import words
from services.commands.acting import By, acting
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from shared import ruling
from shared.domain.errors import CreneauError, InvalidInputError
from shared.domain.policy import NOTHING_SET, Policy, merge, scopes_of
from shared.ruling import About
from shared.store.house import PolicyVersion

app = typer.Typer(no_args_is_help=True, help="Policies: what goes for the site, for a room, for a group of people.")

Room = Annotated[
    str | None, typer.Option("--room", parser=words.slug, metavar="SLUG", help="For one room, trainer or equipment.")
]
Group = Annotated[str | None, typer.Option("--group", parser=words.slug, metavar="SLUG", help="For a group of people.")]


@app.command("show", short_help="Show the policies in force.")
def show_policies(
    room: Room = None,
    group: Group = None,
    all_versions: Annotated[bool, typer.Option("--versions", help="All versions, not only that in force.")] = False,
    which: Which = None,
) -> None:
    """Show the policies in force, all of them or one, with why and since when."""
    about = _about(room, group) if room or group or all_versions else None
    with book() as db:
        site = site_called(db, which)
        found = ruling.policies(db, site.id)
        if about is not None:
            versions = ruling.policy_versions(db, about, site.id)
            found = [(about, row) for row in (versions if all_versions else versions[:1])]
    if not found:
        typer.echo("Nothing is laid down: every knob has its default, `creneau policy knobs`.")
    for one, row in found:
        typer.echo(f"{_named(one)}, version {row.version} of {row.set_at:%Y-%m-%d}: {row.reason or '-'}")
        show(("knob", "value"), [(knob, _json(value)) for knob, value in _in_order(row.body).items()])
        typer.echo("")


@app.command("set", short_help="Put another version in force.")
def set_policy(
    reason: Annotated[str, typer.Option(parser=words.line, help="Why, for the record.")],
    knobs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KNOB=VALUE...", help="What is to change, the value as JSON or a word; KNOB= unsets it."
        ),
    ] = None,
    whole: Annotated[
        Path | None,
        typer.Option(
            "--json", exists=True, dir_okay=False, help="A file with the whole policy, in place of all knobs."
        ),
    ] = None,
    room: Room = None,
    group: Group = None,
    by: By = None,
    which: Which = None,
) -> None:
    """Put another version in force, from the next decision on; bookings that stand are not touched."""
    if (whole is None) == (not knobs):
        raise CreneauError("Say KNOB=VALUE, such as lead_minutes=120, or --json with a whole policy.")
    about = _about(room, group)
    with book() as db:
        site = site_called(db, which)
        actor = acting(db, site, "policy set", by)
        former = next(iter(ruling.policy_versions(db, about, site.id)), None)
        body = _read(whole) if whole else _changed(former, knobs or [])
        version = former.version if former else 0
        row = ruling.set_policy(db, about, body, reason=reason, version=version, by=actor, now=datetime.now(UTC))
    typer.echo(f"{_named(about)}, version {row.version}: {_json(_in_order(row.body))}")


@app.command("knobs", short_help="List what can be set.")
def list_knobs(
    name: Annotated[str | None, typer.Argument(metavar="KNOB", help="One of them, with an example.")] = None,
) -> None:
    """List what can be set, where, and what goes when nobody sets it; docs/policies.md has more."""
    if name is None:
        rows = [(knob, " ".join(scopes_of(knob)), _default(knob)) for knob in Policy.model_fields]
        show(("knob", "for", "default"), rows)
        return
    if name not in Policy.model_fields:
        raise InvalidInputError(f"There is no knob {name[:60]!r}: `creneau policy knobs` names them all.")
    field = Policy.model_fields[name]
    typer.echo(f"{name}, for a {' or '.join(scopes_of(name))}: {field.description}")
    typer.echo(f"Default: {_default(name)}. For example: {name}={_json((field.examples or [None])[0])}")


def _about(room: str | None, group: str | None) -> About:
    if room and group:
        raise CreneauError("Say --room or --group, or neither for the site.")
    if room:
        return About("room", room)
    return About("group", group) if group else About("site")


def _named(about: About) -> str:
    return f"{about.scope} {about.slug}".strip()


def _in_order(body: dict[str, Any]) -> dict[str, Any]:
    """As docs/policies.md has the knobs, and not as the database keeps them; without those that are not known here."""
    return merge(body).model_dump(mode="json", exclude_unset=True)


def _changed(former: PolicyVersion | None, changes: list[str]) -> dict[str, Any]:
    """What is in force, with these changes."""
    body = dict(former.body) if former else {}
    for change in changes:
        knob, equals, text = change.partition("=")
        if not equals:
            raise CreneauError(f"{change[:60]!r} is not KNOB=VALUE, such as lead_minutes=120.")
        body.pop(knob, None)
        if text:
            body[knob] = _value(knob, text)
    return body


def _value(knob: str, text: str) -> Any:
    """JSON, or else a word, or for a knob that holds a list several with commas between them."""
    try:
        return json.loads(text)
    except ValueError:
        field = Policy.model_fields.get(knob)
        return text.split(",") if field is not None and get_origin(field.annotation) is tuple else text


def _read(file: Path) -> dict[str, Any]:
    try:
        body = json.loads(file.read_text())
    except (ValueError, OSError) as error:
        raise CreneauError(f"{file} holds no JSON: {error}.") from error
    if not isinstance(body, dict):
        raise CreneauError(f"{file} holds no JSON object of knobs.")
    return body


def _default(knob: str) -> str:
    return _json(NOTHING_SET.model_dump(mode="json")[knob])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
