"""A maildir that any mail client can open, where mails go as long as no SMTP server is configured."""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from email.parser import BytesHeaderParser
from pathlib import Path

from shared.mail.contract import Envelope, PassingFailure, Receipt, checked


class MaildirMailer:
    """Keeps each message as one file in `new/`, named after its Message-ID and recipient.

    The file has LF line ends, as maildirs do: the message with Return-Path and Delivered-To before it. The same message
    sent again replaces its file, or leaves the one that a mail client has moved to `cur/` alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"MaildirMailer({str(self._folder)!r})"

    def send(self, envelope: Envelope, message: bytes, *, before_commit: Callable[[], None]) -> Receipt:
        """Write, make durable, call `before_commit`, rename; a full or missing disk is a PassingFailure."""
        envelope = checked(envelope, message)
        name = _name(envelope, message)
        draft = self._folder / "tmp" / f"{name}.{os.getpid()}.{secrets.token_hex(8)}"
        try:
            self._write(draft, _with_envelope(envelope, message))
            before_commit()
            self._commit(draft, name)
        finally:
            with suppress(OSError):  # a left-over draft is harmless, the error that left it is the news
                draft.unlink(missing_ok=True)
        return Receipt(f"kept as {name}")

    def close(self) -> None:
        """Nothing stays open between two sends."""

    def _write(self, draft: Path, content: bytes) -> None:
        try:
            for part in ("tmp", "new", "cur"):
                (self._folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise PassingFailure(f"the maildir cannot be written: {error.strerror}", ambiguous=False) from error

    def _commit(self, draft: Path, name: str) -> None:
        try:
            if any(seen.name.partition(":")[0] == name for seen in (self._folder / "cur").iterdir()):
                return
            draft.rename(self._folder / "new" / name)
            _make_durable(self._folder / "new")
        except OSError as error:
            raise PassingFailure(f"the maildir cannot be written: {error.strerror}", ambiguous=True) from error


def _name(envelope: Envelope, message: bytes) -> str:
    """The same for the same message and recipient; a digest, because a Message-ID may hold slashes and worse."""
    message_id = BytesHeaderParser().parsebytes(message).get("Message-ID")
    identity = str(message_id).strip().encode("utf-8", "replace") if message_id else message
    return hashlib.sha256(identity + b"\0" + envelope.recipient.encode()).hexdigest()[:40]


def _with_envelope(envelope: Envelope, message: bytes) -> bytes:
    head = f"Return-Path: <{envelope.sender}>\nDelivered-To: {envelope.recipient}\n"
    return head.encode() + message.replace(b"\r\n", b"\n")


def _make_durable(folder: Path) -> None:
    """A rename survives a power cut only once its folder is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
