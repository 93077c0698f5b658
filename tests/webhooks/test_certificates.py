"""Over TLS the certificate has to be of the name in the URL, though it is an address that is connected to."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.webhooks import posting

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
NAME = "hooks.partner.example"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of `hooks.partner.example`, with its key in one file, and trusted for this test."""
    file = tmp_path / "certificate.pem"
    key = tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-keyout", str(key), "-out", str(file), "-days", "2", "-subj", f"/CN={NAME}"),
            *("-addext", f"subjectAltName=DNS:{NAME}"),
        ],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + key.read_text())
    return file


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    """Where a server with that certificate answers each request with 204."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for _ in range(2):
                try:
                    plain, _address = server.accept()
                    with context.wrap_socket(plain, server_side=True) as connection:
                        connection.recv(65536)
                        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                except OSError:  # whoever does not believe the certificate hangs up
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])


@pytest.fixture
def call(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], posting.Answer]:
    """Call a URL whose name stands for this machine."""

    async def resolve(_: object, __: str, port: int, **___: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(posting, "trusted", lambda: context)
    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolve)
    return lambda url: asyncio.run(posting.post(url, b"{}", {}, allow_local=True))


def test_the_certificate_is_of_the_name(call: Callable[[str], posting.Answer], port: int) -> None:
    assert call(f"https://{NAME}:{port}/").status == 204


def test_a_certificate_of_another_name_is_not_believed(call: Callable[[str], posting.Answer], port: int) -> None:
    answer = call(f"https://other.partner.example:{port}/")
    assert answer.status is None
    assert "CERTIFICATE_VERIFY_FAILED" in answer.words
