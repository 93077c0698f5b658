"""The mailbox that is looked into: what IMAP_URL says, and how a connection to it is opened."""

import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

PORTS = {"imap": 143, "imaps": 993}
FORM = "IMAP_URL must read imaps://user:password@host:port/folder, special characters %-encoded"
# for one answer of the server; a mail of ten megabytes comes in many
TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class PostBox:
    """Where the mailbox is and who we are there; `done` is the folder that mails are moved to, '' to flag them Seen."""

    host: str
    port: int
    tls_from_start: bool
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"
    done: str = ""

    @classmethod
    def from_url(cls, url: str, done: str = "") -> "PostBox":
        """Read an IMAP_URL; anything unexpected is a ValueError that does not repeat it."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
        except (KeyError, ValueError):
            raise ValueError(FORM) from None  # the cause quotes pieces of the URL, the password may be among them
        if not host or not user or not password or parts.query or parts.fragment:
            raise ValueError(FORM)
        return cls(
            host, port, parts.scheme == "imaps", user, password, unquote(parts.path.strip("/")) or "INBOX", done.strip()
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.folder}"

    def open(self) -> BaseMailBox:
        """A connection with the folder selected; without TLS only to this machine. OSError, IMAP4.error and others."""
        if self.tls_from_start:
            box: BaseMailBox = MailBox(self.host, self.port, timeout=TIMEOUT, ssl_context=self._tls())
        elif self._is_loopback:
            box = MailBoxUnencrypted(self.host, self.port, timeout=TIMEOUT)
        else:
            box = MailBoxStartTls(self.host, self.port, timeout=TIMEOUT, ssl_context=self._tls())
        try:
            login = box.login if (self.user + self.password).isascii() else box.login_utf8
            login(self.user, self.password, self.folder)
            # imaplib remembers what the server could do before it knew us, and that is less
            box.client.capabilities = tuple(str(box.client.capability()[1][0], "ascii", "replace").upper().split())
        except BaseException:
            box.client.shutdown()
            raise
        return box

    def _tls(self) -> ssl.SSLContext:
        """Certificates are verified, except on loopback: nobody is in between, and nobody certifies localhost."""
        context = ssl.create_default_context()
        if self._is_loopback:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @property
    def _is_loopback(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"
