"""How a body travels: brotli, gzip or as it is, whichever the client takes and prefers."""

import gzip
import re
from collections.abc import Callable, Mapping
from typing import Final

import brotli

# of a feed of megabytes these are the levels at which the server is not what the client waits for
BROTLI_QUALITY: Final = 2
GZIP_LEVEL: Final = 4
ENCODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=BROTLI_QUALITY)),
    # no time in it: the same bytes are the same bytes
    "gzip": lambda body: gzip.compress(body, GZIP_LEVEL, mtime=0),
    "": lambda body: body,
}
_OFFERED: Final = ("br", "gzip")
_PART: Final = re.compile(r"\s*(?P<coding>[a-z*-]+)\s*(?:;\s*q=(?P<q>[01](?:\.[0-9]{0,3})?)\s*)?", re.IGNORECASE)


def encoding_for(accepted: str) -> str:
    """`br`, `gzip`, or empty for the body as it is; what cannot be understood accepts nothing (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for part in accepted[:500].split(","):
        found = _PART.fullmatch(part)
        if found:
            weights[found["coding"].lower()] = float(found["q"] or 1)
    best = max(_OFFERED, key=lambda coding: weights.get(coding, weights.get("*", 0)))
    return best if weights.get(best, weights.get("*", 0)) > 0 else ""


def encoded(body: bytes, encoding: str) -> bytes:
    return ENCODERS[encoding](body)
