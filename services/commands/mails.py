"""`creneau mail`: what came in, and taking a mail in by hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from services.commands import words
from services.commands.edge import book
from services.commands.site import Which, site_called
from services.commands.tables import show
from services.mailbox import headers
from services.mailbox.ringing import MAIL
from shared import broker
from shared.domain.errors import InvalidInputError
from shared.inbox.receiving import MOST_BYTES, Envelope, is_sender, receive
from shared.store.inbox import InboundMail, MailState

app = typer.Typer(no_args_is_help=True, help="Mails that came in, and what was made of them.")


@app.command("receive")
def receive_mail(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The mail (.eml).")],
    to: Annotated[list[str], typer.Option(parser=words.address, metavar="MAIL", help="An address of ours.")],
    sender: Annotated[
        str | None,
        typer.Option("--from", metavar="MAIL", help="The sender of its envelope; else who it says it is from."),
    ] = None,
) -> None:
    """Take a mail in, as if a mail server on this machine had brought it."""
    raw = file.read_bytes()
    if len(raw) > MOST_BYTES:
        raise InvalidInputError(f"{file.name} has more than {MOST_BYTES // 1_000_000} megabytes.")
    mail_from = headers.sender(raw) if sender is None else sender.removeprefix("<").removesuffix(">")
    if not is_sender(mail_from):
        raise InvalidInputError("--from must be a mail address, or <> for the null sender.")
    envelope = Envelope("file", mail_from, tuple(to), "creneau mail receive", is_local=True)
    with book() as db:
        taken = receive(db, envelope, raw, now=datetime.now(UTC))
        if taken.unknown:
            raise InvalidInputError(f"Nobody here has the address {', '.join(taken.unknown)}.")
    broker.ring(MAIL)
    typer.echo(f"Taken in as mail {', '.join(map(str, taken.ids))}; `creneau mail list` tells what becomes of it.")


@app.command("list")
def list_mails(
    which: Which = None,
    state: Annotated[MailState | None, typer.Option(help="Only those in this state.")] = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 20,
) -> None:
    """List the mails that came in: from whom, to whom, and what was made of them."""
    with book() as db:
        query = select(InboundMail).where(InboundMail.site_id == site_called(db, which).id)
        if state is not None:
            query = query.where(InboundMail.state == state)
        found = db.scalars(query.order_by(InboundMail.id.desc()).limit(most)).all()
    rows = [
        (
            str(mail.id),
            f"{mail.received_at.astimezone():%Y-%m-%d %H:%M}",
            mail.sender or f"({mail.mail_from or '<>'})",
            ", ".join(mail.recipients),
            f"{mail.method} {mail.subject}".strip(),
            mail.state,
            " ".join([mail.outcome, str(mail.details.get("reason", ""))]).strip(),
        )
        for mail in found
    ]
    show(("id", "received", "from", "to", "what", "state", "what was made of it"), rows)
