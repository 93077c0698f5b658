"""What every mailer promises: one message, a moment before the point of no return, two kinds of failure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MAX_TEXT = 200  # characters of a server's words that we keep
MAX_ADDRESS = 254  # RFC 5321 4.5.3.1.3, as erratum 1690 of RFC 3696 counts it
# Quoted local parts and address literals are refused: nobody invited has one, and they are where injections hide.
LOCAL_PART = re.compile(r'[^\s"(),:;<>@\[\\\]\x00-\x20\x7f-\x9f\ud800-\udfff]{1,64}')
DOMAIN = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE)


@dataclass(frozen=True)
class Envelope:
    """Who sends and who receives, as the mail servers see it; an empty sender is the null sender `<>`."""

    sender: str
    recipient: str


@dataclass(frozen=True)
class Receipt:
    """The server took the message: the last line that it said, printable, at most 200 characters."""

    response: str


class Mailer(Protocol):
    def send(self, envelope: Envelope, message: bytes, *, before_commit: Callable[[], None]) -> Receipt:
        """Hand over one message (CRLF line ends only), calling `before_commit` when all but the last step is done.

        Raises PassingFailure or FinalFailure. If `before_commit` raises, nothing is sent and its exception passes on.
        """

    def close(self) -> None:
        """Give back what is open; a later send is a PassingFailure."""


class MailFailure(Exception):  # noqa: N818  # it names what happened to the mail, as its children do
    """A message did not leave, or may not have."""


class PassingFailure(MailFailure):
    """Trying again may help; `ambiguous` says that the message may have arrived all the same."""

    def __init__(self, reason: str, *, ambiguous: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ambiguous = ambiguous


class ConfigurationFailure(PassingFailure):
    """The server refuses us, not this message (password, certificate, sender): no mail is dead because of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, ambiguous=False)


class FinalFailure(MailFailure):
    """This message to this recipient will never be taken; `code` is the server's, or the one it would have given."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


def checked(envelope: Envelope, message: bytes) -> Envelope:
    """The envelope with its domains in ASCII; a malformed address or message is a FinalFailure (553, 554)."""
    # A bare CR or LF is how one message is smuggled inside another: servers disagree on where it ends.
    if not message.count(b"\r\n") == message.count(b"\r") == message.count(b"\n"):
        raise FinalFailure(554, "the message has line ends other than CRLF")
    sender = _checked_address(envelope.sender) if envelope.sender else ""
    return Envelope(sender, _checked_address(envelope.recipient))


def plain_text(words: str | bytes) -> str:
    """A server's words as one short printable line, whatever it sent."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return "".join(c if c.isprintable() else " " for c in text[:MAX_TEXT]).strip()


def _checked_address(address: str) -> str:
    local, at, domain = address.rpartition("@")
    ascii_domain = _ascii_domain(domain)
    long = len(local.encode("utf-8", "replace")) + 1 + len(ascii_domain) > MAX_ADDRESS
    if not at or long or not LOCAL_PART.fullmatch(local) or not DOMAIN.fullmatch(ascii_domain):
        raise FinalFailure(553, f"malformed address {plain_text(ascii(address))}")
    return f"{local}@{ascii_domain}"


def _ascii_domain(domain: str) -> str:
    """The A-label form (canopé.fr → xn--canop-fsa.fr), which every server understands; empty when there is none."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
