"""One message over one open connection, up to the final dot and then the dot: which answer means what."""

import smtplib
from contextlib import suppress

from shared.mail.contract import (
    ConfigurationFailure,
    Envelope,
    FinalFailure,
    MailFailure,
    PassingFailure,
    Receipt,
    plain_text,
)
from shared.mail.wire import Wire

SERVICE_CLOSING = 421
TOO_BIG = 552
LOGIN_ANSWERS = {530, 534, 535, 538}  # RFC 4954 6: they speak of our login, wherever they come
SENDABLE_SIZE_DIGITS = 18


class ConnectionGone(PassingFailure):
    """The connection was lost, or said goodbye, before the server took anything: a fresh one may do."""


def begin(wire: Wire, envelope: Envelope, message: bytes) -> None:
    """MAIL FROM, with the extensions this message needs; ConnectionGone where a fresh connection may help."""
    options = _options(wire, envelope, message)
    try:
        wire.is_between_messages = False
        code, words = wire.docmd("MAIL", " ".join([f"FROM:<{envelope.sender}>", *options]))
    except smtplib.SMTPServerDisconnected as error:
        raise ConnectionGone(plain_text(str(error)), ambiguous=False) from None
    if code == SERVICE_CLOSING:
        wire.close()
        raise ConnectionGone(_words(code, words), ambiguous=False)
    if code // 100 == 5 and code != TOO_BIG:  # noqa: PLR2004  # the first digit decides, RFC 5321 4.2.1
        # Neither recipient nor message was named yet: it is our sender that is refused.
        _forget(wire)
        raise ConfigurationFailure(_words(code, words))
    _expect(wire, code, words, wanted=2)


def fill(wire: Wire, envelope: Envelope, message: bytes) -> None:
    """RCPT TO, DATA and the message without its final dot."""
    try:
        _expect(wire, *wire.docmd("RCPT", f"TO:<{envelope.recipient}>"), wanted=2)
        _expect(wire, *wire.docmd("DATA"), wanted=3)
        wire.send(_stuffed(message))
    except smtplib.SMTPServerDisconnected as error:
        raise PassingFailure(plain_text(str(error)), ambiguous=False) from None
    check_still_there(wire)


def check_still_there(wire: Wire) -> None:
    """Find out before the dot, where nothing is ambiguous yet, that the server hung up or answered already."""
    if wire.is_quiet():
        return
    try:
        code, words = wire.getreply()
    except smtplib.SMTPServerDisconnected as error:
        raise PassingFailure(plain_text(str(error)), ambiguous=False) from None
    wire.close()  # whatever it meant, the dialogue is out of step
    raise _failure(code, words)


def commit(wire: Wire, timeout: float) -> Receipt:
    """The final dot and its answer; a silence after it is ambiguous (RFC 1047)."""
    try:
        wire.send(b".\r\n")
        code, words = wire.getreply(timeout)
    except smtplib.SMTPServerDisconnected as error:
        raise PassingFailure(plain_text(str(error)), ambiguous=True) from None
    if code // 100 == 2:  # noqa: PLR2004  # the first digit decides, RFC 5321 4.2.1
        wire.is_between_messages = True
        return Receipt(_words(code, words))
    if code // 100 == 3 or code == SERVICE_CLOSING:  # noqa: PLR2004
        wire.close()
    wire.is_between_messages = True
    raise _failure(code, words, after_dot=True)


def _expect(wire: Wire, code: int, words: bytes, *, wanted: int) -> None:
    if code // 100 == wanted:
        return
    if code == SERVICE_CLOSING or code // 100 in (2, 3):
        wire.close()
    else:
        _forget(wire)
    raise _failure(code, words)


def _forget(wire: Wire) -> None:
    """Clear the refused transaction, so that the connection can carry the next message."""
    with suppress(smtplib.SMTPServerDisconnected):  # the refusal is the news; a lost connection is merely not kept
        wire.is_between_messages = wire.docmd("RSET")[0] // 100 == 2  # noqa: PLR2004  # the first digit decides


def _failure(code: int, words: bytes, *, after_dot: bool = False) -> MailFailure:
    """Only the first digit decides (RFC 5321 4.2.1), except where the answer is about our login."""
    text = _words(code, words)
    if code in LOGIN_ANSWERS:
        return ConfigurationFailure(text)
    if code // 100 == 5:  # noqa: PLR2004  # see the docstring
        return FinalFailure(code, text.partition(" ")[2])
    if code // 100 == 4:  # noqa: PLR2004  # see the docstring
        return PassingFailure(text, ambiguous=False)
    return PassingFailure(f"unexpected answer: {text}", ambiguous=after_dot)


def _options(wire: Wire, envelope: Envelope, message: bytes) -> list[str]:
    options = []
    header = message.partition(b"\r\n\r\n")[0]
    limit = wire.esmtp_features.get("size", "")
    if wire.has_extn("size"):
        if limit.isdecimal() and len(limit) < SENDABLE_SIZE_DIGITS and 0 < int(limit) < len(message):
            raise FinalFailure(TOO_BIG, f"{len(message)} octets, the server takes {limit}")
        options.append(f"SIZE={len(message)}")
    if not message.isascii():
        _need(wire, "8bitmime", 554, "the message has 8-bit text and the server takes none")
        options.append("BODY=8BITMIME")
    if not (header.isascii() and envelope.sender.isascii() and envelope.recipient.isascii()):
        _need(wire, "smtputf8", 553, "the address is not ASCII and the server takes no other")
        options.append("SMTPUTF8")
    return options


def _need(wire: Wire, extension: str, code: int, otherwise: str) -> None:
    if not wire.has_extn(extension):
        raise FinalFailure(code, otherwise)


def _stuffed(message: bytes) -> bytes:
    """The message with its leading dots doubled (RFC 5321 4.5.2) and its last line ended."""
    body = message.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body if not body or body.endswith(b"\r\n") else body + b"\r\n"


def _words(code: int, words: bytes) -> str:
    return plain_text(f"{code} {words.rpartition(chr(10).encode())[2].decode('utf-8', 'replace')}")
