"""A DNS of our own, and keys that sign."""

import base64
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.senders.name_server import NameServer
from tests.senders.signing import Key


@pytest.fixture
def dns() -> Iterator[NameServer]:
    with NameServer() as server:
        yield server


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return made(tmp_path_factory.mktemp("key"), 1024)


@pytest.fixture(scope="session")
def short_key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return made(tmp_path_factory.mktemp("key"), 512)


def made(folder: Path, bits: int) -> Key:
    """A new RSA key; its public half as a DKIM record has it."""
    private = folder / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", private, str(bits)], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", private, "-pubout"], check=True, capture_output=True).stdout
    encoded = re.sub(rb"-----[A-Z ]+-----|\s", b"", public)
    assert base64.b64decode(encoded)
    return Key(private.read_bytes(), encoded.decode())
