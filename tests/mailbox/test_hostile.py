"""Whoever connects may say anything, at any pace: nothing is lost of others' mails, and memory is bounded."""

import smtplib
from contextlib import suppress

import pytest

from services.mailbox import conversation, listening, reception
from services.mailbox.budget import Budget
from services.mailbox.conversation import Conversing
from tests.house import House
from tests.letters_in import ROOM, letter
from tests.mailbox.conftest import Running, Wire, client, mails, wire

ZOE = "zoe@college.example"


def begin(them: Wire, mail_from: bytes = b"<zoe@college.example>") -> str:
    """Up to where the mail itself comes."""
    assert them.ask(b"LHLO mx")[:3] == "250"
    assert them.ask(b"MAIL FROM:" + mail_from)[:3] == "250"
    assert them.ask(b"RCPT TO:<%s>" % ROOM.encode())[:3] == "250"
    return them.ask(b"DATA")


@pytest.mark.parametrize(
    "line",
    [
        b"MAIL FROM:<a\x00b@x.example>",
        b"MAIL FROM:<\xff\xfe@x.example>",
        b"MAIL FROM:<" + b"x" * 300 + b"@x.example>",
        b"MAIL FROM:",
        b"MAIL FROM:<<>>",
        b"MAIL FROM:<a@x.example> SIZE=99999999999",
        b"MAIL FROM:<a@x.example> SIZE=x",
        b"MAIL FROM:<a@x.example> BODY=BINARYMIME",
        b"MAIL FROM:<a@x.example> RET=HDRS",
        b"RCPT TO:<room-flexi-16@rooms.creneau.example>",
        b"DATA",
        b"HELO mx",
        b"EHLO mx",
        b"AUTH PLAIN AGEAYg==",
        b"\x00\x01\x02",
        b"\xff\xff",
        b"",
        b"X" * 100_000,
    ],
)
def test_nonsense_is_refused_and_the_conversation_goes_on(lmtp: Running, line: bytes) -> None:
    with wire(lmtp) as them:
        assert them.ask(b"LHLO mx")[:3] == "250"
        assert them.ask(line)[:1] == "5"
        assert them.ask(b"RSET")[:3] == "250"
        assert begin(them)[:3] == "354"


@pytest.mark.parametrize(
    "address",
    [
        b"room-flexi-16@rooms.creneau.example\x00",
        b"r\xff@x",
        b"@",
        b"room@",
        b'"a b"@rooms.creneau.example',
        b"x" * 400,
    ],
)
def test_a_recipient_that_is_none_is_refused(lmtp: Running, address: bytes) -> None:
    with wire(lmtp) as them:
        them.ask(b"LHLO mx")
        assert them.ask(b"MAIL FROM:<>")[:3] == "250"
        assert them.ask(b"RCPT TO:<" + address + b">")[:1] == "5"
        assert them.ask(b"DATA")[:3] == "503"


def test_too_many_recipients_are_to_come_in_another_mail(lmtp: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "MOST_RECIPIENTS", 2)
    with wire(lmtp) as them:
        them.ask(b"LHLO mx")
        them.ask(b"MAIL FROM:<>")
        asked = [them.ask(b"RCPT TO:<%s>" % ROOM.encode())[:3] for _ in range(3)]
    assert asked == ["250", "250", "452"]


def test_a_mail_that_is_too_large_is_refused_for_each_recipient(
    house: House, lmtp: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MOST_BYTES", 100_000)
    with wire(lmtp) as them:
        them.ask(b"LHLO mx")
        them.ask(b"MAIL FROM:<a@x.example>")
        for _ in range(2):
            them.ask(b"RCPT TO:<%s>" % ROOM.encode())
        them.ask(b"DATA")
        them.say(*[b"x" * 900] * 150, b".")
        assert [them.hear()[:3] for _ in range(2)] == ["552", "552"]
        assert begin(them)[:3] == "354"
        them.say(b"Subject: small", b"", b".")
        assert them.hear()[:3] == "250"
    assert len(mails(house)) == 1


@pytest.mark.parametrize("end", [b"\r\n", b""], ids=["lines", "one line without an end"])
def test_whoever_goes_on_for_ever_is_hung_up_on(lmtp: Running, monkeypatch: pytest.MonkeyPatch, end: bytes) -> None:
    monkeypatch.setattr(conversation, "MOST_BYTES", 100_000)
    with wire(lmtp) as them:
        begin(them)
        with suppress(OSError):  # reset or broken pipe, as it happens
            for _ in range(100_000):
                them.socket.sendall(b"x" * 1000 + end)
            pytest.fail("a hundred megabytes went through")


def test_a_long_line_is_taken_as_it_is(house: House, lmtp: Running) -> None:
    raw = b"Subject: x\r\n\r\n" + b"y" * 300_000 + b"\r.\r\n" + b"." + b"z" * 70_000 + b"\r\n"
    with client(lmtp) as session:
        session.sendmail(ZOE, [ROOM], raw)
    assert [bytes(mail.raw) for mail in mails(house)] == [raw.replace(b"\r.\r\n", b"\r\n.\r\n")] or [
        bytes(mail.raw) for mail in mails(house)
    ] == [raw]


def test_a_dot_between_bare_line_feeds_does_not_end_a_mail(house: House, lmtp: Running) -> None:
    """SMTP smuggling: what follows would be a mail that nobody's mail server has looked at."""
    with wire(lmtp) as them:
        begin(them)
        them.say(b"Subject: x\n.\nMAIL FROM:<boss@college.example>\r.\rmore", b".")
        assert them.hear()[:3] == "250"
    assert [bytes(mail.raw) for mail in mails(house)] == [
        b"Subject: x\n.\nMAIL FROM:<boss@college.example>\r.\rmore\r\n"
    ]


def test_a_slow_client_is_hung_up_on(house: House, rings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert rings == []
    monkeypatch.setattr(conversation, "PATIENCE", 0.3)
    with Running("lmtp") as running, wire(running) as them:
        begin(them)
        them.socket.sendall(b"Subject: wai")
        assert them.hear() == ""
    assert mails(house) == []


def test_a_client_that_goes_away_in_the_middle_leaves_nothing(house: House, lmtp: Running) -> None:
    with wire(lmtp) as them:
        begin(them)
        them.socket.sendall(b"Subject: half\r\n\r\nof i")
    with client(lmtp) as session:
        session.sendmail(ZOE, [ROOM], letter())
    assert len(mails(house)) == 1


def test_there_are_so_many_connections_and_no_more(lmtp: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 2)
    with wire(lmtp) as first, wire(lmtp) as second:
        assert [them.greeting[:3] for them in (first, second)] == ["220", "220"]
        with wire(lmtp) as third:
            assert third.greeting[:3] == "421"
            assert third.hear() == ""
        assert first.ask(b"QUIT")[:3] == "221"
        assert first.hear() == ""
        with wire(lmtp) as fourth:
            assert fourth.greeting[:3] == "220"


def test_too_many_large_mails_at_once_are_to_come_again(
    house: House, lmtp: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmtp.listener, "_budget", Budget(100_000))
    with wire(lmtp) as first, wire(lmtp) as second:
        for them in (first, second):
            begin(them)
            them.say(*[b"x" * 900] * 60)
        first.say(b".")
        second.say(b".")
        answers = sorted(them.hear()[:3] for them in (first, second))
    assert answers in (["250", "452"], ["452", "452"])
    with client(lmtp) as session:
        assert session.sendmail(ZOE, [ROOM], letter(body="x\r\n" * 20_000)) == {}
    assert len(mails(house)) == answers.count("250") + 1


def test_whoever_only_chats_is_hung_up_on(lmtp: Running) -> None:
    with wire(lmtp) as them:
        answers = [them.ask(b"VRFY zoe@college.example")[:3] for _ in range(21)]
        assert answers == ["252"] * 20 + ["421"]
        assert them.hear() == ""


def test_an_error_of_ours_is_no_reason_to_lose_a_mail(
    house: House, lmtp: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> tuple[str, ...]:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(reception, "_store", broken)
        with client(lmtp) as session, pytest.raises(smtplib.SMTPResponseException) as refused:
            session.sendmail(ZOE, [ROOM], letter())
        assert refused.value.smtp_code == 451
    with client(lmtp) as session:
        session.sendmail(ZOE, [ROOM], letter())
    assert len(mails(house)) == 1


def test_every_connection_is_forgotten_when_it_ends(lmtp: Running) -> None:
    for _ in range(5):
        with wire(lmtp) as them:
            them.ask(b"QUIT")
            assert them.hear() == ""
    assert not any(isinstance(one, Conversing) for one in lmtp.listener._open)
