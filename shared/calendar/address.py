"""Which mail addresses are written to, and how they stand on the wire."""

import re

# RFC 5321 section 4.1.2, without quoted local parts: no mailbox that this system meets has one.
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATEXT}(\.{_ATEXT})*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class MalformedAddress(ValueError):  # noqa: N818 - named as what it says, like the domain's errors
    """The text is not one mail address with an ASCII local part."""


def wire_address(address: str) -> str:
    """The address as servers and calendars read it: an ASCII address unchanged, a domain with accents in punycode.

    Raises MalformedAddress (RFC 5321 sections 4.1.2 and 4.5.3.1).
    """
    local, at, domain = address.rpartition("@")
    wire = f"{local}@{_ascii_domain(domain)}"
    if not at or not _LOCAL.fullmatch(local) or len(local) > 64 or len(wire) > 254:  # noqa: PLR2004 - RFC 5321's limits
        raise MalformedAddress(f"not a mail address: {address!r}")
    return wire


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        wire = domain
    else:
        try:
            wire = domain.encode("idna").decode("ascii")
            # Python's IDNA 2003 folds ß to ss, which is somebody else's domain
            faithful = wire.encode("ascii").decode("idna") == domain.lower()
        except UnicodeError as error:
            raise MalformedAddress(f"not a mail domain: {domain!r}") from error
        if not faithful:
            raise MalformedAddress(f"not a mail domain: {domain!r}")
    if not _DOMAIN.fullmatch(wire):
        raise MalformedAddress(f"not a mail domain: {domain!r}")
    return wire
