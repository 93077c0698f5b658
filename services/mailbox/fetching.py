"""The IMAP poller: waits for mail (IDLE), takes each one in, and only then flags it Seen or moves it away.

What is still to be fetched is what the mailbox itself says: nothing is remembered here, so neither a crash nor another
UIDVALIDITY can make it skip a mail. Killed between our commit and the flag, it fetches the mail again, which is known
by its digest. Mails that are not for us are flagged too: a mailbox may get others.
"""

import imaplib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from imap_tools import BaseMailBox, ImapToolsError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.mailbox import headers
from services.mailbox.post_box import PostBox
from shared.inbox.receiving import MOST_BYTES, Envelope, receive
from shared.store.base import engine, transaction

SLICE = 1.0  # so long a stop may take to be noticed
IDLE = 540.0  # servers and routers forget connections that are silent for longer
WITHOUT_IDLE = 20.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
TROUBLE = (OSError, imaplib.IMAP4.error, ImapToolsError)

log = structlog.get_logger()


class Poller(threading.Thread):
    """Looks into one mailbox until told to stop; whatever fails is tried again, ever more slowly."""

    def __init__(self, box: PostBox, ring: Callable[[], None]) -> None:
        super().__init__(name="imap", daemon=True)
        self._box = box
        self._ring = ring
        self._end = threading.Event()
        # of this connection: whatever the server makes of our flags, no mail is fetched in a loop
        self._looked_at: set[str] = set()

    def stop(self) -> None:
        self._end.set()

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self._end.is_set():
            try:
                with self._opened() as box:
                    log.info("watching a mailbox", mailbox=str(self._box))
                    for _ in self._rounds(box):
                        pause = FIRST_PAUSE
            except TROUBLE as error:
                log.warning("mailbox away, trying again", error=_first_line(error), seconds=pause)
            except (DBAPIError, PoolTimeoutError) as error:
                log.warning(
                    "database away, the mails wait in the mailbox", error=str(getattr(error, "orig", error))[:200]
                )
                engine().dispose()
            except Exception:  # the edge of a thread: logged, and begun again
                log.exception("looking into the mailbox failed")
            self._end.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    @contextmanager
    def _opened(self) -> Iterator[BaseMailBox]:
        box = self._box.open()
        self._looked_at.clear()
        try:
            yield box
        finally:
            try:
                box.client.logout()
            except TROUBLE:
                box.client.shutdown()

    def _rounds(self, box: BaseMailBox) -> Iterator[None]:
        """Fetch what is there, then wait for more, again and again."""
        while not self._end.is_set():
            self._fetch_all(box)
            yield
            self._wait(box)

    def _fetch_all(self, box: BaseMailBox) -> None:
        """Until nothing is new: what comes while others are fetched is told of at once, and not again while waiting."""
        criteria = "ALL" if self._box.done else "UNSEEN"
        while not self._end.is_set():
            _was_told_of_more(box)
            new = [uid for uid in box.uids(criteria, charset=None) if uid not in self._looked_at]
            for uid in new:
                if self._end.is_set():
                    return
                self._fetch(box, uid)
            if not new and not _was_told_of_more(box):
                return

    def _fetch(self, box: BaseMailBox, uid: str) -> None:
        size = SIZE.search(_answer(box, uid, "(RFC822.SIZE)"))
        if size and int(size[1]) <= MOST_BYTES:
            if raw := _content(box, uid):
                self._take_in(raw, uid)
            else:
                log.warning("a mail cannot be had from the mailbox", uid=uid, mailbox=str(self._box))
        else:
            log.warning("a mail is too large to be taken in", uid=uid, mailbox=str(self._box))
        self._looked_at.add(uid)
        self._is_done(box, uid)

    def _take_in(self, raw: bytes, uid: str) -> None:
        """Stored and committed, when it is for us."""
        envelope = Envelope("imap", headers.sender(raw), headers.recipients(raw), f"{self._box.host} uid {uid}")
        with transaction() as db:
            taken = receive(db, envelope, raw, now=datetime.now(UTC))
        if taken.ids:
            log.info("mail taken in", mails=taken.ids, source="imap", size=len(raw))
            self._ring()
        else:
            log.info("a mail in the mailbox is not for us", uid=uid)

    def _is_done(self, box: BaseMailBox, uid: str) -> None:
        if self._box.done:
            box.move(uid, self._box.done)
        else:
            _checked(box.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))

    def _wait(self, box: BaseMailBox) -> None:
        """Until something happens in the mailbox, or for a while."""
        if "IDLE" not in box.client.capabilities:
            self._end.wait(WITHOUT_IDLE)
            box.client.noop()
            return
        with box.idle as idle:
            is_heard, left = _was_told_of_more(box) or _has_more_to_say(box), IDLE
            while not is_heard and left > 0 and not self._end.is_set():
                is_heard, left = bool(idle.poll(SLICE)), left - SLICE


def _was_told_of_more(box: BaseMailBox) -> bool:
    """Beside the answers to other commands, since this was asked last."""
    return box.client.response("EXISTS")[1] != [None]


def _has_more_to_say(box: BaseMailBox) -> bool:
    """Whether it has said something right behind its last answer: that is read already, and no socket tells of it."""
    connection = box.client.socket()
    patience = connection.gettimeout()
    connection.settimeout(0)
    try:
        return bool(box.client.readline())
    except OSError:  # nothing
        return False
    finally:
        connection.settimeout(patience)


def _content(box: BaseMailBox, uid: str) -> bytes | None:
    """Its bytes as they are: parsed and written anew, its signatures would be void."""
    parts = _checked(box.client.uid("FETCH", uid, "(BODY.PEEK[])"))
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _answer(box: BaseMailBox, uid: str, what: str) -> bytes:
    parts = _checked(box.client.uid("FETCH", uid, what))
    return b" ".join(part if isinstance(part, bytes) else part[0] for part in parts if part)


def _checked(answer: tuple[str, list[bytes | tuple[bytes, bytes] | None]]) -> list[bytes | tuple[bytes, bytes] | None]:
    status, parts = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the server answered {status}")
    return parts


def _first_line(error: Exception) -> str:
    """Without what the server said to a command: it may have repeated a password."""
    words = "" if isinstance(error, ImapToolsError) else f": {error}"
    return f"{type(error).__name__}{words}".partition("\n")[0][:200]
