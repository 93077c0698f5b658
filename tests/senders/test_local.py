"""The default for a first look: what this machine itself hands in."""

import pytest

from shared.itip.reading import read_mail
from shared.senders.authenticating import authenticate
from shared.senders.verdict import Trust, Verdict


def judged(raw: bytes, *, is_local: bool) -> Verdict:
    return authenticate(raw, read_mail(raw, "Europe/Paris"), is_local=is_local, trust=Trust())


def test_what_this_machine_hands_in_is_believed_and_says_why() -> None:
    verdict = judged(b"From: Anne <Anne@Example.org>\n\n", is_local=True)
    assert verdict.address == "anne@example.org"
    assert "MAIL_TRUST=local" in verdict.why


def test_what_comes_from_elsewhere_is_not() -> None:
    assert judged(b"From: anne@example.org\n\n", is_local=False).address == ""


@pytest.mark.parametrize(
    "field",
    [
        b"",
        b"From:\n",
        b"From: anne@example.org, max@example.org\n",
        b"From: anne@example.org\nFrom: max@example.org\n",
        b"From: anne@example.org\nFrom : max@example.org\n",
        b"From: Friends: anne@example.org;\n",
        b"From: undisclosed-recipients:;\n",
        b"From: <>\n",
        b"From: =?utf-8?q?anne=40example=2Eorg?=\n",
        b"From: =?utf-8?q?Anne_=3Canne=40example=2Eorg=3E?=\n",
        b"From: anne@example.org <max@example.org> <anne@example.org>\n",
        b"From: Anne <anne@example.org> max@example.org\n",
        b"From: anne@example.org\x00@max.example\n",
        b"From: (a comment) anne@example.org, (\n",
        b"From: anne@[192.0.2.1]\n",
        b"From: <anne@example.org@max.example>\n",
        b"From: anne example.org\n",
        b"From: Anne <anne@example.org" + b" " * 2_000 + b">\n",
    ],
)
def test_a_from_that_is_not_exactly_one_address_is_nobodys(field: bytes) -> None:
    assert judged(field + b"\n", is_local=True) == Verdict("", "From does not name exactly one address")


@pytest.mark.parametrize(
    "field",
    [
        b"max@example.org",
        b"<max@example.org>",
        b"anne@example.org <max@example.org>",
        b'"anne@example.org" <max@example.org>',
        b'"<anne@example.org>, Anne" <max@example.org>',
        b"=?utf-8?q?anne=40example=2Eorg?= <max@example.org>",
        b"=?utf-8?q?=3Canne=40example=2Eorg=3E=2C?= <max@example.org>",
        b"max@example.org (anne@example.org)",
        b"(anne@example.org) <max@example.org>",
        b"Max M. Muster <MAX@EXAMPLE.ORG>",
        b"[EXT] Max <max@example.org> (by a gateway)",
        b"Ma\xc3\xablle <max@example.org>",
        b"Ma\xeblle <max@example.org>",
        b"Max\n <max@example.org>",
    ],
)
def test_a_name_that_looks_like_an_address_is_a_name(field: bytes) -> None:
    assert judged(b"From: " + field + b"\n\n", is_local=True).address == "max@example.org"
