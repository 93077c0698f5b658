"""Which addresses may be called: https, out in the open; a webhook must not be a way into the house (SSRF)."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from shared.domain.errors import InvalidInputError

LONGEST = 2000
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(Exception):  # noqa: N818  it says what it is
    """What a name leads to is not out in the open."""


def check_url(url: str, *, allow_local: bool) -> None:
    """Raise InvalidInputError for what can never be called; where its name leads to is looked at with each call."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        host and host.encode("idna")
    except ValueError as error:
        raise _bad("This is not a URL.") from error
    # as it is written: what is looked at with each call is the beginning of it
    if not url.startswith(("http://", "https://")) or parts.scheme not in (
        {"http", "https"} if allow_local else {"https"}
    ):
        raise _bad("A webhook is called by https.")
    if not host or port == 0 or not url.isascii() or any(c.isspace() or not c.isprintable() or c == "\\" for c in url):
        raise _bad("This is not a URL that can be called: write it with ASCII characters, without spaces.")
    if parts.username is not None or parts.password is not None or parts.fragment or "%" in host:
        raise _bad("Leave out of the URL who calls, and what begins with #: messages are signed instead.")
    if len(url) > LONGEST:
        raise _bad(f"A URL has {LONGEST} characters at most.")
    _check_literal(parts, allow_local=allow_local)


def check_open(addresses: Iterable[str]) -> None:
    """Raise Forbidden when any of the addresses that a name stands for is of this machine, this house or no host."""
    for address in addresses:
        if not is_open(ipaddress.ip_address(address)):
            raise Forbidden(f"{address} is not a public address")


def check_encrypted(url: str) -> None:
    """Raise Forbidden for what would go out in clear: it was added while that was allowed."""
    if not url.startswith("https://"):
        raise Forbidden("it is not https")


def is_open(address: Address) -> bool:
    """Whether it is a public unicast address, and does not hide one that is not."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_open(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to this one end up at, if they do."""
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


def _check_literal(parts: SplitResult, *, allow_local: bool) -> None:
    try:
        literal = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return  # a name
    if not allow_local and not is_open(literal):
        raise _bad("This address is not a public one.")


def _bad(why: str) -> InvalidInputError:
    return InvalidInputError(why, code="bad_webhook_url")
