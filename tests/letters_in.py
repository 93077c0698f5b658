"""Mails that come in, as a test writes them."""

from datetime import UTC, datetime, timedelta

from shared.inbox.receiving import Envelope, Taken, receive
from tests.house import House
from workers.mailbox import handle_batch

ROOM = "room-flexi-16@rooms.creneau.example"
RESERVATIONS = "reservations@creneau.example"


def letter(
    subject: str = "Bonjour", sender: str = "zoe@college.example", message_id: str = "", body: str = ""
) -> bytes:
    """A mail without a calendar, unless the body is one."""
    name = message_id or f"{subject.encode().hex()}@college.example"
    head = f"From: Zoe <{sender}>\r\nTo: {ROOM}\r\nSubject: {subject}\r\nMessage-ID: <{name}>\r\n"
    return (head + "\r\n" + (body or "Bonjour,\r\nnous arrivons.\r\n")).encode()


def come_in(
    house: House,
    raw: bytes,
    *recipients: str,
    mail_from: str = "zoe@college.example",
    is_local: bool = True,
) -> Taken:
    """A mail server brings it."""
    envelope = Envelope("lmtp", mail_from, recipients or (RESERVATIONS,), "127.0.0.1", is_local)
    with house.book() as db:
        return receive(db, envelope, raw, now=house.now)


def handle_all() -> None:
    """Everything that is due by the real clock."""
    while handle_batch():
        pass


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)
