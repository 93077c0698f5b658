"""What the doctor looks at of mail that comes in: where it does, whose word is taken for its senders, what is stuck."""

import imaplib
import socket
from collections.abc import Sequence
from contextlib import closing
from ipaddress import ip_address

from imap_tools import ImapToolsError

from services.findings import Finding, Verdict, overdue, unless
from services.mailbox.doors import Door, doors
from services.mailbox.post_box import PostBox
from shared.settings import Settings
from shared.watching import Pulse

SECONDS = 3.0
GREETING = b"220"


def look(conf: Settings) -> list[Finding]:
    """The settings, and whether what they name is there."""
    try:
        found = doors(conf.mailbox_listen)
        box = PostBox.from_url(conf.imap_url.get_secret_value(), conf.imap_done_folder) if conf.imap_url else None
    except ValueError as error:
        which = "IMAP_URL" if str(error).startswith("IMAP_URL") else "MAILBOX_LISTEN"
        return [Finding("mail in", Verdict.FAIL, f"{which} is malformed", str(error))]
    if not found and box is None:
        todo = "Set MAILBOX_LISTEN or IMAP_URL: until then nobody's answer is seen, and no room can be invited."
        return [Finding("mail in", Verdict.WARN, "no mail comes in", todo)]
    return [*(_door(door) for door in found), *([_box(box)] if box else []), _trust(conf, found, box)]


def waiting(pulse: Pulse) -> list[Finding]:
    """What came in and is not handled, and what was set aside."""
    count, todo = f"{pulse.mails_waiting} waiting", "Do schedule and inbox run?"
    quarantined = f"{pulse.quarantined} set aside" if pulse.quarantined else ""
    return [
        overdue("inbox", count, pulse.oldest_unread_age, warn=60, fail=3600, todo=todo),
        unless(
            quarantined,
            "quarantine",
            "empty",
            "GET /api/mailbox?state=quarantined says why; POST …/retrial tries one again.",
        ),
    ]


def _door(door: Door) -> Finding:
    todo = "Does mailbox run? Its log says why it does not listen."
    try:
        with closing(_connected(door)) as connection:
            is_there = connection.recv(3) == GREETING
    except OSError as error:
        return Finding("mail in", Verdict.FAIL, f"{door}: {error.strerror or type(error).__name__}", todo)
    if is_there:
        return Finding("mail in", Verdict.OK, f"listens at {door}")
    return Finding("mail in", Verdict.FAIL, f"{door}: takes no mail", todo)


def _connected(door: Door) -> socket.socket:
    if door.path is None:
        return socket.create_connection((door.host, door.port), timeout=SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(SECONDS)
    try:
        connection.connect(str(door.path))
    except OSError:
        connection.close()
        raise
    return connection


def _box(box: PostBox) -> Finding:
    try:
        opened = box.open()
    except ImapToolsError as error:  # its words may repeat what we said
        return Finding("mailbox", Verdict.FAIL, f"{box}: {type(error).__name__}", "Correct IMAP_URL.")
    except (OSError, imaplib.IMAP4.error) as error:
        words = str(error) if isinstance(error, OSError) else type(error).__name__
        return Finding("mailbox", Verdict.FAIL, f"{box}: {words[:100]}", "Is the server up? Correct IMAP_URL.")
    with closing(opened.client.socket()):
        can_wait = "IDLE" in opened.client.capabilities
    return Finding("mailbox", Verdict.OK, f"{box}, {'waits for mail' if can_wait else 'looks each 20 seconds'}")


def _trust(conf: Settings, found: Sequence[Door], box: PostBox | None) -> Finding:
    """Said even where it is as it should be: who believes too much is told so by nobody else."""
    if conf.mail_trust == "authserv":
        if not conf.mail_authserv_id:
            return Finding("senders", Verdict.FAIL, "nobody is believed", "Set MAIL_AUTHSERV_ID, or MAIL_TRUST=dkim.")
        return Finding("senders", Verdict.OK, f"believed is what {conf.mail_authserv_id} says of them")
    if conf.mail_trust == "dkim":
        return Finding("senders", Verdict.OK, "believed are DKIM signatures, aligned as DMARC asks")
    todo = "MAIL_TRUST=authserv or dkim lets others' mails count."
    only_here = "only what this machine itself hands in is believed, for nobody checks it"
    is_reachable = box is not None or not all(_is_here(door) for door in found)
    return Finding("senders", Verdict.WARN if is_reachable else Verdict.OK, only_here, todo)


def _is_here(door: Door) -> bool:
    try:
        return door.path is not None or ip_address(door.host).is_loopback
    except ValueError:
        return door.host == "localhost"
