"""DKIM and DMARC, with real keys and a real name server."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from shared.itip.reading import read_mail
from shared.senders.authenticating import authenticate
from shared.senders.signatures import canonical_body
from shared.senders.verdict import Trust, TryLater, Verdict
from tests import memory
from tests.senders.name_server import NameServer
from tests.senders.signing import LETTER, Key

KEY = "s1._domainkey.college.example"
ZOE = "zoe@college.example"


def judged(raw: bytes, dns: NameServer) -> Verdict:
    trust = Trust("dkim", resolvers=dns.address)
    return authenticate(raw, read_mail(raw, "Europe/Paris"), is_local=False, trust=trust)


@pytest.mark.parametrize("ways", [(b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")])
@pytest.mark.parametrize("line_break", [b"\r\n", b"\n"])
def test_a_mail_that_its_domain_signed_is_genuine(key: Key, dns: NameServer, ways: Any, line_break: bytes) -> None:
    dns.texts[KEY] = [key.record]
    raw = key.signed(canonicalize=ways).replace(b"\r\n", line_break)
    assert judged(raw, dns) == Verdict(ZOE, "DKIM signature of college.example")
    assert dns.asked.total() == 1


@pytest.mark.parametrize(
    ("change", "to", "why"),
    [
        (b"vingt-quatre", b"trente", "the body is not what was signed"),
        (b"Subject: Oui", b"Subject: Non", "does not fit"),
        (b"<zoe@college", b"<max@college", "does not fit"),
        (b"rsa-sha256", b"rsa-sha1", "not rsa-sha256"),
        (b"; h=", b"; l=4; h=", "a part of the body only"),
        (b"from", b"xxxx", "does not cover From"),
    ],
)
def test_a_mail_that_was_changed_is_nobodys(key: Key, dns: NameServer, change: bytes, to: bytes, why: str) -> None:
    dns.texts[KEY] = [key.record]
    raw = key.signed()
    assert change in raw
    verdict = judged(raw.replace(change, to), dns)
    assert verdict.address == ""
    assert why in verdict.why


def test_blank_lines_at_the_end_and_other_blanks_do_not_break_a_relaxed_signature(key: Key, dns: NameServer) -> None:
    dns.texts[KEY] = [key.record]
    assert judged(key.signed().replace(b"  \t ", b" ") + b"\r\n\r\n", dns).address == ZOE


def test_somebody_elses_signature_says_nothing(key: Key, dns: NameServer) -> None:
    dns.texts["s1._domainkey.other.example"] = [key.record]
    verdict = judged(key.signed(domain="other.example"), dns)
    assert verdict == Verdict("", "there is no DKIM signature of college.example")
    assert dns.asked.total() == 0


def test_a_signature_of_a_public_suffix_says_nothing(key: Key, dns: NameServer) -> None:
    """Whoever owns other.co.uk is not college.co.uk, nor does anybody own co.uk."""
    letter = LETTER.replace(b"college.example", b"college.co.uk")
    for domain in ("co.uk", "other.co.uk"):
        dns.texts[f"s1._domainkey.{domain}"] = [key.record]
        assert judged(key.signed(letter, domain=domain), dns).address == ""


@pytest.mark.parametrize(
    ("records", "address"),
    [
        ([], ZOE),
        (["v=DMARC1; p=none"], ZOE),
        (["v=DMARC1; p=reject; adkim=r"], ZOE),
        (["v=DMARC1; adkim=s"], ""),
        (["v=DMARC1; adkim=s", "v=DMARC1"], ZOE),
        (["v=spf1 -all"], ZOE),
    ],
)
def test_a_domain_of_the_same_organisation_may_sign_unless_its_owner_is_strict(
    key: Key, dns: NameServer, records: list[str], address: str
) -> None:
    dns.texts["s1._domainkey.mail.college.example"] = [key.record]
    dns.texts["_dmarc.college.example"] = records or ["nothing"]
    assert judged(key.signed(domain="mail.college.example"), dns).address == address


def test_the_policy_of_the_organisation_holds_for_the_domains_below_it(key: Key, dns: NameServer) -> None:
    letter = LETTER.replace(b"zoe@college.example", b"zoe@vie-scolaire.college.example")
    dns.texts[KEY] = [key.record]
    dns.texts["_dmarc.college.example"] = ["v=DMARC1; p=none; adkim=s"]
    assert judged(key.signed(letter), dns).address == ""
    dns.texts["_dmarc.vie-scolaire.college.example"] = ["v=DMARC1; p=none"]
    assert judged(key.signed(letter), dns).address == "zoe@vie-scolaire.college.example"


@pytest.mark.parametrize("trouble", ["failing", "silent"])
def test_a_dns_that_is_away_means_later_not_forged(
    key: Key, dns: NameServer, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.senders.names.MOST_SECONDS", 0.3)
    getattr(dns, trouble).add(KEY)
    with pytest.raises(TryLater):
        judged(key.signed(), dns)


def test_another_signature_may_pass_while_the_key_of_one_cannot_be_had(key: Key, dns: NameServer) -> None:
    dns.failing.add("s1._domainkey.mail.college.example")
    dns.texts[KEY] = [key.record]
    twice = key.signed(key.signed(), domain="mail.college.example")
    assert judged(twice, dns).address == ZOE


@pytest.mark.parametrize("record", [[], ["v=DKIM1; p="], ["p=AAAA"], ["v=DKIM2; p=AAAA"], ["k=ed25519; p=AAAA"]])
def test_a_key_that_is_none_does_not_verify(key: Key, dns: NameServer, record: list[str]) -> None:
    dns.texts[KEY] = record or ["nothing"]
    assert judged(key.signed(), dns).address == ""


def test_a_key_that_anybody_can_find_out_does_not_verify(short_key: Key, dns: NameServer) -> None:
    dns.texts[KEY] = [short_key.record]
    assert judged(short_key.signed(), dns).address == ""


def test_a_key_that_takes_long_to_compute_with_is_not_used(key: Key, dns: NameServer) -> None:
    dns.texts[KEY] = [f"v=DKIM1; p={key.public}; n={'x' * 1500}"]
    assert judged(key.signed(), dns).address == ""


def test_few_signatures_are_looked_at(key: Key, dns: NameServer) -> None:
    raw = LETTER
    for _ in range(6):
        raw = key.signed(raw)
    assert judged(raw, dns).address == ""
    assert dns.asked.total() <= 3


@pytest.mark.parametrize(
    "sender", ["", "From: a@college.example, b@college.example\r\n", "From: a@college.example\r\nFrom: b@x.example\r\n"]
)
def test_a_signed_mail_of_nobody_or_of_two_is_nobodys(key: Key, dns: NameServer, sender: str) -> None:
    dns.texts[KEY] = [key.record]
    raw = re.sub(rb"From: .*\r\n", b"", LETTER)
    verdict = judged(key.signed(sender.encode() + raw if sender else b"From: \r\n" + raw), dns)
    assert verdict == Verdict("", "From does not name exactly one address")


@pytest.mark.parametrize("name", ["a\\.college.example", "college.example\\", "college.example;", "a..college.example"])
def test_a_domain_that_the_dns_would_read_otherwise_is_none(key: Key, dns: NameServer, name: str) -> None:
    raw = key.signed().replace(b"d=college.example", b"d=" + name.encode())
    assert judged(raw, dns).address == ""
    assert dns.asked.total() == 0


@pytest.mark.parametrize(
    ("body", "simple", "relaxed"),
    [
        (b"", b"\r\n", b""),
        (b"\r\n\r\n", b"\r\n", b""),
        (b"a \t b \r\n\r\n\r\n", b"a \t b \r\n", b"a b\r\n"),
        (b" a", b" a\r\n", b" a\r\n"),
        (b"a\r\r\n\r\n", b"a\r\r\n", b"a\r\r\n"),
        (b"a\nb\n\n", b"a\r\nb\r\n", b"a\r\nb\r\n"),
    ],
)
def test_a_body_is_canonical_as_rfc_6376_says(body: bytes, simple: bytes, relaxed: bytes) -> None:
    assert canonical_body(body, is_relaxed=False) == simple
    assert canonical_body(body, is_relaxed=True) == relaxed


SIGNATURE = b"DKIM-Signature: v=1; a=rsa-sha256; d=college.example; s=s1; bh=x; b=x; h=from"
BOMBS = {
    "blanks in the body": LETTER + b" " * 10_000_000,
    "line breaks in the body": LETTER + b"\r\n" * 5_000_000 + b"x",
    "blanks in a signature": SIGNATURE.replace(b"b=x", b"b=x" + b" \r\n " * 9_000 + b";") + b"\r\n" + LETTER,
    "many signatures": (SIGNATURE + b"\r\n") * 900 + LETTER,
    "many signed fields": SIGNATURE + b":a" * 1_800 + b"\r\n" + b"X-A: 1\r\n" * 900 + LETTER,
}


@pytest.mark.parametrize("raw", BOMBS.values(), ids=BOMBS)
@pytest.mark.timeout(5)
def test_no_mail_keeps_the_verifier_busy(raw: bytes, key: Key, dns: NameServer) -> None:
    dns.texts[KEY] = [key.record]
    assert judged(raw, dns).address == ""
    body = base64.b64encode(b"x" * 3_000_000)
    assert judged(key.signed(LETTER + body), dns).address == ZOE


def test_a_large_mail_takes_no_more_memory_than_a_few_times_its_length(key: Key, tmp_path: Path) -> None:
    """Of words and lines that are short, and in a process of its own, for Python does not count what re takes."""
    mail = tmp_path / "large.eml"
    mail.write_bytes(key.signed(LETTER + (b"A  b" * 18 + b"\r\n") * 200_000))
    script = (
        "from pathlib import Path\n"
        "from shared.senders.signatures import by_signature\n"
        "from tests.memory import peak\n"
        "from tests.senders.name_server import NameServer\n"
        "with NameServer() as dns:\n"
        f"    dns.texts[{KEY!r}] = [{key.record!r}]\n"
        f"    verdict = by_signature(Path({str(mail)!r}).read_bytes(), {ZOE!r}, dns.address)\n"
        "assert verdict.address\n"
        "print(peak())\n"
    )
    assert memory.of_a_process(script) < 200_000_000
