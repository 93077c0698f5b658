"""A webhook leads out into the open, and nowhere else: what a URL, a name and an address may be."""

import asyncio
import ipaddress
import socket
from typing import Any

import pytest

from shared.domain.errors import InvalidInputError
from shared.webhooks import posting
from shared.webhooks.addresses import Forbidden, check_open, check_url, is_open
from tests.webhooks.receiver import Receiver

CLOSED = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
OPEN = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]

URLS = {
    "": "empty",
    "hooks": "no URL",
    "http://partner.example/": "in clear",
    "ftp://partner.example/": "no web",
    "HTTPS://partner.example/": "in capitals",
    "file:///etc/passwd": "a file",
    "https://": "no host",
    "https:///hooks": "no host, but a path",
    "https://partner.example:0/": "no port",
    "https://partner.example:99999/": "no port either",
    "https://partner.example:x/": "a word for a port",
    "https://user:secret@partner.example/": "with a password",
    "https://user@partner.example/": "with a name",
    "https://partner.example/#here": "with a fragment",
    "https://partner.example/a b": "with a space",
    "https://partner.example/\r\nHost: x": "with a header",
    "https://partner.example\\@127.0.0.1/": "two hosts",
    "https://[fe80::1%25eth0]/": "with a zone",
    "https://[::1/": "half a host",
    "https://élan.example/": "not ASCII",
    "https://127.0.0.1/": "this machine",
    "https://[::1]/": "this machine, too",
    "https://[::ffff:7f00:1]/": "this machine in disguise",
    "https://169.254.169.254/latest/meta-data/": "the cloud's secrets",
    "https://10.0.0.5:8443/": "the house",
    "https://" + "a" * 2001: "too long",
    "javascript:alert(1)": "a script",
}


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_not_out_in_the_open_is_closed(address: str) -> None:
    assert not is_open(ipaddress.ip_address(address))
    with pytest.raises(Forbidden):
        check_open(["8.8.8.8", address])


@pytest.mark.parametrize("address", OPEN)
def test_what_is_out_in_the_open_is_open(address: str) -> None:
    check_open([address])


@pytest.mark.parametrize("url", URLS, ids=URLS.values())
def test_a_url_that_can_never_be_called_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_url(url, allow_local=False)
    assert caught.value.code == "bad_webhook_url"


@pytest.mark.parametrize(
    "url", ["https://partner.example", "https://partner.example:8443/a/b?c=d%20e", "https://xn--lan-9la.example/"]
)
def test_a_url_out_in_the_open_is_taken(url: str) -> None:
    check_url(url, allow_local=False)


def test_in_development_this_machine_may_be_called() -> None:
    check_url("http://127.0.0.1:8000/hooks", allow_local=True)
    with pytest.raises(InvalidInputError):
        check_url("ftp://127.0.0.1/", allow_local=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_a_name_that_leads_to_this_machine_is_not_called(receiver: Receiver, host: str) -> None:
    """However it is written: it is the address that is looked at, after it was looked up."""
    answer = asyncio.run(posting.post(f"http://{host}:{receiver.port}/", b"{}", {}, allow_local=False))
    assert (answer.status, receiver.received) == (None, [])
    assert "is not a public address" in answer.words


def test_what_was_added_while_it_was_allowed_does_not_go_out_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(_: object, __: str, port: int, **___: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port))]

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolve)
    answer = asyncio.run(posting.post("http://partner.example/", b"{}", {}, allow_local=False))
    assert (answer.status, answer.words) == (None, "not called: it is not https")


def test_what_was_looked_at_is_what_is_called(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that stands for another address a moment later (DNS rebinding) finds nobody who asks again."""
    asked: list[str] = []

    async def resolve(_: object, host: str, port: int, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolve)
    answer = asyncio.run(
        posting.post(
            f"http://hooks.partner.example:{receiver.port}/x", b"{}", {"webhook-id": "msg_1"}, allow_local=True
        )
    )
    assert answer.is_success
    assert receiver.received[0].headers["host"] == f"hooks.partner.example:{receiver.port}"
    assert asked[0] == "hooks.partner.example"
    assert "hooks.partner.example" not in asked[1:]


@pytest.mark.parametrize("host", ["nobody.invalid", "a" * 64 + ".example", "a..b"])
def test_a_name_that_leads_nowhere_is_an_answer(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(_: object, host: str, *__: Any, **___: Any) -> list[Any]:
        host.encode("idna")
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolve)
    answer = asyncio.run(posting.post(f"https://{host}/", b"{}", {}, allow_local=False))
    assert answer.status is None
    assert answer.words
