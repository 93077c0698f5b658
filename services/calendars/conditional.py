"""Whether a client has a calendar already as it is by now (RFC 9110, section 13)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

# a date says whole seconds, and is written before the commit that it tells of: younger ones are not said
SETTLED: Final = timedelta(seconds=10)


def etag(tag: str, encoding: str) -> str:
    """Strong, and so another one for each encoding."""
    return f'"{tag}-{encoding}"' if encoding else f'"{tag}"'


def last_modified(changed: datetime, now: datetime) -> str | None:
    """As a header says it; None while it may still be the same second in which something changes."""
    if now - changed < SETTLED:
        return None
    return format_datetime(_second(changed), usegmt=True)


def is_known(headers: Mapping[str, str], tag: str, changed: datetime, now: datetime) -> bool:
    """By its ETag, whatever the encoding; only without one by its date, which has to be the very one that was said."""
    named = headers.get("if-none-match")
    if named is not None:
        return named.strip() == "*" or tag in {_bare(one) for one in named.split(",")}
    since = headers.get("if-modified-since", "")
    return now - changed >= SETTLED and _date(since) == _second(changed)


def _bare(named: str) -> str:
    """The tag without what says that it is weak, or in which encoding."""
    opaque = named.strip().removeprefix("W/").strip('"')
    return opaque.removesuffix("-gzip").removesuffix("-br")


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _date(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
