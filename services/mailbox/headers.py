"""The envelope of a mail that was fetched from a mailbox, as far as its headers still tell it."""

from email.parser import BytesHeaderParser
from email.utils import getaddresses

# what mail servers note of the envelope when they deliver, and to whom it says that it is
ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
VISIBLE = ("To", "Cc")
MOST_ADDRESSES = 500
LONGEST_HEAD = 262_144


def recipients(raw: bytes) -> tuple[str, ...]:
    """Every address that the mail may have been delivered to, each once; most of them are somebody else's."""
    head = BytesHeaderParser().parsebytes(_head(raw))
    values = [str(value) for name in (*ENVELOPE, *VISIBLE) for value in head.get_all(name, [])]
    found = dict.fromkeys(address for value in values for _, address in _addresses(value) if address)
    return tuple(list(found)[:MOST_ADDRESSES])


def sender(raw: bytes) -> str:
    """Who would have got a bounce: '' for the null sender; where nobody noted it, whoever wrote the mail."""
    head = BytesHeaderParser().parsebytes(_head(raw))
    for name in ("Return-Path", "X-Envelope-From", "From"):
        if (value := head.get(name)) is not None:
            return "".join(c for c in next((a for _, a in _addresses(str(value))), "") if c.isprintable())[:254]
    return ""


def _addresses(value: str) -> list[tuple[str, str]]:
    return getaddresses([value[:LONGEST_HEAD]])


def _head(raw: bytes) -> bytes:
    """Up to the empty line, and bounded."""
    start = raw[:LONGEST_HEAD]
    ends = [at for at in (start.find(b"\r\n\r\n"), start.find(b"\n\n")) if at >= 0]
    return start[: min(ends) + 2] if ends else start
