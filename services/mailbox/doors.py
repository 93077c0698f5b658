"""Where the listener listens: what MAILBOX_LISTEN says."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

PORTS = {"lmtp": 24, "smtp": 25}
FORM = "MAILBOX_LISTEN must read lmtp://host:port, smtp://host:port or lmtp+unix:///path; several are parted by spaces"


@dataclass(frozen=True, slots=True)
class Door:
    """One address on which one protocol is spoken; a unix socket has a path and neither host nor port."""

    protocol: Literal["lmtp", "smtp"]
    host: str = ""
    port: int = 0
    path: Path | None = None

    def __str__(self) -> str:
        return f"{self.protocol}+unix://{self.path}" if self.path else f"{self.protocol}://{self.host}:{self.port}"


def doors(text: str) -> tuple[Door, ...]:
    """Every door that the text names; ValueError for one that cannot be made."""
    return tuple(_door(url) for url in text.split())


def _door(url: str) -> Door:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(FORM) from None
    scheme, _, family = parts.scheme.partition("+")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError(FORM)
    protocol: Literal["lmtp", "smtp"] = "smtp" if scheme == "smtp" else "lmtp"
    if scheme != protocol or family not in {"", "unix"}:
        raise ValueError(FORM)
    if family:
        if parts.netloc or not parts.path.strip("/"):
            raise ValueError(FORM)
        return Door(protocol, path=Path(unquote(parts.path)))
    if not parts.hostname or parts.path.strip("/"):
        raise ValueError(FORM)
    return Door(protocol, parts.hostname, PORTS[protocol] if port is None else port)
