"""The SMTP server that we hand mails to: where it is, who we are there, and how a connection to it is opened."""

import smtplib
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from shared.mail.contract import ConfigurationFailure, PassingFailure, plain_text
from shared.mail.wire import TlsWire, Wire

PORTS = {"smtp": 587, "smtps": 465}
FORM = "SMTP_URL must read smtp[s]://user:password@host:port, in ASCII, special characters %-encoded"


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    tls_from_start: bool
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read an SMTP_URL; anything unexpected is a ValueError that does not repeat it."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
        except (KeyError, ValueError):
            raise ValueError(FORM) from None  # the cause quotes pieces of the URL, the password may be among them
        extra = parts.path.strip("/") or parts.query or parts.fragment
        if not host or extra or bool(user) != bool(password) or not (user + password).isascii():
            raise ValueError(FORM)
        return cls(host, port, parts.scheme == "smtps", user, password)

    @property
    def is_loopback(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def tls(self) -> ssl.SSLContext:
        """Certificates are verified, except on loopback: nobody is in between, and nobody certifies localhost."""
        context = ssl.create_default_context()
        if self.is_loopback:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def open(self, tls: ssl.SSLContext, name: str | None, *, connect_timeout: float, answer_timeout: float) -> Wire:
        """A connection ready for MAIL; every refusal here is about us, hence Passing- or ConfigurationFailure."""
        try:
            wire = self._connected(tls, name, connect_timeout=connect_timeout, answer_timeout=answer_timeout)
            try:
                self._introduce(wire, tls)
            except BaseException:
                wire.close()
                raise
        except smtplib.SMTPResponseException as error:
            raise self._refusal(error) from None
        except smtplib.SMTPServerDisconnected as error:
            raise PassingFailure(f"{self.host}: {plain_text(str(error))}", ambiguous=False) from None
        except (ssl.SSLCertVerificationError, smtplib.SMTPException) as error:
            raise ConfigurationFailure(f"{self.host}: {plain_text(str(error))}") from None
        except ValueError:  # smtplib decodes a login challenge without a guard
            raise ConfigurationFailure(f"{self.host}: its login challenge is not understood") from None
        except OSError as error:
            raise PassingFailure(f"{self.host}: {plain_text(str(error))}", ambiguous=False) from None
        wire.is_between_messages = True
        return wire

    def _connected(
        self, tls: ssl.SSLContext, name: str | None, *, connect_timeout: float, answer_timeout: float
    ) -> Wire:
        if self.tls_from_start:
            return TlsWire(
                self.host, self.port, name, timeout=connect_timeout, answer_timeout=answer_timeout, context=tls
            )
        return Wire(self.host, self.port, name, timeout=connect_timeout, answer_timeout=answer_timeout)

    def _introduce(self, wire: Wire, tls: ssl.SSLContext) -> None:
        wire.ehlo_or_helo_if_needed()
        encrypted = self.tls_from_start
        if not encrypted and wire.has_extn("starttls"):
            wire.starttls(context=tls)
            wire.ehlo_or_helo_if_needed()
            encrypted = True
        if not self.user:
            return
        if not encrypted and not self.is_loopback:
            raise smtplib.SMTPNotSupportedError("no STARTTLS, so the password is not sent")
        wire.login(self.user, self.password)

    def _refusal(self, error: smtplib.SMTPResponseException) -> PassingFailure:
        # A server may echo what we sent, so its words about a login are not repeated.
        is_login = isinstance(error, smtplib.SMTPAuthenticationError)
        words = "login refused" if is_login else plain_text(error.smtp_error)
        reason = f"{self.host}: {error.smtp_code} {words}"
        if error.smtp_code // 100 == 5:  # noqa: PLR2004  # the first digit decides, RFC 5321 4.2.1
            return ConfigurationFailure(reason)
        return PassingFailure(reason, ambiguous=False)
