"""One attempt: a POST to the address that was checked, with an end in sight whatever the other side does."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from shared.webhooks.addresses import Forbidden, check_encrypted, check_open

# what Standard Webhooks recommends; all of it counts, the name and the last byte too
PATIENCE_SECONDS = 15.0
BODY_SECONDS = 2.0
TIMEOUT = httpx.Timeout(PATIENCE_SECONDS, connect=5.0)
MOST_BYTES_READ = 1024
LONGEST_WORDS = 200
MOST_ADDRESSES = 3
LONGEST_RETRY_AFTER = timedelta(days=1)
ALWAYS = {"Content-Type": "application/json", "User-Agent": "Creneau-Webhooks/1", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or None when nothing did; in words for the log."""

    status: int | None
    words: str
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE


async def post(url: str, body: bytes, headers: dict[str, str], *, allow_local: bool) -> Answer:
    """Send it, and read the beginning of the answer; whatever goes wrong on the way is an answer too."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            addresses = await _resolve(url)
            if not allow_local:
                check_open(addresses)
                check_encrypted(url)
            return await _first_that_answers(url, addresses[:MOST_ADDRESSES], body, headers)
    except TimeoutError:
        return Answer(None, f"no answer within {PATIENCE_SECONDS:.0f} s")
    except OSError as error:  # the name is unknown, or the resolver away
        return Answer(None, f"{urlsplit(url).hostname}: {error.strerror or type(error).__name__}"[:LONGEST_WORDS])
    except Forbidden as error:
        return Answer(None, f"not called: {error}")
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        return Answer(None, _printable(f"{type(error).__name__}: {error}"))


async def _resolve(url: str) -> list[str]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label of more than 63 characters
        raise OSError(0, "not a name that can be looked up") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def _first_that_answers(url: str, addresses: list[str], body: bytes, headers: dict[str, str]) -> Answer:
    *others, last = addresses
    for address in others:
        try:
            return await _call(url, address, body, headers)
        except httpx.ConnectError:
            continue  # nothing was sent: the next address of that name may be up
    return await _call(url, last, body, headers)


async def _call(url: str, address: str, body: bytes, headers: dict[str, str]) -> Answer:
    """The name is for Host and certificate only: what was checked is what is connected to."""
    target = httpx.URL(url)
    # no connection is kept: the next name at this address would be spoken to under the certificate of this one
    async with (
        httpx.AsyncClient(verify=trusted(), trust_env=False, follow_redirects=False, timeout=TIMEOUT) as client,
        client.stream(
            "POST",
            target.copy_with(host=address),
            content=body,
            headers={"Host": target.netloc.decode("ascii"), **ALWAYS, **headers},
            extensions={"sni_hostname": target.raw_host.decode("ascii")},
        ) as answer,
    ):
        said = "" if answer.is_success else await _beginning(answer)
        words = f"{answer.status_code} {answer.reason_phrase}: {said}".rstrip(": ")
        return Answer(answer.status_code, _printable(words), _retry_after(answer.headers.get("retry-after", "")))


async def _beginning(answer: httpx.Response) -> str:
    """So much of it as a log shows; a body that does not come or does not end is let go."""
    read = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in answer.aiter_raw():
                read += piece[:MOST_BYTES_READ]
                if len(read) >= MOST_BYTES_READ:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass  # the status is the answer, and is there
    return read.decode("utf-8", "replace")


def _retry_after(value: str) -> timedelta | None:
    """How long the other side wants to be left alone: seconds or a date (RFC 9110, 10.2.3); nonsense is nothing."""
    if value.isdecimal():
        pause = timedelta(seconds=min(int(value[:9]), LONGEST_RETRY_AFTER.total_seconds()))
    else:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        pause = (until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(max(pause, timedelta(0)), LONGEST_RETRY_AFTER)


def _printable(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:LONGEST_WORDS]


@lru_cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed; reading them takes some hundredths of a second."""
    return httpx.create_ssl_context()
