"""What IMAP_URL and MAILBOX_LISTEN may say, and what a fetched mail's headers tell of its envelope."""

from pathlib import Path

import pytest

from services.mailbox import headers
from services.mailbox.doors import Door, doors
from services.mailbox.post_box import PostBox


def test_an_imap_url_says_where_and_who() -> None:
    box = PostBox.from_url("imaps://cr%40x:p%2Fw@imap.example.org/Salles%20A", "Done")
    assert (box.host, box.port, box.tls_from_start) == ("imap.example.org", 993, True)
    assert (box.user, box.password, box.folder, box.done) == ("cr@x", "p/w", "Salles A", "Done")
    assert PostBox.from_url("imap://a:b@x").folder == "INBOX"
    assert "p/w" not in repr(box) + str(box)


@pytest.mark.parametrize(
    "url",
    ["", "x", "imaps://x", "imaps://a@x", "http://a:hunter2@x", "imaps://a:hunter2@x:99999", "imaps://a:hunter2@x?y=1"],
)
def test_another_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="IMAP_URL must read") as refused:
        PostBox.from_url(url)
    assert "hunter2" not in str(refused.value)


def test_doors_are_of_two_protocols_and_of_sockets() -> None:
    assert doors(" lmtp://127.0.0.1:8024  smtp://[::1] lmtp+unix:///run/x/lmtp ") == (
        Door("lmtp", "127.0.0.1", 8024),
        Door("smtp", "::1", 25),
        Door("lmtp", path=Path("/run/x/lmtp")),
    )
    assert doors("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:24",
        "http://x",
        "lmtp://",
        "lmtp://x:y",
        "lmtp://x/y",
        "lmtp+unix://x",
        "lmtp+tls://x",
        "smtp://u:p@x",
    ],
)
def test_no_other_door_is_opened(text: str) -> None:
    with pytest.raises(ValueError, match="MAILBOX_LISTEN must read"):
        doors(text)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"To: A <a@x.example>, b@x.example\r\nCc: c@x.example", ("a@x.example", "b@x.example", "c@x.example")),
        (b"Delivered-To: a@x.example\nX-Original-To: b@x.example\nTo: a@x.example", ("a@x.example", "b@x.example")),
        (b"To: undisclosed-recipients:;", ()),
        (b"To: \x00\xff<a@x", None),
        (b"To: " + b"a@x.example," * 100_000, None),
        (b"", ()),
    ],
)
def test_every_address_that_a_mail_may_have_been_delivered_to(head: bytes, expected: tuple[str, ...] | None) -> None:
    found = headers.recipients(head + b"\r\n\r\nTo: body@x.example\r\n")
    assert expected is None or found == expected
    assert len(found) <= headers.MOST_ADDRESSES
    assert "body@x.example" not in found


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"Return-Path: <a@x.example>\r\nFrom: b@x.example", "a@x.example"),
        (b"Return-Path: <>\r\nFrom: b@x.example", ""),
        (b"From: B <b@x.example>", "b@x.example"),
        (b"Subject: x", ""),
        (b"From: \x00\x01" + b"x" * 5000, None),
    ],
)
def test_who_would_have_got_a_bounce(head: bytes, expected: str | None) -> None:
    found = headers.sender(head + b"\n\nbody")
    assert expected is None or found == expected
    assert len(found) <= 254
    assert found.isprintable()
