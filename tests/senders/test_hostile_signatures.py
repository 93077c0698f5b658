"""Whatever a mail or the DNS writes of keys and signatures: a verdict, or later; never anything else, never a pass."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.itip.incoming import UnreadableMail
from shared.itip.reading import read_mail
from shared.senders.authenticating import authenticate
from shared.senders.verdict import Trust
from tests.senders.name_server import NameServer
from tests.senders.signing import LETTER, Key

KEY = "s1._domainkey.college.example"
TOKENS = [
    *(b"v=", b"a=", b"rsa-sha256", b"ed25519-sha256", b"c=", b"relaxed/", b"simple/simple", b"d=", b"college.example"),
    *(b"s=", b"h=", b"from", b":", b"bh=", b"b=", b"=", b";", b"l=1", b"t=99999999999", b"x=1", b"i=@college.example"),
    *(b"\r\n ", b" \t ", b"\r\n", b"\\", b"\0", b"\xe9", b"A" * 90, b"DKIM-Signature: ", b"From: ", b".", b"q=dns/txt"),
]
SETTINGS = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def server() -> Iterator[NameServer]:
    with NameServer() as server:
        yield server


def judged(raw: bytes, dns: NameServer) -> str:
    try:
        incoming = read_mail(raw, "Europe/Paris")
    except UnreadableMail:
        return ""
    return authenticate(raw, incoming, is_local=False, trust=Trust("dkim", resolvers=dns.address)).address


@SETTINGS
@given(data=st.data())
def test_any_damage_to_a_signature_or_to_what_it_signs(data: st.DataObject, key: Key, server: NameServer) -> None:
    """Where a pass is left, nothing was damaged that the signature covers."""
    server.texts[KEY] = [key.record]
    raw = key.signed()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw)))
        put = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from(TOKENS)))
        raw = raw[:place] + put + raw[place + data.draw(st.integers(0, 20)) :]
    assert judged(raw, server) in {"", "zoe@college.example"}


@SETTINGS
@given(tokens=st.lists(st.sampled_from(TOKENS), max_size=30))
def test_any_order_of_what_signatures_are_made_of(tokens: list[bytes], key: Key, server: NameServer) -> None:
    server.texts[KEY] = [key.record]
    signature = b"DKIM-Signature: v=1; a=rsa-sha256; d=college.example; s=s1; h=from; " + b"".join(tokens)
    assert judged(signature + b"\r\n" + LETTER, server) == ""


@SETTINGS
@given(record=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\'), max_size=80))
def test_any_key(record: str, key: Key, server: NameServer) -> None:
    for text in (record or "x", f"v=DKIM1; p={record}", f"v=DKIM1; k={record}; p={key.public}x"):
        server.texts[KEY] = [text]
        assert judged(key.signed(), server) == ""


# RSA keys that dkimpy takes apart: no modulus, an exponent of nothing, lengths that are not there
KEYS = [
    "MAA=",
    "MAYCAQACAQA=",
    "MAYCAQECAQE=",
    "MIGfMA0=",
    "MAgCAwEAAQIBAA==",
    "MP//////",
    "BQA=",
    "MA0GCSqGSIb3DQEBAQUB",
]


@pytest.mark.parametrize("encoded", KEYS)
def test_a_key_with_odd_numbers(encoded: str, key: Key, server: NameServer) -> None:
    server.texts[KEY] = [f"v=DKIM1; p={encoded}"]
    assert judged(key.signed(), server) == ""
