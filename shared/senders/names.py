"""What the DNS says about senders: text records, a few and not for long."""

from time import monotonic
from typing import Final

import dns.exception
import dns.resolver

from shared.senders.verdict import TryLater

MOST_QUERIES: Final = 8
MOST_SECONDS: Final = 10.0
_ONE_QUESTION: Final = 5.0
_ONE_SERVER: Final = 2.0
_LONGEST: Final = 4_000
_MOST_RECORDS: Final = 20


class Names:
    """For one mail: what it makes us ask is bounded for all its signatures together."""

    def __init__(self, resolvers: str = "") -> None:
        self._resolver = _resolver(resolvers)
        self._left = MOST_QUERIES
        self._seconds = MOST_SECONDS

    def texts(self, name: str) -> list[bytes]:
        """The TXT records of a name, none when there are none; raises TryLater when nobody says so."""
        if self._left == 0 or self._seconds <= 0:
            raise TryLater("too many questions to the DNS, or too slow answers, for one mail")
        self._left -= 1
        started = monotonic()  # of waiting alone: a large mail on a busy machine is not the DNS's fault
        try:
            return self._asked(f"{name.rstrip('.')}.")
        finally:
            self._seconds -= monotonic() - started

    def _asked(self, name: str) -> list[bytes]:
        try:
            found = self._resolver.resolve(name, "TXT", lifetime=min(self._seconds, _ONE_QUESTION), search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return []
        except (dns.resolver.NoNameservers, dns.exception.Timeout) as error:
            raise TryLater(f"the DNS does not answer for {name[:100]}") from error
        except dns.exception.DNSException:  # no name at all: too long, or with empty labels
            return []
        texts = [b"".join(record.strings) for record in list(found)[:_MOST_RECORDS]]
        return [text for text in texts if len(text) <= _LONGEST]


def _resolver(resolvers: str) -> dns.resolver.Resolver:
    """That of the system, or of the servers named as 192.0.2.53 or 127.0.0.1:5353, between commas."""
    try:
        resolver = dns.resolver.Resolver(configure=not resolvers)
    except dns.resolver.NoResolverConfiguration as error:
        raise TryLater("this machine knows no name server: MAIL_RESOLVERS names some") from error
    if resolvers:
        each = [_host_and_port(one.strip()) for one in resolvers.split(",") if one.strip()]
        resolver.nameservers = [host for host, _ in each]
        resolver.nameserver_ports = dict(each)
    resolver.timeout = _ONE_SERVER
    return resolver


def _host_and_port(server: str) -> tuple[str, int]:
    host, colon, port = server.rpartition(":")
    if colon and port.isdecimal() and (":" not in host or host.endswith("]")):
        return host.strip("[]"), int(port)
    return server.strip("[]"), 53
